import {
  detectedRows,
  iou,
  ProposalReader,
  type RowDetection,
  type Prediction,
  type Proposals,
} from '../annotations/index.js';
import { DatumError } from '../errors.js';
import type { BoxTarget, ScoringOptions, Target } from './targets.js';

/**
 * Detections below this are not counted in sums: thousands of background proposals of a raw layout would otherwise
 * outweigh the objects.
 */
const SUM_FLOOR = 0.01;

/** Scores the predictions of masked runs against a fixed list of targets. */
export class Scorer {
  readonly #targets: readonly Target[];
  readonly #options: ScoringOptions;
  readonly #units: readonly (Float32Array | null)[];
  readonly #needsDetections: boolean;
  #bounds = new Float32Array(0);

  constructor(targets: readonly Target[], options: ScoringOptions) {
    this.#targets = targets;
    this.#options = options;
    this.#units = targets.map((target) => (target.kind === 'bbox' ? unitVector(target.classScores) : null));
    this.#needsDetections = targets.some((target) => target.kind === 'label' || options.match === 'iou');
  }

  /**
   * Writes the score of every target to `out[offset + t]`.
   *
   * @throws DatumError (`model`) for a score that is not a finite number.
   */
  score(prediction: Prediction, out: Float32Array, offset: number): void {
    const { scores, proposals } = prediction;
    const detections =
      proposals !== null &&
      this.#needsDetections &&
      !(scores !== null && this.#targets.every((t) => t.kind === 'label'))
        ? detectedRows(proposals, SUM_FLOOR, this.#options.nms)
        : [];
    const reader = proposals === null ? null : new ProposalReader(proposals);
    for (const [index, target] of this.#targets.entries()) {
      let score = 0;
      if (target.kind === 'label')
        score = scores === null ? sumOfLabel(detections, target.label) : (scores[target.label] ?? 0);
      else if (this.#options.match === 'iou') score = sumOfMatches(detections, target, this.#options.iouThreshold);
      else if (proposals !== null && reader !== null) {
        score = bestSimilarity(proposals, reader, target, this.#units[index] ?? null, this.#boundsOf(proposals.count));
      }
      if (!Number.isFinite(score)) {
        throw new DatumError(
          'model',
          `the model answers ${score} as a score under a mask: check its preprocessing (--mean, --std, --scale) and that its numbers do not overflow.`,
        );
      }
      out[offset + index] = score;
    }
  }

  #boundsOf(count: number): Float32Array {
    if (this.#bounds.length < count) this.#bounds = new Float32Array(count);
    return this.#bounds;
  }
}

function sumOfLabel(detections: readonly RowDetection[], label: number): number {
  let sum = 0;
  for (const detection of detections) if (detection.label === label) sum += detection.score;
  return sum;
}

/** Source: Datumaro 0.2, `components/algorithms/rise.py`. */
function sumOfMatches(detections: readonly RowDetection[], target: BoxTarget, threshold: number): number {
  let sum = 0;
  for (const detection of detections) {
    const same = target.label === null || detection.label === target.label;
    if (same && iou(detection, target.box) >= threshold) sum += detection.score;
  }
  return sum;
}

/**
 * `max_j IoU(box, box_j) * cos(classes, classes_j) * objectness_j`. Class vectors are long and cold, and factors are at
 * most 1: the row that promises most is looked at first, and then only rows that promise more than the best so far.
 *
 * Source: Petsiuk et al. 2021 (D-RISE), equation 4.
 *
 * @param bounds working memory, at least `[proposals.count]`
 */
function bestSimilarity(
  proposals: Proposals,
  reader: ProposalReader,
  target: BoxTarget,
  unit: Float32Array | null,
  bounds: Float32Array,
): number {
  const first = boundSimilarities(proposals, target, bounds);
  if (first < 0) return 0;
  let best = similarity(reader, first, bounds[first]!, proposals, target, unit);
  for (let row = 0; row < proposals.count; row++) {
    if (bounds[row]! <= best || row === first) continue;
    const found = similarity(reader, row, bounds[row]!, proposals, target, unit);
    if (!(found <= best)) best = found;
  }
  return best;
}

/** Writes IoU times objectness, where that is known, of every row; returns the row with the largest, or -1. */
function boundSimilarities({ boxes, count, objectness }: Proposals, { box }: BoxTarget, bounds: Float32Array): number {
  const { x, y, w, h } = box;
  const right = x + w;
  const bottom = y + h;
  const area = w * h;
  let most = 0;
  let first = -1;
  for (let row = 0, at = 0; row < count; row++, at += 4) {
    bounds[row] = 0;
    const left = boxes[at]!;
    const top = boxes[at + 1]!;
    const width = Math.min(right, boxes[at + 2]!) - Math.max(x, left);
    const height = Math.min(bottom, boxes[at + 3]!) - Math.max(y, top);
    if (!(width > 0 && height > 0)) continue;
    const intersection = width * height;
    const overlap = intersection / (area + (boxes[at + 2]! - left) * (boxes[at + 3]! - top) - intersection);
    const bound = objectness === null ? overlap : overlap * objectness[row]!;
    bounds[row] = bound;
    if (bound > most || Number.isNaN(bound)) {
      most = bound;
      first = row;
    }
  }
  return first;
}

function similarity(
  reader: ProposalReader,
  row: number,
  bound: number,
  { objectness }: Proposals,
  target: BoxTarget,
  unit: Float32Array | null,
): number {
  const found = objectness === null ? bound * reader.objectness(row) : bound;
  return target.label === null ? found : found * reader.cosine(row, unit, target.label);
}

function unitVector(vector: Float32Array | null): Float32Array | null {
  if (vector === null) return null;
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 ? vector.map((value) => value / norm) : null;
}

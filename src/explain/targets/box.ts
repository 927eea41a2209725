import { iou, type Box, type Detection, type ProposalReader, type Proposals } from '../../annotations/index.js';
import { DatumError, option } from '../../errors.js';
import { boxToInput } from '../../image/placement.js';
import { NOTHING } from '../decision.js';
import type { CommonOptions } from '../options.js';
import { classId, classIds } from './class-id.js';
import type { AnsweredImage, TargetKind } from './kind.js';
import { largestBut } from './label.js';
import { SUM_FLOOR, type PredictionView } from './prediction-view.js';
import type { SelectedTarget, Target } from './target.js';

/** Smallest IoU at which a detection stands in the place of a box. */
const SAME_PLACE = 0.5;

/** A box with a class: one that the model found, or one that the user drew. */
export interface BoxTarget extends Target {
  readonly kind: 'bbox';
  /** Class of the box, or null where only its place matters. */
  readonly label: number | null;
  /** In pixels of the model's input. */
  readonly box: Box;
  /** Class probabilities of the box found by the model `[classes]`, where the layout has them. */
  readonly classScores: Float32Array | null;
}

/** Boxes: those that a detector found, best first, and those that the user draws. */
export const boxKind: TargetKind<BoxTarget> = {
  kind: 'bbox',

  select(answer, options) {
    const drawn = (options.boxes ?? []).map((box) => drawnBox(box, answer));
    if (answer.prediction.proposals === null || (drawn.length > 0 && options.classes === undefined)) {
      return { targets: drawn, notes: [] };
    }
    const asked = options.classes?.flatMap((name) => classIds(name, answer.labels, answer.prediction));
    const wanted = [...answer.detections.entries()].filter(
      ([, { label }]) => asked === undefined || asked.includes(label),
    );
    const left = Math.max(0, wanted.length - options.maxBoxes);
    return {
      targets: [
        ...wanted.slice(0, options.maxBoxes).map(([at, detection]) => foundBox(detection, at, asked !== undefined)),
        ...drawn,
      ],
      notes: left > 0 ? [{ kind: 'boxes-left-out', count: left }] : [],
    };
  },

  scorer(target, { match, iouThreshold, nms }) {
    if (match === 'iou') return (view) => sumOfMatches(view, target, iouThreshold, nms);
    const unit = unitVector(target.classScores);
    return (view) => {
      const { proposals } = view.prediction;
      const { reader } = view;
      if (proposals === null || reader === null) return 0;
      return bestSimilarity(proposals, reader, target, unit, view.scratch.bounds(proposals.count));
    };
  },

  /**
   * The class of the detection that lies there (IoU at least 0.5), one of the target's class before a better one of
   * another. A target of any class stands for itself.
   */
  decide({ label, box }, view, { confidence, nms }) {
    const here = view.detections(confidence, nms).filter((detection) => iou(detection, box) >= SAME_PLACE);
    const same = here.find((detection) => detection.label === label);
    return (same ?? here[0])?.label ?? NOTHING;
  },

  /** None for a box whose layout has no class vector, and for one of any class. */
  rival({ label, box, classScores }) {
    if (label === null || classScores === null) return null;
    const second = largestBut(classScores, label);
    return second === null
      ? null
      : { kind: 'bbox', label: second, box, classScores: oneHot(classScores.length, second) };
  },

  box: ({ box }) => box,
};

function foundBox(
  { label, score, classScores, x, y, width, height }: Detection,
  detection: number,
  asked: boolean,
): SelectedTarget<BoxTarget> {
  return {
    target: { kind: 'bbox', label, box: { x, y, width, height }, classScores },
    score,
    why: asked ? 'asked' : 'answer',
    detection,
  };
}

function drawnBox(
  box: NonNullable<CommonOptions['boxes']>[number],
  { labels, prediction, placement }: AnsweredImage,
): SelectedTarget<BoxTarget> {
  const { width, height } = placement.image;
  if (box.x >= width || box.y >= height || box.x + box.width <= 0 || box.y + box.height <= 0) {
    throw new DatumError(
      'usage',
      `${option('boxes', `${box.x},${box.y},${box.width},${box.height}`)} lies outside the image of ${width} x ${height} pixels.`,
    );
  }
  return {
    target: {
      kind: 'bbox',
      label: box.label === undefined ? null : classId(box.label, labels, prediction),
      box: boxToInput(box, placement),
      classScores: null,
    },
    score: null,
    why: 'asked',
    detection: null,
  };
}

/** Source: Datumaro 0.2, `components/algorithms/rise.py`. */
function sumOfMatches(view: PredictionView, target: BoxTarget, threshold: number, nms: number | null): number {
  let sum = 0;
  for (const detection of view.rows(SUM_FLOOR, nms)) {
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
  const { x, y, width: w, height: h } = box;
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

function oneHot(length: number, label: number): Float32Array {
  const vector = new Float32Array(length);
  vector[label] = 1;
  return vector;
}

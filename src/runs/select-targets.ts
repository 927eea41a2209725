import { detectionsOf, type Detection, type Prediction } from '../annotations/index.js';
import { DatumError } from '../errors.js';
import { likeliestClasses } from '../explain/likeliest-classes.js';
import type { RiseOptions } from '../explain/rise/options.js';
import type { Target } from '../explain/targets.js';
import { boxToInput, type Placement } from '../image/index.js';
import type { ModelInfo } from '../models/model.js';

/** A target with what the model says of it on the whole picture. */
export interface SelectedTarget {
  readonly target: Target;
  /** The model's own score; null where only the scorer can tell (a user's box). */
  readonly score: number | null;
  /** Explained for comparison only: how sure its map is does not hold up the run. */
  readonly auxiliary?: boolean;
}

export interface Selection {
  readonly targets: readonly SelectedTarget[];
  /** All boxes that the model found in the picture, best first, also those that are not explained. */
  readonly detections: readonly Detection[];
  /** What was left out, for the user. */
  readonly notes: readonly string[];
}

/**
 * Decides what is explained: the top classes of a classifier; every class and every box of a detector; or what the
 * user names. Empty where the model found nothing.
 *
 * @throws DatumError (`usage`) for a class that there is not, or a box outside the picture.
 */
export function selectTargets(
  prediction: Prediction,
  options: RiseOptions,
  info: Pick<ModelInfo, 'labels' | 'nms'>,
  placement: Placement,
): Selection {
  const classes = options.classes?.map((name) => classId(name, info.labels, classCount(prediction)));
  const boxes = (options.box ?? []).map((box) => userBox(box, info.labels, prediction, placement));
  if (prediction.proposals === null) {
    const scores = prediction.scores ?? new Float32Array(0);
    const targets = labelTargets(scores, options, classes);
    return { targets, detections: [], notes: tooMany(options.topK, classes, scores.length) };
  }
  const detections = detectionsOf(prediction.proposals, options.detConfThresh, options.nmsIouThresh ?? info.nms).filter(
    (detection) => insideImage(detection, placement),
  );
  if (boxes.length > 0 && classes === undefined) return { targets: boxes, detections, notes: [] };
  const selected = detectionTargets(detections, options, classes);
  const labels = prediction.scores === null ? [] : labelTargets(prediction.scores, options, classes);
  return { targets: [...labels, ...selected.targets, ...boxes], detections, notes: selected.notes };
}

/** Says that more classes were asked for than there are. */
function tooMany(topK: RiseOptions['topK'], classes: readonly number[] | undefined, count: number): string[] {
  if (classes !== undefined || topK === 'all' || topK <= count) return [];
  return [`--top-k ${topK} is more than the model has: all of its ${count} classes are explained.`];
}

function labelTargets(
  scores: Float32Array,
  options: RiseOptions,
  classes: readonly number[] | undefined,
): SelectedTarget[] {
  const chosen = classes ?? likeliestClasses(scores, options.topK === 'all' ? undefined : options.topK);
  return chosen.map((label) => ({ target: { kind: 'label', label }, score: scores[label]! }));
}

function detectionTargets(
  found: readonly Detection[],
  options: RiseOptions,
  classes: readonly number[] | undefined,
): Pick<Selection, 'targets' | 'notes'> {
  const wanted = classes === undefined ? found : found.filter(({ label }) => classes.includes(label));
  const best = wanted.slice(0, options.maxBoxes);
  const labels = classes ?? [...new Set(wanted.map(({ label }) => label))];
  const left = wanted.length - best.length;
  return {
    targets: [
      ...labels.map((label): SelectedTarget => ({
        target: { kind: 'label', label },
        score: wanted.reduce((sum, detection) => (detection.label === label ? sum + detection.score : sum), 0),
      })),
      ...best.map(({ label, score, classScores, ...box }): SelectedTarget => ({
        target: { kind: 'bbox', label, box, classScores },
        score,
      })),
    ],
    notes:
      left > 0
        ? [`${left === 1 ? '1 more box was' : `${left} more boxes were`} found and not explained: raise --max-boxes.`]
        : [],
  };
}

function userBox(
  box: NonNullable<RiseOptions['box']>[number],
  labels: readonly string[] | null,
  prediction: Prediction,
  placement: Placement,
): SelectedTarget {
  const { width, height } = placement.image;
  if (box.x >= width || box.y >= height || box.x + box.w <= 0 || box.y + box.h <= 0) {
    throw new DatumError(
      'usage',
      `--box ${box.x},${box.y},${box.w},${box.h} lies outside the picture of ${width} x ${height} pixels.`,
    );
  }
  return {
    target: {
      kind: 'bbox',
      label: box.label === undefined ? null : classId(box.label, labels, classCount(prediction)),
      box: boxToInput(box, placement),
      classScores: null,
    },
    score: null,
  };
}

/** Number of classes, or null where the layout does not tell. */
function classCount({ scores, proposals }: Prediction): number | null {
  if (scores !== null) return scores.length;
  return proposals?.classes.kind === 'vectors' ? proposals.classes.columns : null;
}

function classId(name: string, labels: readonly string[] | null, count: number | null): number {
  const named = labels?.findIndex((label) => label.toLowerCase() === name.trim().toLowerCase()) ?? -1;
  if (named >= 0) return named;
  const id = /^\d+$/.test(name.trim()) ? Number(name) : NaN;
  if (id < (count ?? labels?.length ?? Infinity)) return id;
  const known = labels === null ? 'it has no label names, so classes go by number' : suggestion(name, labels);
  throw new DatumError(
    'usage',
    `the model has no class '${name}': ${known}${count === null ? '' : `, 0 to ${count - 1}`}.`,
  );
}

function suggestion(name: string, labels: readonly string[]): string {
  const wanted = name.trim().toLowerCase();
  const similar = labels.filter((label) => label.toLowerCase().includes(wanted));
  const shown = (similar.length > 0 ? similar : labels).slice(0, 5);
  return `it knows ${shown.join(', ')}${labels.length > shown.length ? ', ...' : ''}`;
}

function insideImage({ x, y, w, h }: Detection, { area }: Placement): boolean {
  return x < area.x + area.width && y < area.y + area.height && x + w > area.x && y + h > area.y;
}

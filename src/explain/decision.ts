import { detectionsOf, iou, type Prediction } from '../annotations/index.js';
import { headOf } from './class-heads.js';
import type { Target } from './targets.js';

/** Smallest IoU at which a detection stands in the place of a box. */
const SAME_PLACE = 0.5;

/** Smallest score at which a class that is independent of others holds. */
const HOLDS = 0.5;

/** Nothing is found in the target's place. */
export const NOTHING = -1;

/** What counts as found. */
export interface DecisionOptions {
  /** Smallest score of a detection. */
  readonly confidence: number;
  /** NMS threshold; null where the layout's boxes need none. */
  readonly nms: number | null;
}

/**
 * What the model decides in a target's place, as a class index or `NOTHING`:
 *
 * - a class of the whole image: the top class of its head (the first of equal ones);
 * - a class of the whole image that is independent of others: the class itself while its score is at least 0.5;
 * - a class of a detector: the class itself while any object of it is found;
 * - a box: the class of the detection that lies there (IoU at least 0.5), one of the target's class before a better one of
 *   another. A target of any class stands for itself.
 *
 * The target is found while this is its own class; otherwise the prediction has flipped, to this.
 */
export function decisionsOf(prediction: Prediction, targets: readonly Target[], options: DecisionOptions): Int32Array {
  const { scores, proposals } = prediction;
  const detections = proposals === null ? [] : detectionsOf(proposals, options.confidence, options.nms);
  return Int32Array.from(targets, (target) => {
    if (target.kind === 'label') {
      if (scores !== null) return classDecision(prediction, scores, target.label);
      return detections.some(({ label }) => label === target.label) ? target.label : NOTHING;
    }
    const here = detections.filter((detection) => iou(detection, target.box) >= SAME_PLACE);
    const same = here.find(({ label }) => label === target.label);
    return (same ?? here[0])?.label ?? NOTHING;
  });
}

/** Whether a decision is the target's own. */
export function isFound(target: Target, decision: number): boolean {
  return decision !== NOTHING && (target.label === null || decision === target.label);
}

/** What is decided of the question that a class of the whole image answers, as a class index or `NOTHING`. */
export function classDecision(prediction: Prediction, scores: Float32Array, label: number): number {
  const { first, count, answer } = headOf(prediction, scores, label);
  if (answer === 'any') return scores[label]! >= HOLDS ? label : NOTHING;
  let largest = count === 0 ? NOTHING : first;
  for (let i = first; i < first + count; i++) if (scores[i]! > scores[largest]!) largest = i;
  return largest;
}

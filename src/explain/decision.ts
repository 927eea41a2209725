import { detectionsOf, iou, type Prediction } from '../annotations/index.js';
import type { Target } from './targets.js';

/** Smallest IoU at which a detection stands in the place of a box. */
const SAME_PLACE = 0.5;

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
 * - a class of the whole image: the top class (the first of equal ones);
 * - a class of a detector: the class itself while any object of it is found;
 * - a box: the class of the detection that lies there (IoU at least 0.5), one of the target's class before a better one of
 *   another. A target of any class stands for itself.
 *
 * The target is found while this is its own class; otherwise the prediction has flipped, to this.
 */
export function decisionsOf(prediction: Prediction, targets: readonly Target[], options: DecisionOptions): Int32Array {
  const { scores, proposals } = prediction;
  const detections = proposals === null ? [] : detectionsOf(proposals, options.confidence, options.nms);
  const top = scores === null ? NOTHING : indexOfLargest(scores);
  return Int32Array.from(targets, (target) => {
    if (target.kind === 'label') {
      if (scores !== null) return top;
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

function indexOfLargest(values: Float32Array): number {
  let largest = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[largest]!) largest = i;
  return values.length === 0 ? NOTHING : largest;
}

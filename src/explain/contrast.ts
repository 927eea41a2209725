import type { Prediction } from '../annotations/index.js';
import { headOf } from './class-heads.js';
import type { Target } from './targets.js';

/**
 * The target to hold another one against: the same place with the class that comes second there. Null where there is
 * none: a detector's class, a box whose layout has no class vector, a class that is independent of others, a model of one
 * class.
 */
export function rivalOf(target: Target, prediction: Prediction): Target | null {
  if (target.kind === 'label') {
    if (prediction.scores === null) return null;
    const { first, count, answer } = headOf(prediction, prediction.scores, target.label);
    if (answer === 'any') return null;
    const label = largestBut(prediction.scores, target.label, first, first + count);
    return label === null ? null : { kind: 'label', label };
  }
  if (target.label === null || target.classScores === null) return null;
  const label = largestBut(target.classScores, target.label);
  return label === null
    ? null
    : { kind: 'bbox', label, box: target.box, classScores: oneHot(target.classScores, label) };
}

/**
 * Where the decision between two classes falls: saliency of the first minus that of the second, in score units. Positive
 * pixels speak for the first, negative ones for the second.
 */
export function contrastMap(first: Float32Array, second: Float32Array): Float32Array {
  return first.map((value, i) => value - second[i]!);
}

/** Index of the largest value but one, of those from `first` to before `end`; the first of equal ones. */
function largestBut(values: Float32Array, excluded: number, first = 0, end = values.length): number | null {
  let largest: number | null = null;
  for (let i = first; i < end; i++) {
    if (i !== excluded && (largest === null || values[i]! > values[largest]!)) largest = i;
  }
  return largest;
}

function oneHot(like: Float32Array, label: number): Float32Array {
  const vector = new Float32Array(like.length);
  vector[label] = 1;
  return vector;
}

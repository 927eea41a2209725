import type { ClassHead, Prediction } from '../annotations/index.js';

/** The question that a class of the whole image answers; a model without several has one, of one class in many. */
export function headOf({ heads }: Pick<Prediction, 'heads'>, scores: Float32Array, label: number): ClassHead {
  const head = heads?.find(({ first, count }) => label >= first && label < first + count);
  return head ?? { first: 0, count: scores.length, answer: 'one' };
}

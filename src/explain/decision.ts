import type { Prediction } from '../annotations/index.js';
import { headOf } from './class-heads.js';
import type { Target } from './targets/target.js';

/** Smallest score at which a class that is independent of others holds. */
const HOLDS = 0.5;

/** Nothing is found in the target's place. */
export const NOTHING = -1;

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

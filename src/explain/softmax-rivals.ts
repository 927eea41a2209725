import type { Prediction } from '../annotations/index.js';
import { headOf } from './class-heads.js';
import { likeliestClasses } from './likeliest-classes.js';
import { isLabelTarget, type LabelTarget } from './targets/label.js';
import type { Target } from './targets/target.js';

/** Likeliest classes whose scores are kept beside a target's; more gave no better maps (docs/research/fidelity.md). */
const MOST_RIVALS = 16;
/** Fewer rivals leave one sum to be straightened, which ranks do as well. */
const FEWEST_RIVALS = 2;
/** How far probabilities of a softmax may be from adding up to 1: half precision. */
const ROUNDING = 2e-3;

/** What is scored under masks: the targets, and behind them classes that help to explain them. */
export interface ScoredTargets {
  readonly targets: readonly Target[];
  /** For each target that is explained, the indices in `targets` of its rivals; see TableContext. */
  readonly rivals: readonly (readonly number[])[];
}

/**
 * Adds to targets the classes that they compete with: for a class of a softmax, the likeliest other ones on the whole
 * image. Their scores come from the same masked runs, and a few numbers a mask are all that they cost.
 *
 * @param prediction on the whole image
 */
export function withRivals(explained: readonly Target[], prediction: Prediction): ScoredTargets {
  const targets = [...explained];
  const columns = new Map<number, number>();
  for (const [index, target] of explained.entries()) {
    if (isLabelTarget(target) && !columns.has(target.label)) columns.set(target.label, index);
  }
  const columnOf = (label: number): number => {
    const known = columns.get(label);
    if (known !== undefined) return known;
    const added: LabelTarget = { kind: 'label', label };
    columns.set(label, targets.push(added) - 1);
    return targets.length - 1;
  };
  const likeliest = new Map<number, readonly number[]>();
  const rivals = explained.map((target) => {
    if (!isLabelTarget(target) || prediction.scores === null || prediction.proposals !== null) return [];
    const { first } = headOf(prediction, prediction.scores, target.label);
    const known = likeliest.get(first) ?? likeliestOf(prediction, prediction.scores, target);
    likeliest.set(first, known);
    const others = known.filter((label) => label !== target.label).slice(0, MOST_RIVALS);
    return others.length < FEWEST_RIVALS ? [] : others.map(columnOf);
  });
  return { targets, rivals };
}

/** The likeliest classes of a target's head, best first; none where they are not probabilities of one softmax. */
function likeliestOf(prediction: Prediction, scores: Float32Array, { label }: LabelTarget): number[] {
  const { first, count, answer } = headOf(prediction, scores, label);
  const head = scores.subarray(first, first + count);
  const sum = head.reduce((total, score) => total + score, 0);
  if (answer === 'any' || Math.abs(sum - 1) > ROUNDING || head.some((score) => score < 0)) return [];
  return likeliestClasses(head, MOST_RIVALS + 1).map((index) => first + index);
}

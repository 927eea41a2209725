import { different, truthText, type Row } from './rows.js';

/** How often each class was answered for each. */
export interface AnswerTable {
  /** Those with most wrong answers first where there are many, else by name. */
  readonly classes: readonly string[];
  count(truth: string, answer: string): number;
  /** The most answers of a class of the truth. */
  most(truth: string): number;
}

/** Classes up to which a matrix is in the order of names. */
const MANY = 16;

/** Counts answers that were judged; what a classifier missed is the other side of a wrong answer, and no answer. */
export function answerTable(rows: readonly Row[]): AnswerTable {
  const counts = new Map<string, Map<string, number>>();
  const wrong = new Map<string, number>();
  for (const { item, target } of rows) {
    if (target === null || !['true-positive', 'wrong-class'].includes(target.outcome ?? '')) continue;
    const truth = truthText(item, target);
    const of = counts.get(truth) ?? new Map<string, number>();
    counts.set(truth, of.set(target.label, (of.get(target.label) ?? 0) + 1));
    if (target.outcome !== 'wrong-class') continue;
    for (const label of [truth, target.label]) wrong.set(label, (wrong.get(label) ?? 0) + 1);
  }
  const names = different([...counts].flatMap(([truth, of]) => [truth, ...of.keys()]));
  const classes = names.length <= MANY ? names : [...names].sort((a, b) => (wrong.get(b) ?? 0) - (wrong.get(a) ?? 0));
  return {
    classes,
    count: (truth, answer) => counts.get(truth)?.get(answer) ?? 0,
    most: (truth) => Math.max(1, ...(counts.get(truth)?.values() ?? [])),
  };
}

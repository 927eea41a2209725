import type { Note } from '../explain/note.js';
import { verdictOn, type ExplainedTarget, type Explanation, type MeasuredTarget } from '../results/explanation.js';
import { fillsImage, nextPreset } from '../results/target-summary.js';

/** Targets that a note names; the others are counted. */
const NAMED = 3;

/** What the user should know of maps that do not say what the model's answer depends on. */
export function trustNotes(
  targets: readonly MeasuredTarget[],
  { image, method }: Pick<Explanation, 'image' | 'method'>,
): Note[] {
  const weak = targets.map(({ explained }) => explained).filter(({ verdict }) => verdict === 'weak');
  return [...targets.flatMap((target) => unfaithfulNote(target, { image, method })), ...weakNote(weak)];
}

function unfaithfulNote(target: MeasuredTarget, { image, method }: Pick<Explanation, 'image' | 'method'>): Note[] {
  const { explained, faithfulness } = target;
  const advantage = faithfulness?.advantage ?? null;
  if (verdictOn(target) !== 'unfaithful' || advantage === null) return [];
  return [
    {
      kind: 'unfaithful',
      target: explained.index,
      name: `${nameOf(explained)} (${explained.score.toFixed(2)})`,
      advantage,
      fillsImage: fillsImage(explained.box, image),
      next: nextPreset(method),
    },
  ];
}

function weakNote(weak: readonly ExplainedTarget[]): Note[] {
  if (weak.length === 0) return [];
  return [
    {
      kind: 'weak',
      targets: weak.map(({ index }) => index),
      names: weak.slice(0, NAMED).map(nameOf),
      largest: Math.max(...weak.map(({ belief }) => belief.baseline)),
    },
  ];
}

function nameOf({ label, kind }: ExplainedTarget): string {
  const box = kind === 'bbox' ? 'the box' : 'the target';
  return label === null ? box : label.name;
}

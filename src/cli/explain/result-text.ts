import { basename } from 'node:path';
import type { MeasuredExplanation } from '../../results/explanation.js';
import { contextOf, summaryText } from '../../results/records.js';
import type { TargetRecord } from '../../results/schema/target.js';
import { countText } from '../count-text.js';
import { flagName } from '../flag-names.js';
import { wrapped } from '../wrapped.js';
import { resultTable } from './result-table.js';

/** How a result is printed. */
export interface ResultFrame {
  /** Of the image, as it was given. */
  readonly path: string;
  /** What the whole table may be wrong in. */
  readonly doubts: readonly string[];
  /** Characters of a line. */
  readonly width: number;
}

/** An explanation in words: what was explained, a sentence for each answer, and the table of figures. */
export function resultText(
  { explanation, judgingForwards }: MeasuredExplanation,
  targets: readonly TargetRecord[],
  { path, doubts, width }: ResultFrame,
): string {
  const { image, model, run } = explanation;
  const { summary } = contextOf(explanation);
  const interrupted = run.stopped === 'interrupted' ? ', interrupted' : '';
  const judged =
    judgingForwards === 0 ? '' : ` and ${judgingForwards} to judge ${targets.length === 1 ? 'the map' : 'the maps'}`;
  const head = [
    `${basename(path)}, ${image.width} x ${image.height}. ${basename(model.name)}: ${modelWords(model)}.`,
    `Explained: ${countText(targets.length, 'answer')}, with ${countText(run.samples, 'run')}${judged} in ${run.seconds.toFixed(1)} s by ${countText(run.workers, 'worker')}${interrupted}.`,
  ];
  const digits = String(targets.length).length;
  const indent = ' '.repeat(Math.max(3, digits + 2));
  const sentences = targets.map((target) => {
    const number = String(target.index + 1).padEnd(indent.length);
    return wrapped(`${number}${summaryText(target, summary, flagName) ?? ''}`, width, indent);
  });
  const table = resultTable(targets, { image, stopAt: summary.stopAt, doubted: doubts.length > 0 }, width);
  return [
    wrapped(head.join(width === Infinity ? ' ' : '\n'), width, ''),
    '',
    ...sentences.flatMap((sentence) => [sentence, '']),
    table.trimEnd(),
    ...(doubts.length === 0 ? [] : ['', ...doubts.map((doubt) => wrapped(doubt, width, ''))]),
    '',
  ].join('\n');
}

function modelWords({ task, labels }: MeasuredExplanation['explanation']['model']): string {
  const what = task === 'detection' ? 'a detector' : task === 'classification' ? 'a classifier' : 'a model';
  return labels === null ? what : `${what} of ${countText(labels.length, 'class', 'classes')}`;
}

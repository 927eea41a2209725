import Table from 'cli-table3';
import type { Mean, Share } from '../explain/metrics/intervals.js';
import type { Outcome } from '../explain/outcomes.js';
import type { ClassFigures, TargetFigures } from '../results/run/class-figures.js';
import type { Summary } from '../results/run/summary.js';
import { countText } from './count-text.js';

/** Classes shown; all of them are in summary.json. */
const MOST_CLASSES = 20;

/** A summary for the terminal: what was done, what failed and why, and the main figures over all and by class. */
export function summaryText(summary: Summary): string {
  const { items, shard, overall, classes } = summary;
  if (items.chosen === 0 && shard !== null) {
    return `Shard ${shard.index}/${shard.count} has no items: all that were chosen are in other shards.\n`;
  }
  const counts = [`${items.explained} of ${countText(items.chosen, 'item')} explained`];
  if (items.skipped > 0) counts.push(`${items.skipped} left out`);
  if (items.failed > 0) counts.push(`${items.failed} failed`);
  const lines = [`${counts.join(', ')}.`, ...failureLines(summary)];
  if (overall.targets > 0 || classes.length > 0) lines.push(...figureLines(summary));
  return `${lines.join('\n')}\n`;
}

/** The first items that failed, each with its reason on one line. */
function failureLines({ items, failures }: Summary): string[] {
  const more = items.failed - failures.length;
  return [
    ...failures.map(({ id, error }) => `  ${id}: ${error.message.replaceAll(/\s+/g, ' ')}`),
    ...(more > 0 ? [`  ${more} more failed: items.jsonl has them all.`] : []),
  ];
}

function figureLines({ overall, classes }: Summary): string[] {
  const shown = [...classes].sort((a, b) => b.targets - a.targets || a.label.id - b.label.id).slice(0, MOST_CLASSES);
  const table = new Table({
    head: [
      'class',
      'targets',
      'precision',
      'recall',
      'pointing',
      'inside',
      'deletion',
      'insertion',
      'flips at',
      'suffices',
    ],
    style: { head: [], border: [] },
    colAligns: ['left', ...Array.from({ length: 9 }, () => 'right' as const)],
  });
  table.push(row('all', overall));
  for (const one of shown) table.push(row(one.label.name, one));
  const more = classes.length - shown.length;
  return [
    table.toString(),
    ...(more > 0 ? [`${countText(more, 'more class is', 'more classes are')} in summary.json.`] : []),
    ...leftOutLine(overall),
    ...outcomeLines(overall),
  ];
}

/** The maps that no figure rests on. */
function leftOutLine({ leftOut }: ClassFigures): string[] {
  const parts = Object.entries(leftOut).flatMap(([verdict, count]) => (count === 0 ? [] : [`${count} ${verdict}`]));
  return parts.length === 0
    ? []
    : [`Maps left out of these figures, which do not say what the answer depends on: ${parts.join(', ')}.`];
}

function row(name: string, figures: ClassFigures): string[] {
  const { targets, precision, recall, pointing, means } = figures;
  return [
    name,
    String(targets),
    ...[precision, recall, pointing].map(percent),
    percent(means.energyInObject),
    number(means.deletionAuc),
    number(means.insertionAuc),
    percent(means.removedShare),
    percent(means.sufficientShare),
  ];
}

/** Where the saliency of right and of wrong answers lies, with intervals: the first question to a dataset. */
function outcomeLines({ byOutcome }: ClassFigures): string[] {
  const outcomes: readonly Outcome[] = ['true-positive', 'wrong-class', 'false-positive', 'missed'];
  return outcomes.flatMap((outcome) => {
    const figures = byOutcome[outcome];
    return figures === undefined ? [] : [`${outcome.replace('-', ' ')}: ${groupText(figures)}`];
  });
}

function groupText({ targets, items, pointing, means }: TargetFigures): string {
  const parts = [`${targets} in ${countText(items, 'image')}`];
  if (means.energyInObject !== null) parts.push(`saliency inside the object ${interval(means.energyInObject)}`);
  if (means.energyInBox !== null) parts.push(`inside the answer's box ${interval(means.energyInBox)}`);
  if (pointing !== null) parts.push(`pointing game ${interval(pointing)}`);
  return `${parts.join(', ')}.`;
}

function percent(figure: Mean | Share | null): string {
  return figure === null ? '' : `${(100 * figure.value).toFixed(0)} %`;
}

function number(figure: Mean | null): string {
  return figure === null ? '' : figure.value.toFixed(3);
}

function interval({ value, low, high }: Mean | Share): string {
  const all = `${(100 * value).toFixed(1)} %`;
  return low === null || high === null ? all : `${all} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}

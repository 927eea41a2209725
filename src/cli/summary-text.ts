import type { Mean, Share } from '../explain/metrics/intervals.js';
import type { Outcome } from '../explain/outcomes.js';
import type { ClassFigures, TargetFigures } from '../results/run/class-figures.js';
import type { Summary } from '../results/run/summary.js';
import { scoreText, shareText } from '../results/share-text.js';
import { countText } from './count-text.js';
import { textTable, type Column } from './text-table.js';
import { wrapped } from './wrapped.js';

/** Classes shown; all of them are in summary.json. */
const MOST_CLASSES = 20;

/**
 * A summary for the terminal: what was done, what failed and why.
 *
 * @returns lines with their ends
 */
export function summaryText(summary: Summary): string {
  const { items, shard } = summary;
  if (items.chosen === 0 && shard !== null) {
    return `Shard ${shard.index}/${shard.count} has no items: all that were chosen are in other shards.\n`;
  }
  const counts = [`${items.explained} of ${countText(items.chosen, 'picture')} explained`];
  if (items.skipped > 0) counts.push(`${items.skipped} left out`);
  if (items.failed > 0) counts.push(`${items.failed} failed`);
  return `${[`${counts.join(', ')}.`, ...failureLines(summary)].join('\n')}\n`;
}

/**
 * The main figures over all and by class.
 *
 * @param width characters of a line
 * @returns lines with their ends; empty where nothing was explained
 */
export function figuresText(summary: Summary, width: number): string {
  const { overall, classes } = summary;
  if (overall.targets === 0 && classes.length === 0) return '';
  return `${figureLines(summary, width).join('\n')}\n`;
}

/** The first items that failed, each with its reason on one line. */
function failureLines({ items, failures }: Summary): string[] {
  const more = items.failed - failures.length;
  return [
    ...failures.map(({ id, error }) => `  ${id}: ${error.message.replaceAll(/\s+/g, ' ')}`),
    ...(more > 0 ? [`  ${more} more failed: items.jsonl has them all.`] : []),
  ];
}

function figureLines({ overall, classes }: Summary, width: number): string[] {
  const shown = [...classes].sort((a, b) => b.targets - a.targets || a.label.id - b.label.id).slice(0, MOST_CLASSES);
  const rows = [{ name: 'all', figures: overall }, ...shown.map((one) => ({ name: one.label.name, figures: one }))];
  const more = classes.length - shown.length;
  return [
    ...rightLine(overall),
    ...textTable(COLUMNS, rows, { width }),
    ...(more > 0 ? [`${countText(more, 'more class is', 'more classes are')} in summary.json.`] : []),
    ...leftOutLine(overall).map((line) => wrapped(line, width, '')),
    ...outcomeLines(overall).map((line) => wrapped(line, width, '')),
  ];
}

interface ClassRow {
  readonly name: string;
  readonly figures: ClassFigures;
}

const right = (head: string, drop: number, cell: (figures: ClassFigures) => string): Column<ClassRow> => ({
  head,
  align: 'right',
  drop,
  cell: ({ figures }) => cell(figures),
});

/** Figures of a class, as `datum help words` explains them. */
const COLUMNS: readonly Column<ClassRow>[] = [
  { head: 'class', align: 'left', drop: 0, cell: ({ name }) => name },
  right('answers', 0, ({ targets }) => String(targets)),
  right('right', 0, ({ precision }) => percent(precision)),
  right('found', 1, ({ recall }) => percent(recall)),
  right('on object', 2, ({ means }) => percent(means.energyInObject)),
  right('peak on it', 5, ({ pointing }) => percent(pointing)),
  right('gone at', 3, ({ means }) => percent(means.removedShare)),
  right('enough', 4, ({ means }) => percent(means.sufficientShare)),
  right('hidden', 6, ({ means }) => score(means.deletionAuc)),
  right('shown', 6, ({ means }) => score(means.insertionAuc)),
];

/** How many answers are right, where somebody annotated what is. */
function rightLine({ outcomes }: ClassFigures): string[] {
  const { 'true-positive': good, 'wrong-class': wrong, 'false-positive': nothing, missed } = outcomes;
  const answers = good + wrong + nothing;
  if (answers === 0) return [];
  const share = shareText(good / answers);
  return [`${good} of ${countText(answers, 'answer')} right (${share})${missed > 0 ? `, ${missed} missed` : ''}.`, ''];
}

/** The maps that no figure rests on. */
function leftOutLine({ leftOut }: ClassFigures): string[] {
  const parts = Object.entries(leftOut).flatMap(([verdict, count]) => (count === 0 ? [] : [`${count} ${verdict}`]));
  return parts.length === 0
    ? []
    : [`Maps left out of these figures, which do not say what the answer depends on: ${parts.join(', ')}.`];
}

/** Where the maps of right and of wrong answers are bright, with intervals: the first question to a dataset. */
function outcomeLines({ byOutcome }: ClassFigures): string[] {
  return OUTCOMES.flatMap(([outcome, words]) => {
    const figures = byOutcome[outcome];
    return figures === undefined ? [] : [`${words}: ${groupText(figures)}`];
  });
}

const OUTCOMES: readonly (readonly [Outcome, string])[] = [
  ['true-positive', 'Right'],
  ['wrong-class', 'Wrong class'],
  ['false-positive', 'Nothing there'],
  ['missed', 'Missed'],
];

function groupText({ targets, items, pointing, means }: TargetFigures): string {
  const parts = [`${targets} in ${countText(items, 'picture')}`];
  if (means.energyInObject !== null) parts.push(`${interval(means.energyInObject)} of the map on the object`);
  if (means.energyInBox !== null) parts.push(`${interval(means.energyInBox)} in the answer's box`);
  if (pointing !== null) parts.push(`the peak on the object in ${interval(pointing)}`);
  return `${parts.join(', ')}.`;
}

function percent(figure: Mean | Share | null): string {
  return figure === null ? '' : shareText(figure.value);
}

function score(figure: Mean | null): string {
  return figure === null ? '' : scoreText(figure.value);
}

function interval({ value, low, high }: Mean | Share): string {
  const all = shareText(value);
  return low === null || high === null
    ? all
    : `${all} (95 % sure: ${shareText(low).replace(' %', '')} to ${shareText(high)})`;
}

import Table from 'cli-table3';
import { LEAST_ADVANTAGE } from '../explain/faithfulness.js';
import { LEAST_SCORE } from '../explain/verdict.js';
import type { CheckedMap, CheckRecord } from '../results/schema/check.js';
import { figureText } from './figure-text.js';

/** A row for each map. */
export function checkTable({ maps, truth }: CheckRecord): string {
  const points = truth.length > 0;
  const table = new Table({
    head: [
      'map',
      'deletion',
      'insertion',
      'gain',
      'gain, blurred',
      'advantage',
      ...(points ? ['points at it', 'energy in it'] : []),
    ],
    style: { head: [], border: [] },
    colAligns: ['left', ...Array.from({ length: points ? 7 : 5 }, () => 'right' as const)],
  });
  for (const map of maps) {
    const { deletion, insertion, gain, blurredGain, advantage, pointing, energyInObject } = map;
    table.push([
      nameOf(map),
      ...[deletion?.auc, insertion?.auc, gain, blurredGain].map((value) => (value == null ? '' : figureText(value))),
      map.order ? (advantage === null ? '' : percent(advantage)) : 'no order',
      ...(points
        ? [pointing === null ? '' : pointing ? 'yes' : 'no', energyInObject === null ? '' : percent(energyInObject)]
        : []),
    ]);
  }
  return `${table.toString()}\n`;
}

/** What the figures say of each map, a sentence or two. */
export function checkSentences(record: CheckRecord): string {
  const { maps, target } = record;
  const chance = maps.find(({ origin }) => origin === 'random')?.gain ?? null;
  const name = target.label?.name ?? 'the box';
  if (record.scale <= LEAST_SCORE) {
    return `The score of ${name} (${figureText(target.score)}) is too small for any map to say what it depends on.\n`;
  }
  return maps
    .filter(({ origin }) => origin !== 'random')
    .map((map) => `${nameOf(map)} ${sentenceOf(map, name, chance)}\n`)
    .join('');
}

function sentenceOf(
  { advantage, gain, tied, order, verdict }: CheckedMap,
  name: string,
  chance: number | null,
): string {
  if (!order || advantage === null || gain === null) {
    return 'is the same everywhere: it puts no pixel before another, and there is nothing to measure.';
  }
  const shape = `than hiding the same shape elsewhere in the image does (advantage ${percent(advantage)} of its score)`;
  const said =
    advantage < 0
      ? `misleads: hiding what it marks changes ${name} less ${shape}.`
      : advantage < LEAST_ADVANTAGE
        ? `does not explain the score: hiding what it marks changes ${name} hardly more ${shape}; at least ${percent(LEAST_ADVANTAGE)} is asked for.`
        : `explains the score: hiding what it marks changes ${name} more ${shape}.`;
  const random = chance !== null && gain <= chance ? ' A random map of soft spots does as well.' : '';
  const ties =
    tied > 0.5
      ? ` ${percent(tied)} of its pixels have one value, so that their order is the order of reading: the rest of its curves is chance.`
      : '';
  const own = verdict === null || verdict === 'ok' ? '' : ` Its own runs call it ${verdict}.`;
  return `${said}${random}${ties}${own}`;
}

function nameOf({ name, origin }: CheckedMap): string {
  return origin === 'method' ? `${name} (ours)` : name;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

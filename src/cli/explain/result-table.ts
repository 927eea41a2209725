import type { TargetRecord } from '../../results/schema/target.js';
import { scoreText, shareText } from '../../results/share-text.js';
import { boxShare, isStable } from '../../results/target-summary.js';
import { SIGNS } from '../signs.js';
import { textTable, type Column } from '../text-table.js';

/** What of an image and its run the table needs. */
export interface TableContext {
  readonly image: { readonly width: number; readonly height: number };
  /** Reliability that was asked for; null where all masks were to be scored. */
  readonly stopAt: number | null;
  /** Whether nothing tells that the targets are classes. */
  readonly doubted: boolean;
}

/** One row a target: the answer, what must be hidden to change it, and how far its map may be trusted. */
export function resultTable(targets: readonly TargetRecord[], context: TableContext, width: number): string {
  const lines = textTable(columnsFor(context), targets, { width, indent: '   ' });
  return `${lines.join('\n')}\n`;
}

function columnsFor({ image, stopAt, doubted }: TableContext): Column<TargetRecord>[] {
  const right = (head: string, drop: number, cell: (target: TargetRecord) => string): Column<TargetRecord> => ({
    head,
    align: 'right',
    drop,
    cell,
  });
  const left = (head: string, drop: number, cell: (target: TargetRecord) => string): Column<TargetRecord> => ({
    head,
    align: 'left',
    drop,
    cell,
  });
  return [
    right('#', 0, ({ index }) => String(index + 1)),
    left(doubted ? 'a class?' : 'answer', 0, ({ label }) => label?.name ?? 'any class'),
    right('score', 0, ({ score }) => scoreText(score)),
    right('box x,y,w,h', 3, ({ bbox }) => bbox?.map(Math.round).join(',') ?? ''),
    right('peak x,y', 8, ({ peak }) => (peak === null ? '' : `${peak.x},${peak.y}`)),
    right('in box', 4, ({ energyInBox }) => share(energyInBox)),
    right('box covers', 7, (target) => share(boxShare(target, { image }))),
    right('gone at', 1, ({ boundary }) => goneAt(boundary)),
    left('becomes', 5, ({ boundary }) => boundary?.removed?.to?.name ?? ''),
    right('enough', 2, ({ boundary }) => share(boundary?.sufficient.share ?? null)),
    right('hidden', 6, ({ deletionAuc }) => score(deletionAuc)),
    right('shown', 6, ({ insertionAuc }) => score(insertionAuc)),
    left('map', 0, (target) => mapWord(target, stopAt)),
  ];
}

function goneAt(boundary: TargetRecord['boundary']): string {
  if (boundary === null) return '';
  return boundary.removed === null ? 'never' : shareText(boundary.removed.share);
}

const share = (value: number | null): string => (value === null ? '' : shareText(value));
const score = (value: number | null): string => (value === null ? '' : scoreText(value));

/** How far a map may be trusted: a sign, and the first thing that fails. */
function mapWord({ verdict, reliability, faithfulness }: TargetRecord, stopAt: number | null): string {
  switch (verdict) {
    case null:
      return '';
    case 'noise':
    case 'lost':
    case 'weak':
      return `${SIGNS.unknown} no map`;
    case 'unfaithful':
      return `${SIGNS.bad} not faithful`;
    case 'ok': {
      if (!isStable({ reliability }, { stopAt })) return `${SIGNS.look} not stable yet`;
      if (faithfulness !== null) return `${SIGNS.good} faithful`;
      if (reliability === null) return '';
      return stopAt === null ? reliability.toFixed(2) : `${SIGNS.good} repeatable`;
    }
  }
}

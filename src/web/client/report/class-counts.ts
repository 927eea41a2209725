import { outcomeOf, type Row } from './rows.js';

/** How the answers about a class, or about several that nobody marked, came out. */
export interface ClassCount {
  readonly label: string;
  readonly names: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
}

/**
 * Outcomes of each class of the truth (of the answer, where there is none): the worst first. Classes whose answers all
 * count neither way stand last, as one. Images without an answer have no class and are left out.
 */
export function classCounts(rows: readonly Row[]): ClassCount[] {
  const classes = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const { target } = row;
    // A classifier that missed a class gave another: that one is counted.
    if (target === null || (target.kind === 'label' && target.outcome === 'missed')) continue;
    const label = target.trueLabel ?? target.label;
    const counts = classes.get(label) ?? new Map<string, number>();
    const outcome = outcomeOf(row);
    classes.set(label, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
  }
  const all = [...classes].map(([label, counts]): ClassCount => ({
    label,
    names: [label],
    counts,
    total: sum(counts),
  }));
  const judged = all.filter(({ counts, total }) => counts.get('ignored') !== total);
  const others = all.filter((one) => !judged.includes(one));
  judged.sort((a, b) => wrongShare(b) - wrongShare(a) || b.total - a.total);
  return others.length < 2 ? [...judged, ...others] : [...judged, together(others)];
}

function together(others: readonly ClassCount[]): ClassCount {
  const total = others.reduce((count, one) => count + one.total, 0);
  return {
    label: `${others.length} other classes`,
    names: others.flatMap(({ names }) => names),
    counts: new Map([['ignored', total]]),
    total,
  };
}

function wrongShare({ counts, total }: ClassCount): number {
  const judged = total - (counts.get('ignored') ?? 0);
  return 1 - (counts.get('true-positive') ?? 0) / judged;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((a, b) => a + b, 0);
}

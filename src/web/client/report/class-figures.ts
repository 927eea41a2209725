import { METRICS, type Row } from './rows.js';

/** How the answers about a class came out, and what the right ones depend on. */
export interface ClassFigures {
  readonly label: string;
  /** Answers about it, and those that are right or wrong. */
  readonly total: number;
  readonly judged: number;
  readonly right: number;
  /** Over right answers with maps that are to be read: mean share of the map on the object, and of the picture under it. */
  readonly energy: number | null;
  readonly area: number | null;
  /** The median share whose hiding changes a right answer. */
  readonly removed: number | null;
  /** Of right answers: those of which it is known what they depend on, and those that depend on something beside. */
  readonly told: number;
  readonly beside: number;
}

/**
 * Figures of each class of the truth (of the answer, where there is none), the worst first. Pictures without an answer have
 * no class and are left out, and so are classes whose answers all count neither way, if others do not.
 *
 * @param readable rows with a map that is to be read
 */
export function classFigures(rows: readonly Row[], readable: readonly Row[]): ClassFigures[] {
  const byClass = new Map<string, Row[]>();
  for (const row of rows) {
    const { target } = row;
    // A classifier that missed a class gave another: that one is counted.
    if (target === null || (target.kind === 'label' && target.outcome === 'missed')) continue;
    const label = target.trueLabel ?? target.label;
    byClass.set(label, [...(byClass.get(label) ?? []), row]);
  }
  const known = new Set(readable);
  const all = [...byClass].map(([label, own]) => figuresOf(label, own, known));
  const judged = all.filter((one) => one.judged > 0);
  return (judged.length > 0 ? judged : all).sort(
    (a, b) => besideShare(b) - besideShare(a) || wrongShare(b) - wrongShare(a) || b.total - a.total,
  );
}

function figuresOf(label: string, rows: readonly Row[], readable: ReadonlySet<Row>): ClassFigures {
  const outcome = ({ target }: Row): string => target?.outcome ?? 'ignored';
  const judged = rows.filter((row) => outcome(row) !== 'ignored');
  const right = judged.filter((row) => outcome(row) === 'true-positive');
  const maps = (judged.length === 0 ? rows : right).filter((row) => readable.has(row));
  const numbers = (of: (target: NonNullable<Row['target']>) => number | null): number[] =>
    maps.flatMap(({ target }) => (target === null ? [] : (of(target) ?? [])));
  const told = right.filter(({ reason }) => reason !== null && reason !== 'unknown');
  return {
    label,
    total: rows.length,
    judged: judged.length,
    right: right.length,
    energy: mean(numbers(METRICS.energy.of)),
    area: mean(numbers(({ objectArea }) => objectArea)),
    removed: median(numbers(METRICS.removed.of)),
    told: told.length,
    beside: told.filter(({ reason }) => reason === 'beside').length,
  };
}

function wrongShare({ judged, right }: ClassFigures): number {
  return judged === 0 ? 0 : 1 - right / judged;
}

function besideShare({ told, beside }: ClassFigures): number {
  return told === 0 ? 0 : beside / told;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : (sorted[Math.floor(sorted.length / 2)] ?? null);
}

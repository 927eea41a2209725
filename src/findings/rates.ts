import type { Case } from './evidence.js';
import { ALPHA, type Example } from './finding.js';
import { benjaminiHochberg, binomialTail, wilson, type Interval } from './statistics.js';

/** The share of cases of a kind that is taken as usual: even a good model has a few. */
export const TOLERATED = 0.05;

/** Fewest cases of a class that are tested. */
const FEWEST = 4;

/** Fewest cases that make a finding. */
const FEWEST_FLAGGED = 2;

/** A case that was looked at. */
export interface Observation extends Case {
  readonly label: string;
  readonly flagged: boolean;
  /** How bad, for the order of examples: larger is worse. */
  readonly badness: number;
}

/** More cases of a kind than is usual. */
export interface Excess {
  /** The classes that it was found in; empty where only all classes together show it. */
  readonly classes: readonly string[];
  readonly count: number;
  readonly of: number;
  readonly interval: Interval;
  /** Adjusted for the number of classes tested. */
  readonly p: number;
  readonly examples: readonly Example[];
}

/**
 * Finds the classes in which more cases are flagged than the tolerated share makes likely (binomial test, adjusted for
 * the number of classes); where there is none, looks at all classes together. Where most classes show it, it is one
 * finding about all of them.
 */
export function excessOf(observations: readonly Observation[]): Excess[] {
  const groups = [...groupByLabel(observations)].filter(([, group]) => group.length >= FEWEST);
  const adjusted = benjaminiHochberg(groups.map(([, group]) => tail(group)));
  const striking = groups.flatMap(([label, group], i) =>
    adjusted[i]! <= ALPHA && flaggedIn(group) >= FEWEST_FLAGGED ? [{ label, group, p: adjusted[i]! }] : [],
  );
  if (striking.length > 3 && striking.length > groups.length / 2) {
    return [
      excess(
        striking.map(({ label }) => label),
        observations,
        tail(observations),
      ),
    ];
  }
  if (striking.length > 0) {
    return striking
      .map(({ label, group, p }) => excess([label], group, p))
      .sort((a, b) => a.p - b.p || b.count / b.of - a.count / a.of);
  }
  const p = tail(observations);
  return p <= ALPHA && flaggedIn(observations) > FEWEST_FLAGGED ? [excess([], observations, p)] : [];
}

function excess(classes: readonly string[], group: readonly Observation[], p: number): Excess {
  const flagged = group.filter((one) => one.flagged).sort((a, b) => b.badness - a.badness);
  return {
    classes,
    count: flagged.length,
    of: group.length,
    interval: wilson(flagged.length, group.length),
    p,
    examples: flagged.map(({ item, target }) => ({ item: item.id, target: target.index })),
  };
}

function tail(group: readonly Observation[]): number {
  return binomialTail(flaggedIn(group), group.length, TOLERATED);
}

function flaggedIn(group: readonly Observation[]): number {
  return group.filter(({ flagged }) => flagged).length;
}

function groupByLabel(observations: readonly Observation[]): Map<string, Observation[]> {
  const groups = new Map<string, Observation[]>();
  for (const one of observations) {
    const group = groups.get(one.label);
    if (group === undefined) groups.set(one.label, [one]);
    else group.push(one);
  }
  return groups;
}

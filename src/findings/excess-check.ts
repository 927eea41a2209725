import { leftOutOf, type Case } from './evidence.js';
import { FINDING_TITLES, type CheckResult, type Figure, type FindingKind } from './finding.js';
import { excessOf, type Excess, type Observation } from './rates.js';
import { counted, pText, quoted, range } from './words.js';

/** A check that flags cases one by one, and how it tells of classes where too many are flagged. */
export interface ExcessCheck<Looked extends Observation> {
  readonly kind: FindingKind;
  /** The cases that could be looked at. */
  readonly looked: readonly Looked[];
  /** Those that it would have looked at, whatever their maps are worth; absent where it reads no maps. */
  readonly candidates?: readonly Case[] | undefined;
  /** Why there are none, where there are none. */
  readonly untested: string;
  /** What was found, in one or two sentences. */
  readonly sentence: (excess: Excess, flagged: readonly Looked[]) => string;
  readonly advice: string;
  /** What the tolerated share is: `the 5 % that is usual`. */
  readonly tolerated: string;
  readonly figures?: (flagged: readonly Looked[]) => readonly Figure[];
}

/** What such a check comes to: a finding for each class, or for all together, where more is flagged than is tolerated. */
export function excessResult<Looked extends Observation>({
  kind,
  looked,
  candidates = [],
  untested,
  sentence,
  advice,
  tolerated,
  figures,
}: ExcessCheck<Looked>): CheckResult {
  const findings = excessOf(looked).map((excess) => {
    const { classes, count, of, interval, p, examples } = excess;
    const flagged = looked.filter((one) => one.flagged && (classes.length === 0 || classes.includes(one.label)));
    return {
      kind,
      classes,
      title: `${FINDING_TITLES[kind]}: ${classes.length === 1 ? quoted(classes[0]!) : 'all classes'}`,
      sentence: sentence(excess, flagged),
      advice,
      count,
      of,
      interval,
      test: { name: `more than ${tolerated} (binomial test, ${pText(p)})`, p },
      figures: figures?.(flagged) ?? [],
      examples,
      region: null,
      map: null,
    };
  });
  return {
    kind,
    findings,
    looked: looked.length,
    leftOut: leftOutOf(candidates),
    untested: looked.length > 0 ? null : untested,
  };
}

/** `3 of 4 right answers “horse” (30–95 %)`; without a class where it is about several. */
export function flaggedShare({ classes, count, of, interval }: Excess, one: string, beforeClass = ' '): string {
  const label = classes.length === 1 ? `${beforeClass}${quoted(classes[0]!)}` : '';
  return `${count} of ${counted(of, one)}${label} (${range(interval)})`;
}

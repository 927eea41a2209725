import type { LeftOut, RelativeBox } from './evidence.js';
import type { Interval } from './statistics.js';

/** Kinds of finding, the gravest first. */
export const FINDING_KINDS = [
  'shared-spot',
  'wrong-reason',
  'other-object',
  'label-error',
  'confusion',
  'fragile',
  'unstable',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** What the kinds are called. */
export const FINDING_TITLES: Readonly<Record<FindingKind, string>> = {
  'shared-spot': 'A shared spot',
  'wrong-reason': 'Right for the wrong reason',
  'other-object': 'Depends on another object',
  'label-error': 'Likely label errors',
  confusion: 'Confused classes',
  fragile: 'Easily changed answers',
  unstable: 'Unstable maps, or none',
};

/** An image's target. */
export interface Example {
  readonly item: string;
  readonly target: number;
}

/** A number that a finding rests on. */
export interface Figure {
  readonly name: string;
  /** A share 0..1. */
  readonly share: number;
  readonly interval: Interval | null;
}

/** Something that is wrong with the model or with the dataset. */
export interface Finding {
  readonly kind: FindingKind;
  /** The class, or the classes, that it is about; empty where it is about all. */
  readonly classes: readonly string[];
  /** A few words. */
  readonly title: string;
  /** What was found, in one or two sentences. */
  readonly sentence: string;
  /** What to do about it. */
  readonly advice: string;
  /** How many cases show it, of how many looked at, and the 95 % interval of that share. */
  readonly count: number;
  readonly of: number;
  readonly interval: Interval;
  /** The test against chance, p adjusted for the number of things tested; null where an interval says it all. */
  readonly test: { readonly name: string; readonly p: number } | null;
  readonly figures: readonly Figure[];
  /** All cases that show it, the worst first. */
  readonly examples: readonly Example[];
  /** Where in the images, for a shared spot. */
  readonly region: RelativeBox | null;
  /** Mean map on the coarse grid, for a shared spot: 1 is what an evenly spread map gives. */
  readonly map: readonly number[] | null;
}

/** What a check came to: findings, or none; or why it could not be made. */
export interface CheckResult {
  readonly kind: FindingKind;
  readonly findings: readonly Finding[];
  /** How many cases were looked at. */
  readonly looked: number;
  /** Maps that it left out, since they do not say what the answer depends on; none where it reads no maps. */
  readonly leftOut: LeftOut;
  /** Why the check could not be made, with options marked; null where it could. */
  readonly untested: string | null;
}

/** Largest adjusted p-value at which something is reported. */
export const ALPHA = 0.05;

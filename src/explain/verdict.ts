import { blurredBy } from './effect-size.js';

/**
 * What a map is worth:
 *
 * - `ok`: the scores depend on where the image was masked, more than chance explains;
 * - `noise`: they do not, so far, or the estimator makes next to nothing of it, or the map is smaller than what rounding
 *   makes of scores: the map is not to be stretched to look like a finding;
 * - `lost`: the target was almost never found under masks, so the map rests on a handful of runs;
 * - `weak`: the score is too small for any map to say what it depends on;
 * - `unfaithful`: the map is repeatable, but hiding what it marks changes the score hardly more than hiding the same shape
 *   elsewhere (faithfulness.ts). Told by runs of its own, and only of maps that are `ok` by the scores.
 */
export const VERDICTS = ['ok', 'noise', 'lost', 'weak', 'unfaithful'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Standard deviations above chance from which scores are no noise: chance passes it twice in a hundred times. */
const NOISE_LIMIT = 2.05;
/** A map of less reliability is noise by nine parts in ten, whatever can be told from the scores. */
const LEAST_RELIABILITY = 0.3;
/** A target is found in a masked run when it scores this share of its reference. */
const FOUND_SHARE = 0.01;
/** A target found in fewer of the masked runs is lost. */
const LOST_SHARE = 0.02;
/** A score below this, with all of the image and with nearly all parts of it, is none to speak of. */
export const LEAST_SCORE = 0.01;

/** What the scores of the masked runs, and the map made of them, say of a target. */
export interface ScoredMap {
  /** How far above chance the scores depend on the masks, in standard deviations (NoiseTest). */
  readonly aboveChance: number;
  readonly reliability: number;
  /** Of the masked runs. */
  readonly scores: Float64Array;
  /** Score that the target has when it is found for certain: on the whole image, or the largest seen. */
  readonly reference: number;
  /** The largest value of the map less the smallest; asked for only where scores are rounded so coarsely that it matters. */
  readonly range: () => number;
}

/** The verdict on one target, by the scores of the masked runs. */
export function verdictOf({ aboveChance, reliability, scores, reference, range }: ScoredMap): Verdict {
  const least = FOUND_SHARE * reference;
  let found = 0;
  for (const score of scores) if (score > least) found++;
  if (reference > 0 && found < LOST_SHARE * scores.length) return 'lost';
  if (!(aboveChance > NOISE_LIMIT) || reliability < LEAST_RELIABILITY) return 'noise';
  const blurred = blurredBy(scores, reference);
  return blurred > 0 && range() < blurred ? 'noise' : 'ok';
}

/** The scores by which a target is called weak: on the whole image, and the 5 and 95 % quantiles under masks. */
export interface ScoreSpan {
  readonly baseline: number;
  readonly low: number;
  readonly high: number;
}

/** The size of a target's scores. Those of most models are not negative, and then it is the largest of the three. */
export function scoreSize({ baseline, low, high }: ScoreSpan): number {
  return Math.max(Math.abs(baseline), Math.abs(low), Math.abs(high));
}

/**
 * The verdict, where scores are too small too: `lost` says more than `weak`, which says more than `noise`.
 *
 * @param byScores verdict of the masked runs
 */
export function orWeak(byScores: Verdict, span: ScoreSpan): Verdict {
  return byScores !== 'lost' && scoreSize(span) < LEAST_SCORE ? 'weak' : byScores;
}

/** Whether a map is drawn: what is noise, or of a score that is next to nothing, would look like a finding. */
export function isDrawn(verdict: Verdict | null): boolean {
  return verdict !== 'noise' && verdict !== 'weak';
}

/** Whether figures and findings may rest on a map. Files of earlier versions may say nothing. */
export function isTrusted(verdict: Verdict | null): boolean {
  return verdict === null || verdict === 'ok';
}

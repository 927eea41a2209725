/**
 * What a map is worth:
 *
 * - `ok`: the scores depend on where the image was masked, more than chance explains;
 * - `noise`: they do not, so far, or the estimator makes next to nothing of it: the map is not to be stretched to look
 *   like a finding;
 * - `lost`: the target was almost never found under masks, so the map rests on a handful of runs.
 */
export type Verdict = 'ok' | 'noise' | 'lost';

/** Standard deviations above chance from which scores are no noise: chance passes it twice in a hundred times. */
const NOISE_LIMIT = 2.05;
/** A map of less reliability is noise by nine parts in ten, whatever can be told from the scores. */
const LEAST_RELIABILITY = 0.3;
/** A target is found in a masked run when it scores this share of its reference. */
const FOUND_SHARE = 0.01;
/** A target found in fewer of the masked runs is lost. */
const LOST_SHARE = 0.02;

/**
 * The verdict on one target.
 *
 * @param aboveChance how far above chance the scores depend on the masks, in standard deviations (NoiseTest)
 * @param reliability of the map
 * @param scores of the masked runs
 * @param reference score that the target has when it is found for certain: on the whole image, or the largest seen
 */
export function verdictOf(aboveChance: number, reliability: number, scores: Float64Array, reference: number): Verdict {
  const least = FOUND_SHARE * reference;
  let found = 0;
  for (const score of scores) if (score > least) found++;
  if (reference > 0 && found < LOST_SHARE * scores.length) return 'lost';
  return aboveChance > NOISE_LIMIT && reliability >= LEAST_RELIABILITY ? 'ok' : 'noise';
}

/** Scores that differ by less than this share of their size are equal but for float32 rounding. */
export const ROUNDING = 1e-6;

/** Steps of more than this share of the score are decisions (found or not, votes), not rounding. */
const COARSEST_STEP = 1 / 8;

/** Half a step, and what rounding leaves of it where scores are two neighboring levels in equal parts. */
const HALF = 0.5 + 1e-9;

/**
 * The size below which a map may come of rounding alone, in score units; 0 where rounding does not matter.
 *
 * Scores rounded to a step q are off by up to q / 2, so an average over the runs that keep a pixel less one over all
 * may be off by q. That comes true where the scores hardly move: spread over a standard deviation of more than half a
 * step, the errors of rounding no longer follow the scores (dithering), average out as noise does, and are in the map's standard
 * error. The step is the smallest distance of two scores that occur: no larger than the model's own, and tiny where
 * scores are not rounded.
 *
 * A guess where scores have few levels: a step above an eighth of the reference is taken for a decision, of which the map
 * of averages is meant to be a fraction.
 *
 * Source: Widrow and Kollar 2008 (quantization noise; the half-step rule of dither).
 *
 * @param scores of the masked runs
 * @param reference score that the target has when it is found for certain
 */
export function blurredBy(scores: Float64Array, reference: number): number {
  const sorted = Float64Array.from(scores).sort();
  const size = Math.max(Math.abs(reference), Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0));
  const rounding = ROUNDING * size;
  const step = smallestStep(sorted, rounding);
  const isRounded = step <= COARSEST_STEP * size && deviation(scores) <= HALF * step;
  return isRounded ? step : rounding;
}

/** The smallest distance of two neighbors that are not equal but for rounding; infinite where there are none. */
function smallestStep(sorted: Float64Array, rounding: number): number {
  let step = Infinity;
  for (let i = 1; i < sorted.length; i++) {
    const distance = sorted[i]! - sorted[i - 1]!;
    if (distance > rounding && distance < step) step = distance;
  }
  return step;
}

function deviation(scores: Float64Array): number {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
}

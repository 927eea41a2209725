/** The score of a target while pixels are removed or inserted in falling order of saliency. */
export interface Curve {
  /** Share of pixels changed, 0..1, rising; `[steps + 1]`. */
  readonly shares: readonly number[];
  /** The target's score at each share. */
  readonly scores: readonly number[];
  /** Area under the scores, in score units. */
  readonly auc: number;
}

/**
 * Numbers of pixels at which a curve is measured: 0, then in equal steps (the last may be shorter), to all of them.
 *
 * @param pixels > 0
 * @param step pixels a step, > 0. The original code takes the width of the input: 224 pixels of 224 x 224.
 */
export function curveCounts(pixels: number, step: number): number[] {
  const counts = [];
  for (let count = 0; count < pixels; count += step) counts.push(count);
  return [...counts, pixels];
}

/**
 * The mean height of a curve by the trapezium rule over equal steps: `(sum - (a_0 + a_n) / 2) / n` with n steps.
 *
 * Source: Petsiuk et al. 2018, the authors' code (`evaluation.py`, auc).
 *
 * @param scores at least two
 */
export function areaUnderCurve(scores: readonly number[]): number {
  const sum = scores.reduce((total, score) => total + score, 0);
  return (sum - (scores[0]! + scores.at(-1)!) / 2) / (scores.length - 1);
}

/** A curve from what was measured at `counts` of `pixels`. */
export function curveOf(counts: readonly number[], pixels: number, scores: readonly number[]): Curve {
  return { shares: counts.map((count) => count / pixels), scores, auc: areaUnderCurve(scores) };
}

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
 * Shares of pixels at which a few points tell a curve: closer at the start, where curves of maps fall.
 *
 * They and the rule that is made of their areas (faithfulness.ts) were chosen together, by measurement.
 */
export const FEW_SHARES: readonly number[] = [0, 0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 1];

/** Numbers of pixels at those shares; fewer where pixels are so few that some are the same. */
export function fewCounts(pixels: number): number[] {
  return [...new Set(FEW_SHARES.map((share) => Math.round(share * pixels)))];
}

/**
 * The mean height of a curve by the trapezium rule. Over n equal steps it is `(sum - (a_0 + a_n) / 2) / n`, as in the
 * original code.
 *
 * Source: Petsiuk et al. 2018, the authors' code (`evaluation.py`, auc).
 *
 * @param shares from 0 to 1, rising; at least two
 * @param scores at those shares
 */
export function areaUnderCurve(shares: readonly number[], scores: readonly number[]): number {
  let area = 0;
  for (let i = 1; i < shares.length; i++) area += ((scores[i - 1]! + scores[i]!) / 2) * (shares[i]! - shares[i - 1]!);
  return area;
}

/** A curve from what was measured at `counts` of `pixels`. */
export function curveOf(counts: readonly number[], pixels: number, scores: readonly number[]): Curve {
  const shares = counts.map((count) => count / pixels);
  return { shares, scores, auc: areaUnderCurve(shares, scores) };
}

/** The middle of a target's score over masked runs: 5 %, 50 % and 95 % quantiles, in score units. */
export interface Belief {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** The quantiles of scores, interpolated linearly (Hyndman and Fan 1996, type 7); zeros for no scores. */
export function beliefOf(scores: Float64Array): Belief {
  const sorted = Float64Array.from(scores).sort();
  return { low: quantile(sorted, 0.05), median: quantile(sorted, 0.5), high: quantile(sorted, 0.95) };
}

function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const value = sorted[low]!;
  return value + ((sorted[low + 1] ?? value) - value) * (at - low);
}

/** The two-sided 95 % point of the normal distribution. */
const Z = 1.959964;

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [number, number];

/**
 * The 95 % interval of a share, k of n.
 *
 * Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 */
export function wilson(k: number, n: number): Interval {
  if (n === 0) return [0, 1];
  const share = k / n;
  const middle = share + (Z * Z) / (2 * n);
  const half = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}

/** The mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle value; null of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

/** The chance of k or more successes in n trials that each succeed with probability p. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  let logTerm = n * Math.log1p(-p);
  let sum = 0;
  // From i = 0 upwards each term follows from the one before; logarithms keep the first from underflowing.
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p / (1 - p));
  }
  return Math.min(1, sum);
}

/**
 * P-values adjusted so that, of what is reported at 5 %, at most 5 % is false on average.
 *
 * Source: Benjamini and Hochberg 1995.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const falling = [...pValues.keys()].sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 1;
  for (const [place, index] of falling.entries()) {
    least = Math.min(least, (pValues[index]! * pValues.length) / (pValues.length - place));
    adjusted[index] = least;
  }
  return adjusted;
}

/** The p-value of a random test: how many of the random values reach the observed one, which counts as one of them. */
export function randomTestP(observed: number, random: Iterable<number>): number {
  let reached = 1;
  let all = 1;
  for (const value of random) {
    all++;
    if (value >= observed) reached++;
  }
  return reached / all;
}

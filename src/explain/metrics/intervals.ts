/** Fewest images that an interval is made of: of two, the spread is hardly known. */
const FEWEST = 3;

/** A share with its 95 % interval; null bounds where there are fewer than three images. */
export interface Share {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Cases that have it, and all cases. */
  readonly count: number;
  readonly of: number;
  /** Images that the cases come from. */
  readonly items: number;
}

/** A mean with its 95 % interval; null bounds where there are fewer than three images, or all agree on 0 or 1. */
export interface Mean {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Number of values, and of images that they come from. */
  readonly of: number;
  readonly items: number;
}

/** How far a share may lie outside 0..1 by 32-bit sums. */
const ROUNDING = 1e-6;

/** Standard normal quantile of 97.5 %. */
const Z = 1.959963984540054;

/**
 * Sums over images, from which the mean of their values and its error follow. Values of one image are not independent
 * (its boxes share the image, its masks and the model's mood), so the image is the unit: the variance is that of a
 * ratio of sums over images.
 *
 * Source: Cochran 1977, "Sampling Techniques", sections 6.3 and 9A (ratio estimator for clusters of unequal size).
 */
export class ClusteredSum {
  #items = 0;
  #values = 0;
  #sum = 0;
  #sumSquares = 0;
  #countSquares = 0;
  #products = 0;
  /** Whether all values are shares or probabilities. */
  #within = true;

  /** Adds the values of one image. */
  add(values: readonly number[]): void {
    const count = values.length;
    if (count === 0) return;
    const sum = values.reduce((total, value) => total + value, 0);
    this.#items++;
    this.#values += count;
    this.#sum += sum;
    this.#sumSquares += sum * sum;
    this.#countSquares += count * count;
    this.#products += sum * count;
    this.#within &&= values.every((one) => one >= -ROUNDING && one <= 1 + ROUNDING);
  }

  /**
   * The mean with Student's interval over images; null without values. Values that all lie within 0..1, as shares and
   * probabilities do, have theirs on the logit scale, and so within 0..1 too.
   */
  mean(): Mean | null {
    if (this.#values === 0) return null;
    const value = this.#sum / this.#values;
    const error = this.#items < FEWEST ? null : this.#standardError(value);
    const interval = error === null ? null : meanInterval(value, error, this.#items, this.#within);
    return {
      value,
      low: interval?.[0] ?? null,
      high: interval?.[1] ?? null,
      of: this.#values,
      items: this.#items,
    };
  }

  /**
   * The share of ones among values that are 0 or 1, with Wilson's interval; null without values. Where values of one
   * image go together, they count for fewer (their design effect), never for more.
   */
  share(): Share | null {
    if (this.#values === 0) return null;
    const value = this.#sum / this.#values;
    const error = this.#standardError(value);
    const binomial = (value * (1 - value)) / this.#values;
    // Where all values agree, nothing is known of how they go together: each image counts once.
    const cases = !(binomial > 0)
      ? this.#items
      : this.#values / Math.max(1, error === null ? 1 : (error * error) / binomial);
    const { low, high } = this.#items < FEWEST ? { low: null, high: null } : wilson(value, cases);
    return { value, low, high, count: this.#sum, of: this.#values, items: this.#items };
  }

  /** Standard error of the mean; null with fewer than two images. */
  #standardError(mean: number): number | null {
    if (this.#items < 2) return null;
    const squares = this.#sumSquares - 2 * mean * this.#products + mean * mean * this.#countSquares;
    return Math.sqrt(Math.max(0, (squares / (this.#items - 1)) * this.#items)) / this.#values;
  }
}

/**
 * The 95 % interval of a mean of shares 0..1, which lies within 0..1 as well (see `ClusteredSum.mean`); null for fewer
 * than three values, or where all are 0 or all 1.
 */
export function meanShareInterval(shares: readonly number[]): readonly [number, number] | null {
  const sum = new ClusteredSum();
  for (const share of shares) sum.add([Math.min(1, Math.max(0, share))]);
  const mean = sum.mean();
  return mean?.low == null || mean.high === null ? null : [mean.low, mean.high];
}

/**
 * Student's interval of a mean; within 0..1 that of its logit, brought back: the mean's distribution is skewed near the
 * ends, and the plain interval would reach beyond them. At an end the logit says nothing: null.
 *
 * Source: Korn and Graubard 1999, "Analysis of Health Surveys" (logit intervals of proportions from surveys).
 */
function meanInterval(value: number, error: number, items: number, within: boolean): readonly [number, number] | null {
  const reach = studentQuantile(items - 1) * error;
  if (!within) return [value - reach, value + reach];
  if (!(value > 0 && value < 1)) return null;
  const odds = value / (1 - value);
  const factor = Math.exp(reach / (value * (1 - value)));
  return [odds / (odds + factor), odds / (odds + 1 / factor)];
}

/**
 * Wilson's 95 % interval of a share.
 *
 * Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 *
 * @param cases > 0, need not be whole
 */
export function wilson(value: number, cases: number): { value: number; low: number; high: number } {
  const z2 = (Z * Z) / cases;
  const middle = (value + z2 / 2) / (1 + z2);
  const reach = (Z / (1 + z2)) * Math.sqrt((value * (1 - value)) / cases + z2 / (4 * cases));
  return { value, low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/**
 * Quantile of 97.5 % of Student's distribution: exact for 1 and 2 degrees of freedom, else to better than one in a
 * hundred.
 *
 * Source: Fisher and Cornish 1960, "The percentile points of distributions having known cumulants" (expansion in 1/df).
 */
export function studentQuantile(degrees: number): number {
  if (degrees === 1) return 12.706204736432095;
  if (degrees === 2) return 4.302652729911275;
  const z = Z;
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3 + g4 / degrees ** 4;
}

import { contrasts } from './observations.js';
import { dot } from './vectors.js';

/** Width of the smoothing, in standard deviations of what is predicted. */
const BANDWIDTH = 0.35;
/** Bins over the range of predictions: some four to a bandwidth. */
const BINS = 64;
/** A link may lift what was predicted by no more than this. */
const MOST_LIFT = 1.5;

/** What a link found. */
export interface Linked {
  /** What a step of the prediction changes in the score, on average. */
  readonly slope: number;
  /** What of the scores the link leaves, by observation, `[n]`. */
  readonly residual: Float64Array;
}

/**
 * The scores as a smooth function of what a linear model predicts: a Gaussian kernel smoother over all masks, each
 * pair's own scores left out of its own value. The part of the scores that a curved answer makes no longer counts as
 * noise, and what is left goes through a regression of its own.
 *
 * Source: Nadaraya 1964, Watson 1964 (the smoother); Brillinger 1983 (the average slope of a single-index model).
 *
 * @param column scores of the masks
 * @param unit 2 where masks come in pairs of complements, else 1
 * @param predicted of each observation, from the other ones, `[n]`
 * @returns null where nothing is predicted
 */
export function throughLink(column: Float64Array, unit: 1 | 2, predicted: Float64Array): Linked | null {
  const scores = contrasts(column, unit);
  const smoother = Smoother.over(column, unit, predicted);
  if (smoother === null) return null;
  const linked = contrasts(smoother.values(), unit);
  const length = dot(predicted, predicted);
  const linkedLength = dot(linked, linked);
  if (!(length > 0) || !(linkedLength > 0)) return null;
  const lift = Math.min(MOST_LIFT, Math.max(0, dot(scores, linked) / linkedLength));
  return {
    slope: (lift * dot(linked, predicted)) / length,
    residual: scores.map((score, i) => score - lift * linked[i]!),
  };
}

/** A kernel smoother on bins, each mask shared between the two bins it lies between. */
class Smoother {
  readonly #column: Float64Array;
  readonly #unit: 1 | 2;
  readonly #predicted: Float64Array;
  readonly #start: number;
  readonly #width: number;
  /** Kernel by distance in bins, `[BINS]`. */
  readonly #kernel: Float64Array;

  private constructor(column: Float64Array, unit: 1 | 2, predicted: Float64Array, range: [number, number], sd: number) {
    this.#column = column;
    this.#unit = unit;
    this.#predicted = predicted;
    this.#start = range[0];
    this.#width = (range[1] - range[0]) / (BINS - 1);
    const bandwidth = (BANDWIDTH * sd) / this.#width;
    this.#kernel = Float64Array.from({ length: BINS }, (_, bins) => Math.exp(-0.5 * (bins / bandwidth) ** 2));
  }

  static over(column: Float64Array, unit: 1 | 2, predicted: Float64Array): Smoother | null {
    let [least, most] = [Infinity, -Infinity];
    for (const value of predicted) {
      least = Math.min(least, unit === 2 ? -Math.abs(value) : value);
      most = Math.max(most, unit === 2 ? Math.abs(value) : value);
    }
    const sd = Math.sqrt(dot(predicted, predicted) / predicted.length);
    return most > least && sd > 1e-12 * (most - least)
      ? new Smoother(column, unit, predicted, [least, most], sd)
      : null;
  }

  /** The smoothed score of every mask, from the masks of other observations. */
  values(): Float64Array {
    const masks = this.#predicted.length * this.#unit;
    const counts = new Float64Array(BINS);
    const sums = new Float64Array(BINS);
    let mean = 0;
    for (let mask = 0; mask < masks; mask++) {
      const { bin, share } = this.#place(mask);
      const score = this.#column[mask]!;
      mean += score / masks;
      counts[bin]! += 1 - share;
      counts[bin + 1]! += share;
      sums[bin]! += (1 - share) * score;
      sums[bin + 1]! += share * score;
    }
    const near = this.#smooth(counts);
    const total = this.#smooth(sums);
    return Float64Array.from({ length: masks }, (_, mask) => {
      const at = this.#place(mask);
      let weight = mix(near, at);
      let sum = mix(total, at);
      const first = mask - (mask % this.#unit);
      for (let own = first; own < first + this.#unit; own++) {
        const part = this.#overlap(at, this.#place(own));
        weight -= part;
        sum -= part * this.#column[own]!;
      }
      // Where no other mask is near, the mean of all.
      return (Math.max(0, weight) * (weight > 0 ? sum / weight : 0) + 1e-6 * mean) / (Math.max(0, weight) + 1e-6);
    });
  }

  #place(mask: number): Place {
    const predicted = this.#predicted[Math.floor(mask / this.#unit)]!;
    const value = mask % this.#unit === 1 ? -predicted : predicted;
    const at = Math.min(BINS - 1, Math.max(0, (value - this.#start) / this.#width));
    const bin = Math.min(BINS - 2, Math.floor(at));
    return { bin, share: at - bin };
  }

  #smooth(values: Float64Array): Float64Array {
    return values.map((_, bin) => {
      let sum = 0;
      for (let other = 0; other < BINS; other++) sum += values[other]! * this.#kernel[Math.abs(bin - other)]!;
      return sum;
    });
  }

  /** What a mask at `b` adds to the weight at `a`. */
  #overlap(a: Place, b: Place): number {
    const kernel = (offset: number): number => this.#kernel[Math.min(BINS - 1, Math.abs(a.bin - b.bin + offset))]!;
    return (
      ((1 - a.share) * (1 - b.share) + a.share * b.share) * kernel(0) +
      a.share * (1 - b.share) * kernel(1) +
      (1 - a.share) * b.share * kernel(-1)
    );
  }
}

/** Between bin `bin` and the next one. */
interface Place {
  readonly bin: number;
  /** 0 at the bin, 1 at the next one. */
  readonly share: number;
}

function mix(values: Float64Array, { bin, share }: Place): number {
  return values[bin]! * (1 - share) + values[bin + 1]! * share;
}

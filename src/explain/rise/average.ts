import type { EstimateInput, MapEstimate } from './map-estimate.js';
import { centred, type Observations } from './observations.js';
import type { Sampler } from './sampler.js';
import type { MaskParts } from './seen-masks.js';
import { variance } from './vectors.js';
import { weightedMaskSum } from './weighted-sum.js';

/**
 * The paper's average and its centred form, with batch-means errors: each unit of masks (a pair of complements, or a
 * single mask) adds one term to the map, and terms vary as independent draws do.
 *
 * - `average`: `1/(N p) sum_i y_i M_i`, an estimate of E[y | pixel kept] (Petsiuk et al. 2018, equation 6);
 * - `centered`: `1/(N p) sum_i (y_i - mean y) M_i`, of E[y | pixel kept] - E[y], without the noise of how often a
 *   pixel happened to be kept.
 */
export class Average implements MapEstimate {
  readonly #sampler: Sampler;
  readonly #columns: readonly Float64Array[];
  readonly #coarse: MaskParts;
  readonly #observations: Observations;
  readonly #isCentred: boolean;
  readonly #moments = new Map<number, Moments>();

  constructor(sampler: Sampler, { columns, coarse, observations }: EstimateInput, isCentred: boolean) {
    this.#sampler = sampler;
    this.#columns = columns;
    this.#coarse = coarse;
    this.#observations = observations;
    this.#isCentred = isCentred;
  }

  map(target: number): Float32Array {
    const column = this.#columns[target]!;
    return this.#weightedMean(this.#isCentred ? centred(column) : column);
  }

  effect(target: number): Float32Array {
    return this.#weightedMean(centred(this.#columns[target]!));
  }

  standardError(target: number): Float32Array {
    return this.#coarse.interpolate(this.#momentsOf(target).variances.map(Math.sqrt));
  }

  /** With S the map and e its noise, `corr(S, S - e)^2 = (var S - E var e) / var S`, variances over the image. */
  reliability(target: number): number {
    const { signal, noise } = this.#momentsOf(target);
    return signal > noise ? Math.sqrt((signal - noise) / signal) : 0;
  }

  #weightedMean(scores: Float64Array): Float32Array {
    const scale = scores.length === 0 ? 0 : 1 / (scores.length * this.#sampler.probability);
    return Float32Array.from(weightedMaskSum(this.#sampler, scores), (value) => value * scale);
  }

  #momentsOf(target: number): Moments {
    let moments = this.#moments.get(target);
    if (moments === undefined) {
      moments = this.#measure(target);
      this.#moments.set(target, moments);
    }
    return moments;
  }

  /** Mean and variance over units of the terms `(slope * (M - p) + level) / (unit p)` that the map is the mean of. */
  #measure(target: number): Moments {
    const { count, fields, fieldMeans } = this.#observations;
    const { probability } = this.#sampler;
    const { size } = this.#coarse;
    const { slopes, levels } = this.#terms(target);
    const mean = new Float64Array(size);
    const square = new Float64Array(size);
    const term = new Float64Array(size);
    let shape = 0;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < size; j++) {
        const kept = fields[i * size + j]! + (this.#isCentred ? 0 : fieldMeans[j]! - probability);
        const value = slopes[i]! * kept + levels[i]!;
        term[j] = value;
        mean[j]! += value / count;
        square[j]! += (value * value) / count;
      }
      shape += variance(term) / count;
    }
    // The variance of a mean of n terms is estimated by theirs over n - 1.
    const share = count > 1 ? 1 / (count - 1) : 0;
    const signal = variance(mean);
    return {
      variances: square.map((value, j) => share * Math.max(0, value - mean[j]! ** 2)),
      signal,
      noise: count > 1 ? share * Math.max(0, shape - signal) : signal,
    };
  }

  #terms(target: number): { slopes: Float64Array; levels: Float64Array } {
    const { probability, unit } = this.#sampler;
    const { scores } = this.#observations.targets[target]!;
    // Half the difference of a pair counts twice in a sum over its two masks, and is divided by their number again.
    if (this.#isCentred) {
      return { slopes: scores.map((score) => score / probability), levels: new Float64Array(scores.length) };
    }
    const column = this.#columns[target]!;
    const levels = Float64Array.from(scores, (_, i) =>
      unit === 2 ? (column[2 * i]! + column[2 * i + 1]!) / 2 : column[i]!,
    );
    return { slopes: (unit === 2 ? scores : column).map((score) => score / probability), levels };
  }
}

interface Moments {
  /** Of the map's value at each box, `[rows, columns]`. */
  readonly variances: Float64Array;
  /** Variance of the map over the image, and how much of it is expected of noise alone. */
  readonly signal: number;
  readonly noise: number;
}

import type { MaskParts } from '../rise/seen-masks.js';
import { priorFromSmoothed, SMOOTHING } from '../rise/spatial-prior.js';

/** Which region each pixel lies in. */
interface RegionMap {
  /** `[height, width]` */
  readonly regions: Uint16Array;
  readonly width: number;
  /** Number of regions. */
  readonly count: number;
}

/**
 * Regions as the parts of the image that masks are seen by. Each is kept or hidden by itself: its pixels have a covariance
 * with it alone.
 */
export class RegionParts implements MaskParts {
  readonly size: number;
  readonly #regions: Uint16Array;
  readonly #width: number;
  #weights: Float64Array | null = null;

  constructor({ regions, width, count }: RegionMap) {
    this.size = count;
    this.#regions = regions;
    this.#width = width;
  }

  toPixels(coefficients: Float64Array, scale: number): Float32Array {
    return Float32Array.from(this.#regions, (region) => coefficients[region]! * scale);
  }

  toBoxes(coefficients: Float64Array): Float64Array {
    return coefficients.slice();
  }

  covarianceWith(part: number): Float64Array {
    const unit = new Float64Array(this.size);
    unit[part] = 1;
    return unit;
  }

  interpolate(values: Float64Array): Float32Array {
    return Float32Array.from(this.#regions, (region) => values[region]!);
  }

  /** Evidence in a region speaks for its neighborhood, by the distance of their middles (see spatial-prior.ts). */
  priorFrom(energy: Float64Array): Float64Array {
    this.#weights ??= this.#neighborhood();
    const weights = this.#weights;
    return priorFromSmoothed(
      energy.map((_, region) => {
        let sum = 0;
        for (let other = 0; other < this.size; other++) sum += weights[region * this.size + other]! * energy[other]!;
        return sum;
      }),
    );
  }

  /** Weights of all regions for each, `[d, d]`, whose rows sum to 1. */
  #neighborhood(): Float64Array {
    const { size } = this;
    const sums = new Float64Array(size * 3);
    for (const [pixel, region] of this.#regions.entries()) {
      sums[region * 3]! += 1;
      sums[region * 3 + 1]! += pixel % this.#width;
      sums[region * 3 + 2]! += Math.floor(pixel / this.#width);
    }
    const middle = (region: number, axis: 1 | 2): number => sums[region * 3 + axis]! / sums[region * 3]!;
    // A region is as wide as a square of its usual size.
    const sigma = SMOOTHING * Math.sqrt(this.#regions.length / size);
    const weights = new Float64Array(size * size);
    for (let region = 0; region < size; region++) {
      let total = 0;
      for (let other = 0; other < size; other++) {
        const across = middle(region, 1) - middle(other, 1);
        const down = middle(region, 2) - middle(other, 2);
        const weight = Math.exp((-0.5 * (across * across + down * down)) / (sigma * sigma));
        weights[region * size + other] = weight;
        total += weight;
      }
      for (let other = 0; other < size; other++) weights[region * size + other]! /= total;
    }
    return weights;
  }
}

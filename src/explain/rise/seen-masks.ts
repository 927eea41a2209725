import { coarseFieldFor } from './coarse-field.js';
import { cellCount, visibleCells } from './mask-field.js';
import type { Sampler } from './sampler.js';

/**
 * Parts of the image through which a regression sees masks: it is on a mask's mean in each part, and becomes a map through
 * the known covariance of parts and pixels.
 */
export interface MaskParts {
  /** Number of parts d. */
  readonly size: number;
  /** `scale sum_j w_j Cov(part j, pixel)` for cells of variance 1: a map `[height, width]`. */
  toPixels(coefficients: Float64Array, scale: number): Float32Array;
  /** The same at the resolution of the parts: `sum_j w_j Cov(part j, part k)`, `[d]`. */
  toBoxes(coefficients: Float64Array): Float64Array;
  /** Covariance of one part with every part, `[d]`. */
  covarianceWith(part: number): Float64Array;
  /** Values of the parts, `[d]`, at pixels `[height, width]`. */
  interpolate(values: Float64Array): Float32Array;
  /** A prior variance for each part, `[d]`, mean 1, from the energy found there so far. */
  priorFrom(energy: Float64Array): Float64Array;
}

/** What an analysis must know of a sequence of masks. */
export interface SeenMasks {
  /** Masks come in runs of this many that belong together (a mask and its complement). */
  readonly unit: 1 | 2;
  /** Share of the image that is kept. */
  readonly probability: number;
  /** About as many places as a map can tell apart. */
  readonly places: number;
  /** How a regression on so many masks sees them. */
  seen(count: number): {
    readonly parts: MaskParts;
    /** Adds the mean of mask `index` in each part to `out[start..start + d)`. */
    addMeans(index: number, out: Float64Array, start: number): void;
  };
}

/** Masks of stretched grids. */
export function seenGrid(sampler: Sampler): SeenMasks {
  const { field, unit, probability } = sampler;
  return {
    unit,
    probability,
    places: visibleCells(field),
    seen(count) {
      const parts = coarseFieldFor(field, count);
      const cells = new Uint8Array(cellCount(field));
      return {
        parts,
        addMeans(index, out, start) {
          const offset = sampler.draw(index, cells);
          parts.addMeans(cells, offset, out, start);
        },
      };
    },
  };
}

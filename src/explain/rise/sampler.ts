import type { MaskField, MaskOffset } from './mask-field.js';

/** Everything that fixes a sequence of masks; plain data, the same in every thread. */
export interface SamplerOptions {
  readonly sampler: SamplerName;
  /** Size of the masked area in pixels. */
  readonly height: number;
  readonly width: number;
  /** Cells over the height and over the width. */
  readonly gridHeight: number;
  readonly gridWidth: number;
  /** Share of cells kept, in (0, 1). */
  readonly probability: number;
  /** Any integer up to 2^53. */
  readonly seed: number;
}

/** An endless sequence of masks; mask i is a function of the options and i alone. */
export interface Sampler {
  readonly field: MaskField;
  readonly probability: number;
  /**
   * The design that is drawn: the one asked for, but `random` where foldover masks were asked for with a probability
   * other than 1/2, which complements cannot have.
   */
  readonly design: SamplerName;
  /** Masks come in runs of this many that belong together (a mask and its complement); runs are independent or nearly so. */
  readonly unit: 1 | 2;
  /**
   * Writes the cells of mask `index` (`[y.cells, x.cells]`, 0 or 1) and returns its offset.
   */
  draw(index: number, cells: Uint8Array): MaskOffset;
}

/**
 * - `foldover`: stationary masks in balanced, orthogonal blocks with complements (foldover.ts); the default;
 * - `random`: stationary masks, every cell on its own: each pixel sees the same distribution;
 * - `reference`: the masks of the original code (Petsiuk et al. 2018).
 */
export type SamplerName = 'foldover' | 'random' | 'reference';

import { DatumError } from '../../errors.js';
import { referenceAxis, stationaryAxis } from './axis.js';
import { foldoverSampler } from './foldover.js';
import { cellCount, type MaskField, type MaskOffset } from './mask-field.js';
import { RandomStream, STREAMS } from './philox.js';

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
  readonly unit: number;
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

const SAMPLERS: Readonly<Record<SamplerName, (options: SamplerOptions) => Sampler>> = {
  foldover: (options) => (isHalf(options.probability) ? foldoverSampler(options) : SAMPLERS.random(options)),
  random: (options) => independentSampler(options, 'random', stationaryAxis),
  reference: (options) => independentSampler(options, 'reference', referenceAxis),
};

/** Whether complements have the same share of cells kept. */
function isHalf(probability: number): boolean {
  return Math.abs(probability - 0.5) < 1e-9;
}

/**
 * Makes the sequence of masks that the options name.
 *
 * @throws DatumError (`usage`) for a size, grid or probability that gives no masks.
 */
export function createSampler(options: SamplerOptions): Sampler {
  const { height, width, gridHeight, gridWidth, probability } = options;
  for (const [what, value] of Object.entries({ height, width, gridHeight, gridWidth })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new DatumError('usage', `masks need a positive whole number as ${what}, not ${value}.`);
    }
  }
  if (!(probability > 0 && probability < 1)) {
    throw new DatumError('usage', `--prob is the share of cells kept, between 0 and 1, not ${probability}.`);
  }
  return SAMPLERS[options.sampler](options);
}

function independentSampler(options: SamplerOptions, design: SamplerName, axis: typeof stationaryAxis): Sampler {
  const field = { y: axis(options.height, options.gridHeight), x: axis(options.width, options.gridWidth) };
  const stream = new RandomStream(options.seed);
  const count = cellCount(field);
  return {
    field,
    probability: options.probability,
    design,
    unit: 1,
    draw(index, cells) {
      stream.at(index, STREAMS.cells);
      for (let cell = 0; cell < count; cell++) cells[cell] = stream.uniform() < options.probability ? 1 : 0;
      stream.at(index, STREAMS.offset);
      return { y: stream.below(field.y.offsets), x: stream.below(field.x.offsets) };
    },
  };
}

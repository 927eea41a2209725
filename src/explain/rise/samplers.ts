import { DatumError, option } from '../../errors.js';
import { referenceAxis, stationaryAxis } from './axis.js';
import { foldoverSampler } from './foldover.js';
import { cellCount } from './mask-field.js';
import { RandomStream, STREAMS } from './philox.js';
import type { Sampler, SamplerName, SamplerOptions } from './sampler.js';

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
    throw new DatumError('usage', `${option('prob')} is the share of cells kept, between 0 and 1, not ${probability}.`);
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

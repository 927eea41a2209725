import type { Design, MaskedArea, Method, MethodOptions } from '../method.js';
import { analyse } from './analysis.js';
import { cellCount, drawMask, rowBuffer, visibleCells } from './mask-field.js';
import { resolveRiseOptions, riseOwnSchema, type RiseOptions } from './options.js';
import type { SamplerOptions } from './sampler.js';
import { createSampler } from './samplers.js';
import { isSettledBy, nextCheckpoint } from './stopping.js';

/** RISE: random masks, and a regression of scores on them (docs/method.md). */
export const riseMethod: Method<typeof riseOwnSchema> = {
  name: 'rise',
  options: riseOwnSchema,
  resolve: (_, given, task) => resolveRiseOptions(given, task),
  plan: (area, options) => planMasks(area, optionsOf(options)),
};

function optionsOf(options: MethodOptions): RiseOptions {
  return resolveRiseOptions(options);
}

function planMasks(area: MaskedArea, options: RiseOptions): Design {
  const wanted: SamplerOptions = {
    sampler: options.sampler,
    height: area.height,
    width: area.width,
    gridHeight: options.maskHeight,
    gridWidth: options.maskWidth,
    probability: options.prob,
    seed: options.seed,
  };
  const sampler = createSampler(wanted);
  const { field } = sampler;
  const cells = new Uint8Array(cellCount(field));
  const rows = rowBuffer(field);
  const gridCells = visibleCells(field);
  return {
    most: options.maxSamples,
    sampler: wanted,
    wantsRivals: options.estimator === 'regression',
    notes: sampler.design === options.sampler ? [] : [{ kind: 'masks-at-random', probability: options.prob }],
    draw(index, out) {
      const offset = sampler.draw(index, cells);
      drawMask(field, cells, offset, rows, out);
    },
    estimate: (table, { baseline, rivals }) =>
      analyse(sampler, table, { estimator: options.estimator, baseline, rivals }),
    isSettled: (estimates, threshold, auxiliary) => isSettledBy(estimates, gridCells, threshold, auxiliary),
    nextCheckpoint,
  };
}

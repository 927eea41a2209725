import type { Design, Estimates, MaskedArea, Method, MethodOptions } from '../method.js';
import { Analysis } from './analysis.js';
import { cellCount, drawMask, rowBuffer, visibleCells } from './mask-field.js';
import { resolveRiseOptions, riseOwnSchema, type RiseOptions } from './options.js';
import type { SamplerOptions } from './sampler.js';
import { createSampler } from './samplers.js';
import { isReliable, nextCheckpoint } from './stopping.js';

/** RISE: random masks, and a regression of scores on them (docs/method.md). */
export const riseMethod: Method<typeof riseOwnSchema> = {
  name: 'rise',
  options: riseOwnSchema,
  resolve: (_, given) => resolveRiseOptions(given),
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
      new Analysis(sampler, table, { estimator: options.estimator, baseline, rivals }),
    isSettled: (estimates, threshold, auxiliary) =>
      isReliable({ ...settledBy(estimates), gridCells }, threshold, auxiliary),
    nextCheckpoint,
  };
}

function settledBy(estimates: Estimates): Omit<Parameters<typeof isReliable>[0], 'gridCells'> {
  return {
    samples: estimates.samples,
    targets: estimates.targets,
    verdict: (target) => estimates.verdict(target),
    reliability: (target) => estimates.reliability(target) ?? 0,
  };
}

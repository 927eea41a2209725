import { Average } from './average.js';
import type { EstimateInput, MapEstimate } from './map-estimate.js';
import { Regression } from './regression.js';
import type { Sampler } from './sampler.js';

const ESTIMATORS = {
  /** Bayesian ridge regression on coarse masks (regression.ts); the default. */
  regression: (_: Sampler, input: EstimateInput): MapEstimate => new Regression(input),
  /** The centred average (average.ts). */
  centered: (sampler: Sampler, input: EstimateInput): MapEstimate => new Average(sampler, input, true),
  /** The paper's average (average.ts). */
  average: (sampler: Sampler, input: EstimateInput): MapEstimate => new Average(sampler, input, false),
};

export type EstimatorName = keyof typeof ESTIMATORS;

/** Estimates the maps of all targets from masks of a sampler. */
export function estimateMaps(name: EstimatorName, sampler: Sampler, input: EstimateInput): MapEstimate {
  return ESTIMATORS[name](sampler, input);
}

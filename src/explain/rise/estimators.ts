import { Average } from './average.js';
import type { EstimateInput, MapEstimate } from './map-estimate.js';
import { Regression } from './regression.js';

const ESTIMATORS = {
  /** Bayesian ridge regression on coarse masks (regression.ts); the default. */
  regression: (input: EstimateInput): MapEstimate => new Regression(input),
  /** The centred average (average.ts). */
  centered: (input: EstimateInput): MapEstimate => new Average(input, true),
  /** The paper's average (average.ts). */
  average: (input: EstimateInput): MapEstimate => new Average(input, false),
};

export type EstimatorName = keyof typeof ESTIMATORS;

/** Estimates the maps of all targets. */
export function estimateMaps(name: EstimatorName, input: EstimateInput): MapEstimate {
  return ESTIMATORS[name](input);
}

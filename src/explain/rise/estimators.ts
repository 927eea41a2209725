import type { Sampler } from './samplers.js';
import type { ScoreTable } from './scores.js';
import { weightedMaskSum } from './weighted-sum.js';

/**
 * A saliency map from scores: `[height, width]` float32, row-major, in score units.
 *
 * @param scores of masks 0..count-1 of `sampler`; an empty table gives zeros.
 */
export type Estimator = (sampler: Sampler, scores: ScoreTable, target: number) => Float32Array;

const ESTIMATORS = {
  /**
   * The paper's average, `1/(N p) sum_i y_i M_i`: estimates E[y | pixel kept].
   *
   * Source: Petsiuk et al. 2018, equation 6.
   */
  average: (sampler, scores, target) => scaledSum(sampler, scores.column(target)),
  /**
   * The centred average, `1/(N p) sum_i (y_i - mean y) M_i`: estimates E[y | pixel kept] - E[y], without the noise of
   * how often a pixel happened to be kept.
   */
  centered: (sampler, scores, target) => {
    const column = scores.column(target);
    // From the first score, so that equal scores have exactly that mean and their map is zeros, not rounding noise.
    const base = column[0] ?? 0;
    let mean = base;
    for (const score of column) mean += (score - base) / column.length;
    return scaledSum(
      sampler,
      column.map((score) => score - mean),
    );
  },
} satisfies Record<string, Estimator>;

export type EstimatorName = keyof typeof ESTIMATORS;

/** The estimator of that name. */
export function estimatorOf(name: EstimatorName): Estimator {
  return ESTIMATORS[name];
}

function scaledSum(sampler: Sampler, weights: Float64Array): Float32Array {
  const sum = weightedMaskSum(sampler, weights);
  const scale = weights.length === 0 ? 0 : 1 / (weights.length * sampler.probability);
  return Float32Array.from(sum, (value) => value * scale);
}

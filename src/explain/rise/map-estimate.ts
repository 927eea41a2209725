import type { Observations } from './observations.js';
import type { Ridge } from './ridge.js';
import type { MaskParts, SeenMasks } from './seen-masks.js';

/** Maps of every target from one table of scores, with their errors. All arrays are row-major, in score units. */
export interface MapEstimate {
  /** The saliency map, `[height, width]` float32; zeros where there is nothing to learn from. */
  map(target: number): Float32Array;
  /** What keeping a pixel adds to the score on average, `[height, width]`: the `map` less its constant part. */
  effect(target: number, map: Float32Array): Float32Array;
  /** Standard error of the map at every pixel, `[height, width]` float32. */
  standardError(target: number): Float32Array;
  /** Expected correlation of the map with the one that endless masked runs would give, 0..1. */
  reliability(target: number): number;
}

/** What maps are estimated from. */
export interface EstimateInput {
  readonly masks: Pick<SeenMasks, 'unit' | 'probability'>;
  /** For each target the scores of masks 0..N-1. */
  readonly columns: readonly Float64Array[];
  /** For each target the scores of other classes of its softmax; none where it is not a class of one. */
  readonly rivals: readonly (readonly Float64Array[])[];
  readonly coarse: MaskParts;
  /** Those scores, on those parts. */
  readonly observations: Observations;
  /** Regressions on those fields in which all boxes are alike a priori. */
  readonly ridge: Ridge;
}

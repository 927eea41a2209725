/** Every way in which a graph may end; `Ending` says what they mean. */
export const ENDINGS = [
  'softmax',
  'log-softmax',
  'softmax-scaled',
  'softmax-changed',
  'sigmoid',
  'unit-length',
  'normalized',
  'bounded',
  'scaled',
  'expected',
  'layer',
  'pooled',
  'activated',
  'ranked',
  'indices',
  'other',
] as const;

/**
 * What a graph does last to an output, places and types of values left aside:
 *
 * - `softmax`: a softmax; `log-softmax`: its logarithm; `softmax-scaled`: a softmax times a number, as percent are;
 *   `softmax-changed`: one of them after other arithmetic; `sigmoid`: a sigmoid;
 * - `unit-length`: divides by the length of the vector; `normalized`: a batch or layer normalization;
 * - `bounded`: a hyperbolic tangent; `scaled`: bounded or averaged values times a number above 1;
 * - `expected`: the mean of numbers weighed with a softmax;
 * - `layer`: a linear layer or a convolution; `pooled`: a mean or maximum over places, of features or of classes;
 * - `activated`: the activation between two layers;
 * - `ranked`: the largest values in the order of their size; `indices`: the places of the largest values;
 * - `other`: anything else.
 */
export type Ending = (typeof ENDINGS)[number];

/** Where an output comes from, beyond how it ends. */
export interface Origin {
  /** Name of the tensor whose largest values, or their places, the output gives. */
  readonly ranks?: string | undefined;
  /** Name of the other output of which this one is the softmax or sigmoid. */
  readonly activates?: string | undefined;
}

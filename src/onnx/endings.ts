/** Every way in which a graph may end; `Ending` says what they mean. */
export const ENDINGS = [
  'softmax',
  'sigmoid',
  'unit-length',
  'normalized',
  'bounded',
  'scaled',
  'expected',
  'layer',
  'pooled',
  'activated',
  'indices',
  'other',
] as const;

/**
 * What a graph does last to an output, places and types of values left aside:
 *
 * - `softmax`: a softmax or its logarithm; `sigmoid`: a sigmoid;
 * - `unit-length`: divides by the length of the vector; `normalized`: a batch or layer normalization;
 * - `bounded`: a hyperbolic tangent; `scaled`: bounded or averaged values times a number above 1;
 * - `expected`: the mean of numbers weighed with a softmax;
 * - `layer`: a linear layer or a convolution; `pooled`: a mean or maximum over places, of features or of classes;
 * - `activated`: the activation between two layers;
 * - `indices`: the places of the largest values;
 * - `other`: anything else.
 */
export type Ending = (typeof ENDINGS)[number];

import { DatumError } from '../errors.js';

/** A model's output as scripts see it: `data` in row-major order, `shape` from the outermost axis. */
export interface TensorLike {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** Softmax over all values: non-negative, sum 1. An empty row stays empty. */
export function softmax(values: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(values);
  let max = -Infinity;
  for (const value of result) if (value > max) max = value;
  let sum = 0;
  for (let i = 0; i < result.length; i++) {
    const e = Math.exp(result[i]! - max);
    result[i] = e;
    sum += e;
  }
  for (let i = 0; i < result.length; i++) result[i] = result[i]! / sum;
  return result;
}

/** The logistic function `1 / (1 + exp(-x))`. */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/**
 * The items along the first axis of a tensor, each flattened: `[N, ...]` becomes N arrays.
 *
 * @throws DatumError (`interpreter`) when the data do not fill the shape.
 */
export function rows(tensor: TensorLike): Float32Array[] {
  const count = tensor.shape[0] ?? 1;
  const size = count === 0 ? 0 : tensor.data.length / count;
  if (!Number.isInteger(size)) {
    throw new DatumError(
      'interpreter',
      `a tensor of shape [${tensor.shape.join(', ')}] cannot hold ${tensor.data.length} values: check the shape that the script uses.`,
    );
  }
  const data = tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data);
  return Array.from({ length: count }, (_, row) => data.subarray(row * size, (row + 1) * size));
}

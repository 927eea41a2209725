/**
 * Where the decision between two classes falls: saliency of the first minus that of the second, in score units. Positive
 * pixels speak for the first, negative ones for the second.
 */
export function contrastMap(first: Float32Array, second: Float32Array): Float32Array {
  return first.map((value, i) => value - second[i]!);
}

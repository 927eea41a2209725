/** Indices of scores, the highest first; of equal ones the first. */
export function likeliestClasses(scores: Float32Array, count = scores.length): number[] {
  return Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, count);
}

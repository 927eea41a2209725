import { enlarge, type SaliencyMap } from './saliency-map.js';

/** Side of the grid on which maps are compared: that of the coarse maps that are kept of every item. */
const GRID = 16;

/**
 * From this correlation on, two maps are said to agree. On the example models, all 120 pairs of maps of one model made with
 * different masks reach it (0.88 at least), and none of the 21 of two models that answer otherwise or for another reason
 * (0.79 at most): docs/research/agreement.md.
 */
export const AGREE = 0.8;

/** How alike two maps are, as the correlation of their values over the picture, -1..1; null where one of them is flat. */
export function agreement(one: SaliencyMap, other: SaliencyMap): number | null {
  const [a, b] = [enlarge(one, GRID, GRID), enlarge(other, GRID, GRID)];
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA === 0 || ofB === 0 ? null : both / Math.sqrt(ofA * ofB);
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / Math.max(1, values.length);
}

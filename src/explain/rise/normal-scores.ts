import { normalQuantile } from './normal-quantile.js';
import { variance } from './vectors.js';

/**
 * Scores replaced by what normal variables of the same ranks would be, times the scores' standard deviation; equal
 * scores share the middle of their ranks. Scores of classes and boxes saturate at both ends, so a few runs in which an
 * object is seen whole outweigh all that tell what it takes to be seen; ranks are nearer to a sum over the image.
 *
 * Source: van der Waerden 1952 (normal scores).
 */
export function normalScores(column: Float64Array): Float64Array {
  const order = Uint32Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!);
  const out = new Float64Array(column.length);
  const scale = Math.sqrt(variance(column));
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && column[order[to]!]! === column[order[from]!]!) to++;
    const value = scale * normalQuantile((from + to) / 2 / order.length);
    for (let i = from; i < to; i++) out[order[i]!] = value;
    from = to;
  }
  return out;
}

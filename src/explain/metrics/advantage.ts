import type { Curve } from './curve.js';

/** Shares of the pixels at which curves are measured that are compared: closer where curves fall. */
const SHARES = [0, 0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 1];

/** A score of less cannot be told from the score of anything. */
export const LEAST_SCORE = 0.01;

/** A map that explains a score has at least this advantage over its own shape laid elsewhere. */
export const LEAST_ADVANTAGE = 0.1;

/** Numbers of pixels at those shares, rising. */
export function sharedCounts(pixels: number): number[] {
  return [...new Set(SHARES.map((share) => Math.round(share * pixels)))];
}

/** A curve over shares that need not lie equally far apart: its area is that of the trapezium rule. */
export function unevenCurve(counts: readonly number[], pixels: number, scores: readonly number[]): Curve {
  const shares = counts.map((count) => count / pixels);
  let auc = 0;
  for (let i = 1; i < shares.length; i++) auc += ((shares[i]! - shares[i - 1]!) * (scores[i]! + scores[i - 1]!)) / 2;
  return { shares, scores, auc };
}

/**
 * A map laid elsewhere: shifted around the image by half of its height and width, by half of its height, by half of its
 * width. It has the same values and the same shapes, and hides as much.
 *
 * @param map `[height, width]`
 */
export function shiftedMaps(map: Float32Array, width: number, height: number): Float32Array[] {
  const [down, across] = [Math.floor(height / 2), Math.floor(width / 2)];
  return [
    [down, across],
    [down, 0],
    [0, across],
  ].map(([dy = 0, dx = 0]) => {
    const out = new Float32Array(map.length);
    for (let y = 0; y < height; y++) {
      const to = ((y + dy) % height) * width;
      for (let x = 0; x < width; x++) out[to + ((x + dx) % width)] = map[y * width + x]!;
    }
    return out;
  });
}

/**
 * What scores of a target are measured by: its score on the whole image, or where masks raise it the high end of its
 * scores under masks; never less than what can be told from nothing.
 */
export function scoreScale(score: number, high = score): number {
  return Math.max(score, high, LEAST_SCORE);
}

/**
 * How much more a map separates the score than its own shape laid elsewhere, in shares of the score: the area between the
 * insertion and the deletion curve less the mean of that of the shifted maps. 0 where the place does not matter.
 *
 * @param gain insertion less deletion of the map
 * @param shifted the same of shifted maps
 * @param scale of the score (scoreScale)
 */
export function advantageOver(gain: number, shifted: readonly number[], scale: number): number {
  return (gain - shifted.reduce((sum, one) => sum + one, 0) / shifted.length) / scale;
}

/** The share of the pixels that have the most frequent value: their order among themselves says nothing. */
export function tiedShare(map: Float32Array): number {
  const sorted = map.slice().sort();
  let longest = 0;
  for (let start = 0, i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && sorted[i] === sorted[start]) continue;
    longest = Math.max(longest, i - start);
    start = i;
  }
  return longest / map.length;
}

/** Whether all values are one, but for rounding. */
export function isFlat(values: ArrayLike<number>): boolean {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return !(most - least > 1e-6 * Math.max(Math.abs(least), Math.abs(most)));
}

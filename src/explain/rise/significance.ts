import { normalQuantile } from './normal-quantile.js';

/** Chance that any place of a map without meaning is marked. */
const ERROR_RATE = 0.05;

/**
 * Which pixels differ from zero for certain: 1 where `|map|` exceeds its error by so much that, on a map without any
 * meaning, a single place is marked in 5 % of maps. A map has about as many independent places as masks have cells
 * (Sidak 1967), so the interval is wider than that of one pixel alone: 3.28 standard errors for 49 cells.
 *
 * @param places that a map can tell apart
 * @param map in score units, `[height, width]`, zero where keeping the pixel changes nothing
 * @param standardError of the same shape
 */
export function significantPixels(places: number, map: Float32Array, standardError: Float32Array): Uint8Array {
  const limit = normalQuantile(1 - (1 - (1 - ERROR_RATE) ** (1 / places)) / 2);
  const significant = new Uint8Array(map.length);
  for (let i = 0; i < map.length; i++) significant[i] = Math.abs(map[i]!) > limit * standardError[i]! ? 1 : 0;
  return significant;
}

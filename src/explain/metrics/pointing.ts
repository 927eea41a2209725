import type { Region } from './region.js';

/** How far beside an object the peak may lie, in pixels of the image. */
const POINTING_TOLERANCE = 15;

/**
 * The pointing game: whether an object pixel lies within `tolerance` of the map's largest value (the first of equal
 * ones). False for an object without pixels.
 *
 * Source: Zhang et al. 2016, "Top-down neural attention by excitation backprop"; Petsiuk et al. 2018.
 *
 * @param map `[height, width]`, the region's size
 * @param scale map pixels for one image pixel, along x and y
 * @param tolerance in pixels of the image
 */
export function pointingGame(
  map: Float32Array,
  { inside, width, height }: Region,
  scale: { readonly x: number; readonly y: number } = { x: 1, y: 1 },
  tolerance: number = POINTING_TOLERANCE,
): boolean {
  let peak = 0;
  for (let i = 1; i < map.length; i++) if (map[i]! > map[peak]!) peak = i;
  const peakX = peak % width;
  const peakY = Math.floor(peak / width);
  const reachX = Math.floor(tolerance * scale.x);
  const reachY = Math.floor(tolerance * scale.y);
  for (let y = Math.max(0, peakY - reachY); y <= Math.min(height - 1, peakY + reachY); y++) {
    for (let x = Math.max(0, peakX - reachX); x <= Math.min(width - 1, peakX + reachX); x++) {
      if (inside[y * width + x] !== 1) continue;
      if (Math.hypot((x - peakX) / scale.x, (y - peakY) / scale.y) <= tolerance) return true;
    }
  }
  return false;
}

/**
 * The energy pointing game: the share of positive saliency that lies inside the object, 0..1; null for a map without
 * positive saliency. One minus it is the share outside.
 *
 * Source: Wang et al. 2020 (Score-CAM, arXiv 1910.01279), section 4.4.
 *
 * @param map `[height, width]`, the region's size
 */
export function energyPointing(map: Float32Array, { inside }: Region): number | null {
  let all = 0;
  let within = 0;
  for (let i = 0; i < map.length; i++) {
    const value = map[i]!;
    if (!(value > 0)) continue;
    all += value;
    if (inside[i] === 1) within += value;
  }
  return all > 0 ? within / all : null;
}

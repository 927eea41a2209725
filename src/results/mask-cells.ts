import type { MapSize } from './explanation.js';

/** Cells along a side where a method does not say: those of RISE. */
const USUAL_CELLS = 7;

/**
 * About how many places a map tells apart along each axis, as far as the options of its method say: the cells of grids,
 * squares as large as a superpixel, windows side by side.
 *
 * @param options of the method, as results hold them
 * @param seen pixels of the model's input that the masks are over; null where they are not known
 */
export function maskCells(
  { maskWidth, maskHeight, regions, window }: Readonly<Record<string, unknown>>,
  seen: MapSize | null,
): MapSize {
  if (isCount(regions)) return { width: Math.sqrt(regions), height: Math.sqrt(regions) };
  if (isCount(window) && seen !== null) {
    return { width: Math.max(1, seen.width / window), height: Math.max(1, seen.height / window) };
  }
  return {
    width: isCount(maskWidth) ? maskWidth : USUAL_CELLS,
    height: isCount(maskHeight) ? maskHeight : USUAL_CELLS,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}

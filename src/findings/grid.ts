import { COARSE_CELLS } from '../explain/metrics/coarse.js';
import type { RelativeBox } from './evidence.js';

/**
 * Side of the coarse grid on which saliency of images of different sizes is compared: finer than the seventh of the
 * image to which masks blur it.
 */
export const GRID = COARSE_CELLS;

/** Number of cells. */
export const CELLS = GRID * GRID;

/** How much of each cell lies in at least one of the boxes (the largest cover of one), `[GRID, GRID]`, 0..1. */
export function coverage(boxes: readonly RelativeBox[]): Float32Array {
  const out = new Float32Array(CELLS);
  for (const { x, y, width: w, height: h } of boxes) {
    for (let row = 0; row < GRID; row++) {
      const high = overlap(row, y, y + h);
      if (high === 0) continue;
      for (let column = 0; column < GRID; column++) {
        const at = row * GRID + column;
        out[at] = Math.max(out[at]!, high * overlap(column, x, x + w));
      }
    }
  }
  return out;
}

function overlap(cell: number, from: number, to: number): number {
  return Math.max(0, Math.min(cell + 1, to * GRID) - Math.max(cell, from * GRID));
}

/** A box with a margin on every side. */
export function grown({ x, y, width, height }: RelativeBox, margin: number): RelativeBox {
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}

/** The share of the image's positive saliency in each cell (they sum to 1); null where there is none. */
export function saliencyShares(map: Float32Array): Float32Array | null {
  let sum = 0;
  for (const value of map) if (value > 0) sum += value;
  return sum > 0 ? map.map((value) => Math.max(0, value) / sum) : null;
}

/** Sum of the products: how much of `shares` lies in a region. */
export function within(shares: Float32Array, region: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < shares.length; i++) sum += shares[i]! * region[i]!;
  return sum;
}

/** The share of the image that a region covers. */
export function areaOf(region: Float32Array): number {
  let sum = 0;
  for (const value of region) sum += value;
  return sum / region.length;
}

/** The middle of the cell of largest saliency, in shares of width and height. */
export function peakOf(map: Float32Array): { readonly x: number; readonly y: number } {
  let peak = 0;
  for (let i = 1; i < map.length; i++) if (map[i]! > map[peak]!) peak = i;
  return { x: ((peak % GRID) + 0.5) / GRID, y: (Math.floor(peak / GRID) + 0.5) / GRID };
}

/** Whether a point lies in one of the boxes, or at most `margin` beside. */
export function near(
  boxes: readonly RelativeBox[],
  { x, y }: { readonly x: number; readonly y: number },
  margin: number,
): boolean {
  return boxes
    .map((box) => grown(box, margin))
    .some((box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height);
}

import type { Box } from '../../annotations/index.js';

/** Which pixels of a map belong to an object. */
export interface Region {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, 0 or 1. */
  readonly inside: Uint8Array;
}

/**
 * The pixels whose middle lies in one of the boxes.
 *
 * @param boxes in pixels of the picture
 * @param scale map pixels for one picture pixel
 */
export function regionOfBoxes(boxes: readonly Box[], width: number, height: number, scale = 1): Region {
  const inside = new Uint8Array(width * height);
  for (const { x, y, w, h } of boxes) {
    const left = firstAfter(x * scale, width);
    const right = firstAfter((x + w) * scale, width);
    const top = firstAfter(y * scale, height);
    const bottom = firstAfter((y + h) * scale, height);
    for (let row = top; row < bottom; row++) inside.fill(1, row * width + left, row * width + Math.max(left, right));
  }
  return { width, height, inside };
}

/** The first pixel whose middle is at or behind an edge. */
function firstAfter(edge: number, length: number): number {
  return Math.min(length, Math.max(0, Math.ceil(edge - 0.5)));
}

/** Number of pixels of a region. */
export function regionArea(region: Region): number {
  return region.inside.reduce((sum, value) => sum + value, 0);
}

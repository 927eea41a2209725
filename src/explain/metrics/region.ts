import type { Box } from '../../annotations/index.js';
import { boxToInput, type Placement } from '../../image/placement.js';

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
 * @param boxes in pixels of the map
 */
export function regionOfBoxes(boxes: readonly Box[], width: number, height: number): Region {
  const inside = new Uint8Array(width * height);
  for (const { x, y, width: w, height: h } of boxes) {
    const left = firstAfter(x, width);
    const right = firstAfter(x + w, width);
    const top = firstAfter(y, height);
    const bottom = firstAfter(y + h, height);
    for (let row = top; row < bottom; row++) inside.fill(1, row * width + left, row * width + Math.max(left, right));
  }
  return { width, height, inside };
}

/**
 * The pixels of a box on the part of the input that shows the image.
 *
 * @param box in pixels of the image
 * @returns `[area.height, area.width]`
 */
export function regionOfBox(box: Box, placement: Placement): Region {
  const { area } = placement;
  const { x, y, ...size } = boxToInput(box, placement);
  return regionOfBoxes([{ x: x - area.x, y: y - area.y, ...size }], area.width, area.height);
}

/** The first pixel whose middle is at or behind an edge. */
function firstAfter(edge: number, length: number): number {
  return Math.min(length, Math.max(0, Math.ceil(edge - 0.5)));
}

/** The pixels that are in any of the regions, which have one size. */
export function unionOf(regions: readonly [Region, ...Region[]]): Region {
  const [{ width, height }] = regions;
  const inside = new Uint8Array(width * height);
  for (const region of regions) for (let i = 0; i < inside.length; i++) inside[i] = inside[i]! | region.inside[i]!;
  return { width, height, inside };
}

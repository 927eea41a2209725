import { rgb } from 'd3-color';
import { interpolatePuOr } from 'd3-scale-chromatic';
import type { RgbImage } from '../image/index.js';

/** Orange is for the second class, purple for the first, white for neither; `[256 * 3]`. */
const COLORS = Uint8Array.from(
  Array.from({ length: 256 }, (_, i) => {
    const { r, g, b } = rgb(interpolatePuOr(1 - i / 255));
    return [r, g, b];
  }).flat(),
);

/** How much of the color covers the image where the contrast is strongest. */
const STRONGEST = 0.75;

/**
 * The image in gray with a contrast map in color on top, symmetric about zero: purple speaks for the first class,
 * orange for the second.
 *
 * @param map `[height, width]` of the image's size
 */
export function contrastImage(image: RgbImage, map: Float32Array): RgbImage {
  let largest = 0;
  for (const value of map) largest = Math.max(largest, Math.abs(value));
  const data = new Uint8Array(image.data.length);
  for (let i = 0, at = 0; i < map.length; i++, at += 3) {
    const relative = largest > 0 ? map[i]! / largest : 0;
    const alpha = STRONGEST * Math.abs(relative);
    const level = Math.round(127.5 + 127.5 * relative) * 3;
    const light = 0.299 * image.data[at]! + 0.587 * image.data[at + 1]! + 0.114 * image.data[at + 2]!;
    const dimmed = light * (1 - alpha) + 0.5;
    data[at] = dimmed + COLORS[level]! * alpha;
    data[at + 1] = dimmed + COLORS[level + 1]! * alpha;
    data[at + 2] = dimmed + COLORS[level + 2]! * alpha;
  }
  return { width: image.width, height: image.height, data };
}

import { rgb } from 'd3-color';
import { interpolatePuOr } from 'd3-scale-chromatic';
import type { RgbImage } from '../image/index.js';

/** Orange is for the second class, purple for the first, white for neither; `[256 * 3]`. */
const COLOURS = Uint8Array.from(
  Array.from({ length: 256 }, (_, i) => {
    const { r, g, b } = rgb(interpolatePuOr(1 - i / 255));
    return [r, g, b];
  }).flat(),
);

/** How much of the colour covers the picture where the contrast is strongest. */
const STRONGEST = 0.75;

/**
 * The picture in grey with a contrast map in colour on top, symmetric about zero: purple speaks for the first class,
 * orange for the second.
 *
 * @param map `[height, width]` of the picture's size
 */
export function contrastPicture(picture: RgbImage, map: Float32Array): RgbImage {
  let largest = 0;
  for (const value of map) largest = Math.max(largest, Math.abs(value));
  const data = new Uint8Array(picture.data.length);
  for (let i = 0, at = 0; i < map.length; i++, at += 3) {
    const relative = largest > 0 ? map[i]! / largest : 0;
    const alpha = STRONGEST * Math.abs(relative);
    const level = Math.round(127.5 + 127.5 * relative) * 3;
    const light = 0.299 * picture.data[at]! + 0.587 * picture.data[at + 1]! + 0.114 * picture.data[at + 2]!;
    const dimmed = light * (1 - alpha) + 0.5;
    data[at] = dimmed + COLOURS[level]! * alpha;
    data[at + 1] = dimmed + COLOURS[level + 1]! * alpha;
    data[at + 2] = dimmed + COLOURS[level + 2]! * alpha;
  }
  return { width: picture.width, height: picture.height, data };
}

import { outlineBox, type RgbImage } from '../image/index.js';
import type { Box } from '../annotations/index.js';
import { TURBO } from './colour.js';

/** How much of the colour map covers the picture at the lowest and at the highest saliency. */
const FAINTEST = 0.08;
const STRONGEST = 0.75;

/**
 * A picture with its saliency in colour on top: stronger colour where saliency is higher, the picture in grey beneath,
 * so that its own colours are not read as saliency.
 *
 * @param grey `[height, width]`, 0..255, of the picture's size
 * @param box outlined where given, in pixels of the picture
 */
export async function overlay(picture: RgbImage, grey: Uint8Array, box: Box | null): Promise<RgbImage> {
  const data = new Uint8Array(picture.data.length);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 3) {
    const level = grey[pixel]!;
    const alpha = FAINTEST + ((STRONGEST - FAINTEST) * level) / 255;
    const light = 0.299 * picture.data[at]! + 0.587 * picture.data[at + 1]! + 0.114 * picture.data[at + 2]!;
    for (let channel = 0; channel < 3; channel++) {
      data[at + channel] = Math.round(light * (1 - alpha) + TURBO[level * 3 + channel]! * alpha);
    }
  }
  const coloured = { width: picture.width, height: picture.height, data };
  return box === null ? coloured : outlineBox(coloured, box);
}

import { DatumError } from '../errors.js';
import type { RgbImage } from './types.js';

const OPAQUE = 255;

/**
 * An image of pixels that are decoded already, such as those of a canvas (`getImageData`). The colors are taken as they
 * are: an alpha channel is dropped without blending, as it is with files.
 *
 * @param data `[height, width, 3]` RGB or `[height, width, 4]` RGBA, 0..255, row-major; RGB is not copied
 * @throws DatumError (`image`) where sizes are not whole numbers above 0, or the values are not three or four a pixel.
 */
export function imageFromPixels(width: number, height: number, data: Uint8Array | Uint8ClampedArray): RgbImage {
  const pixels = width * height;
  if (![width, height].every((length) => Number.isSafeInteger(length) && length > 0)) {
    throw new DatumError('image', `an image has a width and a height in whole pixels, not ${width} x ${height}.`);
  }
  if (data.length === pixels * 3) {
    return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  }
  if (data.length !== pixels * 4) {
    throw new DatumError(
      'image',
      `an image of ${width} x ${height} pixels has ${pixels * 3} values (RGB) or ${pixels * 4} (RGBA), not ${data.length}.`,
    );
  }
  const rgb = new Uint8Array(pixels * 3);
  let transparent = false;
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
    transparent ||= data[from + 3]! < OPAQUE;
  }
  return transparent ? { width, height, data: rgb, droppedAlpha: true } : { width, height, data: rgb };
}

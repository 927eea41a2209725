import { DatumError } from '../errors.js';
import type { RgbImage } from './types.js';

/** Images above this many pixels are refused, files before they are decoded: 128 megapixels, 384 MB in memory. */
export const MAX_PIXELS = 128_000_000;

/**
 * An image of the caller's, checked.
 *
 * @throws DatumError (`image`) for what is no decoded image, or one too large.
 */
export function checkedImage(image: unknown): RgbImage {
  if (!isImage(image)) {
    throw new DatumError(
      'image',
      `this is no image: give a path, the bytes of a file, or { width, height, data } with 3 bytes a pixel.`,
    );
  }
  const { width, height, data } = image;
  const whole = (side: number): boolean => Number.isSafeInteger(side) && side > 0;
  if (!whole(width) || !whole(height) || data.length !== width * height * 3) {
    throw new DatumError(
      'image',
      `an image of ${width} x ${height} pixels has ${width * height * 3} bytes (RGB), not ${data.length}: make them fit.`,
    );
  }
  if (width * height > MAX_PIXELS) {
    throw new DatumError('image', `the image has more than ${MAX_PIXELS / 1e6} megapixels: scale it down first.`);
  }
  return image;
}

function isImage(image: unknown): image is RgbImage {
  if (typeof image !== 'object' || image === null) return false;
  const { width, height, data }: { width?: unknown; height?: unknown; data?: unknown } = image;
  return (
    typeof width === 'number' &&
    typeof height === 'number' &&
    (data instanceof Uint8Array || data instanceof Uint8ClampedArray)
  );
}

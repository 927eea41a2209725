import type { RgbImage } from './types.js';

/** Weights are whole numbers that sum to 2 ** 22: 255 times that, and what rounding adds, fits 32 bits. */
const WEIGHT_BITS = 22;
/** Half a grey level: added before the bits below one are cut off, so that sums are rounded. */
const HALF = 1 << (WEIGHT_BITS - 1);

/** Which pixels of an axis each pixel of the scaled axis is made of, and what each weighs. */
interface Taps {
  /** The first pixel, `[length]`. */
  readonly first: Int32Array;
  /** How many pixels, `[length]`. */
  readonly count: Int32Array;
  /** Their weights, `[length, most]`; what is beyond a count is 0. */
  readonly weights: Int32Array;
  readonly most: number;
}

/**
 * Scales an image `[height, width, 3]` to a size in whole pixels, at least one, each axis on its own: bilinear where it
 * grows, averaged under a triangle two pixels of the result wide where it shrinks, so that thin lines do not vanish.
 *
 * The same bits on every platform, and those of Pillow's `Image.resize(size, Image.Resampling.BILINEAR)`: across first and then
 * down, weights normalized and rounded to 22 bits, and 8 bits a value after each of both (`precompute_coeffs` and
 * `normalize_coeffs_8bpc` in `src/libImaging/Resample.c` of Pillow 12; Pillow 13 goes down first where the height shrinks much
 * more than the width, which changes values by one at most). Nothing is computed but with `+ - * /`, which all engines
 * round alike.
 *
 * @param antialias false: every pixel lies between two of the image on each axis, also where it shrinks, as OpenCV's `resize` does
 *   by default (`INTER_LINEAR` in opencv/opencv `modules/imgproc/src/resize.cpp`); values differ from its by one at most
 * @returns the image itself where it has that size.
 */
export function resizeImage(image: RgbImage, width: number, height: number, antialias = true): RgbImage {
  return scaledAlong('y', scaledAlong('x', image, width, antialias), height, antialias);
}

/** An image whose one axis is scaled to a length in pixels. */
function scaledAlong(axis: 'x' | 'y', image: RgbImage, length: number, antialias: boolean): RgbImage {
  const { data, width, height } = image;
  const across = axis === 'x';
  const before = across ? width : height;
  if (before === length) return image;
  const { first, count, weights, most } = tapsOf(before, length, antialias);
  const size = across ? { width: length, height } : { width, height: length };
  const out = new Uint8Array(size.width * size.height * 3);
  const stride = width * 3;
  const step = across ? 3 : stride;
  let to = 0;
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++, to += 3) {
      const place = across ? column : row;
      const end = place * most + count[place]!;
      // `| 0` tells engines that sums stay whole numbers of 32 bits: twice as fast.
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = first[place]! * step + (across ? row * stride : column * 3);
      for (let tap = place * most; tap < end; tap++, from += step) {
        const weight = weights[tap]!;
        red = (red + Math.imul(data[from]!, weight)) | 0;
        green = (green + Math.imul(data[from + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[from + 2]!, weight)) | 0;
      }
      out[to] = red >> WEIGHT_BITS;
      out[to + 1] = green >> WEIGHT_BITS;
      out[to + 2] = blue >> WEIGHT_BITS;
    }
  }
  return { ...size, data: out };
}

/** The taps that scale an axis of `from` pixels to one of `to`. */
function tapsOf(from: number, to: number, antialias: boolean): Taps {
  const scale = from / to;
  // Half the triangle's width, in pixels of the image.
  const reach = antialias ? Math.max(1, scale) : 1;
  const most = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * most);
  const heights = new Float64Array(most);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    let sum = 0;
    for (let at = start; at < end; at++) {
      // Times the inverse, not divided: the last bit is to be Pillow's.
      const height = Math.max(0, 1 - Math.abs((at - centre + 0.5) * (1 / reach)));
      heights[at - start] = height;
      sum += height;
    }
    first[i] = start;
    count[i] = end - start;
    for (let tap = 0; tap < end - start; tap++) {
      weights[i * most + tap] = Math.trunc((heights[tap]! / sum) * 2 ** WEIGHT_BITS + 0.5);
    }
  }
  return { first, count, weights, most };
}

import type { RgbImage } from '../../image/types.js';

/** X and Z of the white point D65; its Y is 1. */
const WHITE_X = 0.95047;
const WHITE_Z = 1.08883;

/**
 * An image in CIE L*a*b* under D65, `[height, width, 3]`: L* is 0..100. Equal distances look about equally different.
 *
 * With `+ - * /` alone, so that regions, and with them masks, are the same on every platform: engines may differ in the
 * last bit of `Math.pow` and `Math.cbrt`.
 *
 * Source: IEC 61966-2-1 (sRGB), CIE 15 (L*a*b*); the constants are those of scikit-image (skimage/color/colorconv.py).
 */
export function labOf({ data }: RgbImage): Float64Array {
  const lab = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const red = LINEAR[data[at]!]!;
    const green = LINEAR[data[at + 1]!]!;
    const blue = LINEAR[data[at + 2]!]!;
    const x = bent((0.412453 * red + 0.35758 * green + 0.180423 * blue) / WHITE_X);
    const y = bent(0.212671 * red + 0.71516 * green + 0.072169 * blue);
    const z = bent((0.019334 * red + 0.119193 * green + 0.950227 * blue) / WHITE_Z);
    lab[at] = 116 * y - 16;
    lab[at + 1] = 500 * (x - y);
    lab[at + 2] = 200 * (y - z);
  }
  return lab;
}

/** Light of the 256 values of sRGB, 0..1. */
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255;
  if (share <= 0.04045) return share / 12.92;
  const base = (share + 0.055) / 1.055;
  // base ** 2.4
  return base * base * root(base * base, 5);
});

/** The cube root of L*a*b*, straight near 0. */
function bent(value: number): number {
  return value > 0.008856 ? root(value, 3) : 7.787 * value + 16 / 116;
}

/** The n-th root of a value between .008 and 1.1, by Newton's iteration from 1. */
function root(value: number, n: 3 | 5): number {
  let at = 1;
  for (let i = 0; i < 40; i++) {
    const power = n === 3 ? at * at : at * at * at * at;
    const next = ((n - 1) * at + value / power) / n;
    if (next === at) break;
    at = next;
  }
  return at;
}

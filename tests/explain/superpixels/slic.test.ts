import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labOf } from '../../../src/explain/superpixels/lab.js';
import type { Regions } from '../../../src/explain/superpixels/regions.js';
import { slic } from '../../../src/explain/superpixels/slic.js';
import type { RgbImage } from '../../../src/image/types.js';
import { paint } from '../../helpers/images.js';

type Color = readonly [number, number, number];

/** Pictures of every sort: plain, noise, stripes, slopes, few colors in random places. */
const PATTERNS: Readonly<Record<string, (x: number, y: number) => Color>> = {
  plain: () => [90, 120, 30],
  noise: (x, y) => [hash(x, y, 1), hash(x, y, 2), hash(x, y, 3)],
  stripes: (x) => (x % 4 < 2 ? [255, 255, 255] : [0, 0, 0]),
  slope: (x, y) => [Math.min(255, x * 6), Math.min(255, y * 6), 128],
  checks: (x, y) => ((x + y) % 2 === 0 ? [255, 0, 0] : [0, 0, 255]),
  spots: (x, y) => (hash(x >> 2, y >> 2, 4) > 128 ? [250, 240, 20] : [10, 20, 90]),
};

function hash(x: number, y: number, seed: number): number {
  let value = Math.imul(x + 1, 73_856_093) ^ Math.imul(y + 1, 19_349_663) ^ Math.imul(seed, 83_492_791);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b_3c6d);
  return (value ^ (value >>> 12)) & 255;
}

/** Number of pieces of each region, joined along sides. */
function piecesOf({ of, count }: Regions, width: number): number[] {
  const pieces = new Array<number>(count).fill(0);
  const seen = new Uint8Array(of.length);
  for (let start = 0; start < of.length; start++) {
    if (seen[start] === 1) continue;
    pieces[of[start]!]! += 1;
    const stack = [start];
    seen[start] = 1;
    for (let pixel = stack.pop(); pixel !== undefined; pixel = stack.pop()) {
      const x = pixel % width;
      const around = [x > 0 ? pixel - 1 : -1, x < width - 1 ? pixel + 1 : -1, pixel - width, pixel + width];
      for (const other of around) {
        if (other < 0 || other >= of.length || seen[other] === 1 || of[other] !== of[pixel]) continue;
        seen[other] = 1;
        stack.push(other);
      }
    }
  }
  return pieces;
}

const cases = fc.record({
  pattern: fc.constantFrom(...Object.keys(PATTERNS)),
  width: fc.integer({ min: 1, max: 60 }),
  height: fc.integer({ min: 1, max: 60 }),
  count: fc.integer({ min: 2, max: 60 }),
  compactness: fc.constantFrom(0.1, 1, 10, 40),
});

describe('slic', () => {
  it('puts every pixel into one region, in one piece each, about as many as asked for', () => {
    fc.assert(
      fc.property(cases, ({ pattern, width, height, count, compactness }) => {
        const regions = slic(paint(width, height, PATTERNS[pattern]!), count, compactness);
        expect(regions.of).toHaveLength(width * height);
        expect(Math.max(...regions.of)).toBe(regions.count - 1);
        // Each in one piece: and none without pixels.
        expect(piecesOf(regions, width)).toEqual(new Array<number>(regions.count).fill(1));
        const asked = Math.min(count, width * height);
        expect(regions.count).toBeLessThanOrEqual(2 * asked + 1);
        expect(regions.count).toBeGreaterThanOrEqual(asked / 4);
      }),
      { numRuns: 300 },
    );
  });

  it('gives a plain image as many regions as asked for, all of one size', () => {
    const regions = slic(paint(70, 70, PATTERNS['plain']!), 49, 10);
    expect(regions.count).toBe(49);
    const sizes = new Array<number>(49).fill(0);
    for (const region of regions.of) sizes[region]! += 1;
    expect(sizes).toEqual(new Array<number>(49).fill(100));
  });

  it('follows the border of an object that is on no grid', () => {
    const inside = (x: number, y: number): boolean => (x - 43) ** 2 + (y - 29) ** 2 < 17 ** 2;
    const width = 90;
    const regions = slic(
      paint(width, 70, (x, y) => (inside(x, y) ? [220, 40, 30] : [30, 90, 40])),
      60,
      10,
    );
    // No region lies on both sides, but for a few pixels.
    const object = new Float64Array(regions.count);
    const all = new Float64Array(regions.count);
    for (const [pixel, region] of regions.of.entries()) {
      all[region]! += 1;
      if (inside(pixel % width, Math.floor(pixel / width))) object[region]! += 1;
    }
    let astray = 0;
    for (let region = 0; region < regions.count; region++) {
      astray += Math.min(object[region]!, all[region]! - object[region]!);
    }
    expect(astray / (width * 70)).toBeLessThan(0.01);
  });

  it('is a function of the image and its options alone', () => {
    const image: RgbImage = paint(50, 40, PATTERNS['noise']!);
    expect(slic(image, 30, 10)).toEqual(slic(image, 30, 10));
    expect(slic(image, 30, 1)).not.toEqual(slic(image, 30, 40));
  });
});

describe('L*a*b*', () => {
  // skimage.color.rgb2lab of these colors, and of any other implementation: Lindbloom's calculator says the same.
  it.each<[Color, Color]>([
    [
      [255, 255, 255],
      [100, 0, 0],
    ],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
    [
      [255, 0, 0],
      [53.24, 80.09, 67.2],
    ],
    [
      [0, 255, 0],
      [87.74, -86.18, 83.18],
    ],
    [
      [0, 0, 255],
      [32.3, 79.19, -107.86],
    ],
    [
      [128, 128, 128],
      [53.585, 0, 0],
    ],
  ])('of %o is %o', (color, expected) => {
    const lab = labOf({ width: 1, height: 1, data: Uint8Array.from(color) });
    for (const [i, value] of expected.entries()) expect(Math.abs(lab[i]! - value)).toBeLessThan(0.02);
  });
});

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readImage } from '../../src/image/files.js';
import { mirrorImage, plainImage, resizeImage, type RgbImage } from '../../src/image/index.js';
import { paint } from '../helpers/images.js';

const FIXTURES = new URL('fixtures/', import.meta.url);
const golden = z
  .array(z.object({ image: z.string(), width: z.int(), height: z.int(), scaled: z.string() }))
  .parse(JSON.parse(await readFile(new URL('golden.json', FIXTURES), 'utf8')));
const read = (name: string): Promise<RgbImage> => readImage(fileURLToPath(new URL(name, FIXTURES)));

/** How many values differ, and by how much at most. */
function difference(one: RgbImage, other: RgbImage): { readonly values: number; readonly most: number } {
  expect([one.width, one.height, one.data.length]).toEqual([other.width, other.height, other.data.length]);
  const apart = Array.from(one.data, (value, i) => Math.abs(value - other.data[i]!));
  return { values: apart.filter((value) => value > 0).length, most: Math.max(...apart) };
}

describe('scaling is that of Pillow, to the bit', () => {
  it.each(golden)('$image to $width x $height', async ({ image, width, height, scaled }) => {
    expect(difference(resizeImage(await read(image), width, height), await read(scaled))).toEqual({
      values: 0,
      most: 0,
    });
  });
});

describe('scaling', () => {
  /** Red grows along x, green along y. */
  const slope = paint(40, 20, (x, y) => [x * 6, y * 12, 100]);

  it('keeps axes and colors apart', () => {
    const small = resizeImage(slope, 20, 5);
    expect([small.width, small.height, small.data.length]).toEqual([20, 5, 300]);
    // Pixel (x, y) covers columns 2x, 2x+1 and rows 4y to 4y+3.
    for (const [x, y] of [
      [5, 2],
      [14, 3],
    ] as const) {
      const [r, g, b] = small.data.subarray((y * 20 + x) * 3);
      expect(Math.abs(r! - (2 * x + 0.5) * 6)).toBeLessThanOrEqual(1);
      expect(Math.abs(g! - (4 * y + 1.5) * 12)).toBeLessThanOrEqual(1);
      expect(b).toBe(100);
    }
  });

  it('averages when it shrinks, so that thin lines do not vanish', () => {
    const stripes = paint(64, 8, (x) => (x % 2 === 0 ? [255, 255, 255] : [0, 0, 0]));
    const small = resizeImage(stripes, 8, 8);
    for (const value of small.data) expect(Math.abs(value - 127.5)).toBeLessThan(12);
  });

  it.each([
    { width: 4, height: 3, of: [27, 80, 133, 114, 167, 220, 104, 104, 157, 92, 124, 166, 99, 152, 205, 187, 80, 37] },
    { width: 5, height: 14, of: [4, 57, 110, 56, 109, 162, 175, 228, 25, 108, 161, 163, 108, 161, 112, 12, 65, 118] },
  ])('samples as OpenCV does where it is not to average, to $width x $height', ({ width, height, of }) => {
    const image = paint(11, 7, (x, y) => {
      const value = x * x * 7 + y * 31;
      return [value % 256, (value + 53) % 256, (value + 106) % 256];
    });
    const small = resizeImage(image, width, height, false);
    // What `cv2.resize(image, (width, height))` of OpenCV 4 begins with.
    of.forEach((value, i) => {
      expect(Math.abs(small.data[i]! - value), `value ${i}`).toBeLessThanOrEqual(1);
    });
    expect(difference(small, resizeImage(image, width, height)).most).toBeGreaterThan(10);
  });

  it('leaves an image of the right size alone', () => {
    expect(resizeImage(slope, 40, 20)).toBe(slope);
  });
});

describe('scaling of any image to any size', () => {
  const side = fc.integer({ min: 1, max: 40 });
  const images = fc
    .tuple(side, side)
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
        .map((data): RgbImage => ({ width, height, data })),
    );

  it('keeps one color', () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 255 }))),
        (...all) => {
          const [width, height, toWidth, toHeight, [r = 0, g = 0, b = 0]] = all;
          const scaled = resizeImage(plainImage(width, height, [r, g, b]), toWidth, toHeight);
          expect(scaled).toEqual(plainImage(toWidth, toHeight, [r, g, b]));
        },
      ),
    );
  });

  it('makes nothing darker or brighter than it was', () => {
    fc.assert(
      fc.property(images, side, side, (image, width, height) => {
        const { data } = resizeImage(image, width, height);
        for (const channel of [0, 1, 2]) {
          const of = (values: Uint8Array): Uint8Array => values.filter((_, i) => i % 3 === channel);
          expect(Math.min(...of(data))).toBeGreaterThanOrEqual(Math.min(...of(image.data)));
          expect(Math.max(...of(data))).toBeLessThanOrEqual(Math.max(...of(image.data)));
        }
      }),
    );
  });

  it('gives the mirror image of what the mirror image gives, but for one grey level', () => {
    fc.assert(
      fc.property(images, side, side, (image, width, height) => {
        const mirrored = mirrorImage(resizeImage(mirrorImage(image), width, height));
        expect(difference(mirrored, resizeImage(image, width, height)).most).toBeLessThanOrEqual(1);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { blurImage, cropImage, meanColor, outlineBox, plainImage, resizeImage } from '../../src/image/index.js';
import { paint } from '../helpers/images.js';

/** Red grows along x, green along y. */
const slope = paint(40, 20, (x, y) => [x * 6, y * 12, 100]);

describe('scaling', () => {
  it('keeps axes and colors apart', async () => {
    const small = await resizeImage(slope, 20, 5);
    expect([small.width, small.height, small.data.length]).toEqual([20, 5, 300]);
    // Pixel (x, y) covers columns 2x, 2x+1 and rows 4y to 4y+3.
    for (const [x, y] of [
      [5, 2],
      [14, 3],
    ] as const) {
      const [r, g, b] = small.data.subarray((y * 20 + x) * 3);
      expect(Math.abs(r! - (2 * x + 0.5) * 6)).toBeLessThanOrEqual(2);
      expect(Math.abs(g! - (4 * y + 1.5) * 12)).toBeLessThanOrEqual(2);
      expect(b).toBe(100);
    }
  });

  it('averages when it shrinks, so that thin lines do not vanish', async () => {
    const stripes = paint(64, 8, (x) => (x % 2 === 0 ? [255, 255, 255] : [0, 0, 0]));
    const small = await resizeImage(stripes, 8, 8);
    for (const value of small.data) expect(Math.abs(value - 127.5)).toBeLessThan(12);
  });

  it('leaves an image of the right size alone', async () => {
    expect(await resizeImage(slope, 40, 20)).toBe(slope);
  });
});

it('a crop keeps its pixels', async () => {
  const cut = await cropImage(slope, { x: 10, y: 5, width: 3, height: 2 });
  expect([cut.width, cut.height]).toEqual([3, 2]);
  expect(Array.from(cut.data.subarray(0, 3))).toEqual([60, 60, 100]);
  expect(Array.from(cut.data.subarray(15, 18))).toEqual([72, 72, 100]);
});

it('blurring keeps the mean color and flattens an edge', async () => {
  const edge = paint(40, 20, (x) => (x < 20 ? [0, 0, 0] : [200, 200, 200]));
  const blurred = await blurImage(edge, 4);
  expect(meanColor(blurred)[0]).toBeCloseTo(100, -0.5);
  const at = (x: number): number => blurred.data[(10 * 40 + x) * 3]!;
  expect(at(18)).toBeGreaterThan(40);
  expect(at(21)).toBeLessThan(160);
  expect(at(1)).toBeLessThan(5);
});

it('the mean color is that of all pixels', () => {
  expect(meanColor(paint(2, 1, (x) => [x * 10, 7, x * 255]))).toEqual([5, 7, 127.5]);
  expect(Array.from(plainImage(1, 2, [1.4, 2.6, 3]).data)).toEqual([1, 3, 3, 1, 3, 3]);
});

it('a box is outlined in place, on a gray or black image alike', () => {
  const drawn = plainImage(60, 40, [128, 128, 128]);
  outlineBox(drawn, { x: 10, y: 20, width: 30, height: 10 });
  const at = (x: number, y: number): number => drawn.data[(y * 60 + x) * 3]!;
  expect(drawn.data).toHaveLength(60 * 40 * 3);
  expect(at(25, 25)).toBe(128);
  expect(at(5, 5)).toBe(128);
  // White line with a black rim across the left edge at x = 10.
  const across = [7, 8, 9, 10, 11, 12].map((x) => at(x, 25));
  expect(Math.max(...across)).toBeGreaterThan(180);
  expect(Math.min(...across)).toBeLessThan(70);
});

it('an outline goes around its box on all sides, and no further than the image', () => {
  const drawn = plainImage(12, 10, [128, 128, 128]);
  outlineBox(drawn, { x: 3, y: 2, width: 6, height: 12 });
  const rows = Array.from({ length: 10 }, (_, y) =>
    Array.from({ length: 12 }, (_, x) => ({ 0: '#', 128: '.', 255: 'o' })[drawn.data[(y * 12 + x) * 3]!]).join(''),
  );
  expect(rows).toEqual([
    '.#########..',
    '.#ooooooo#..',
    '.#o#####o#..',
    ...Array.from({ length: 7 }, () => '.#o#...#o#..'),
  ]);
});

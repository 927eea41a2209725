import { describe, expect, it } from 'vitest';
import {
  blurImage,
  cropImage,
  meanColor,
  mirrorImage,
  outlineBox,
  plainImage,
  type RgbImage,
} from '../../src/image/index.js';
import { paint, speckled } from '../helpers/images.js';

/** Red grows along x, green along y. */
const slope = paint(40, 20, (x, y) => [x * 6, y * 12, 100]);

it('a crop keeps its pixels', () => {
  const cut = cropImage(slope, { x: 10, y: 5, width: 3, height: 2 });
  expect([cut.width, cut.height]).toEqual([3, 2]);
  expect(Array.from(cut.data.subarray(0, 3))).toEqual([60, 60, 100]);
  expect(Array.from(cut.data.subarray(15, 18))).toEqual([72, 72, 100]);
});

it('a crop of the whole image is the image', () => {
  expect(cropImage(slope, { x: 0, y: 0, width: 40, height: 20 })).toBe(slope);
});

it('a mirror image has left and right exchanged, and colors as they were', () => {
  expect(mirrorImage(slope)).toEqual(paint(40, 20, (x, y) => [(39 - x) * 6, y * 12, 100]));
});

describe('blurring', () => {
  it('keeps the mean color and flattens an edge', () => {
    const edge = paint(40, 20, (x) => (x < 20 ? [0, 0, 0] : [200, 200, 200]));
    const blurred = blurImage(edge, 4);
    expect(meanColor(blurred)[0]).toBeCloseTo(100, -0.5);
    const at = (x: number): number => blurred.data[(10 * 40 + x) * 3]!;
    expect(at(18)).toBeGreaterThan(40);
    expect(at(21)).toBeLessThan(160);
    expect(at(1)).toBeLessThan(5);
  });

  it.each([0.05, 0.3, 1, 3.3, 7.99, 8, 15, 32])('with sigma %d is the Gaussian, but for one grey level', (sigma) => {
    for (const image of [speckled(23, 31), paint(70, 40, (x, y) => [x < 35 ? 0 : 255, y < 9 ? 255 : 0, x * 3])]) {
      const { data } = blurImage(image, sigma);
      const exact = gaussian(image, sigma);
      expect(Math.max(...exact.map((value, i) => Math.abs(value - data[i]!)))).toBeLessThanOrEqual(1);
    }
  });

  it('leaves one color alone, and is the same in the mirror', () => {
    expect(blurImage(plainImage(30, 7, [1, 99, 254]), 11)).toEqual(plainImage(30, 7, [1, 99, 254]));
    const image = speckled(33, 20);
    expect(mirrorImage(blurImage(mirrorImage(image), 9.3))).toEqual(blurImage(image, 9.3));
  });
});

/** A Gaussian by its formula, up to 4 sigma, beyond the borders their pixels. */
function gaussian({ width, height, data }: RgbImage, sigma: number): Float64Array {
  const reach = Math.ceil(4 * sigma);
  const offsets = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const weights = offsets.map((offset) => Math.exp(-(offset ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const within = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));
  const convolved = (values: ArrayLike<number>, from: (x: number, y: number, offset: number) => number): Float64Array =>
    Float64Array.from({ length: data.length }, (_, i) => {
      const pixel = Math.floor(i / 3);
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      return (
        offsets.reduce((total, offset, k) => total + weights[k]! * values[from(x, y, offset) * 3 + (i % 3)]!, 0) / sum
      );
    });
  const across = convolved(data, (x, y, offset) => y * width + within(x + offset, width));
  return convolved(across, (x, y, offset) => within(y + offset, height) * width + x);
}

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

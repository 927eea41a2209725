import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxToImage, boxToInput, mapToImage, placeImage, type ResizeMode } from '../../src/image/index.js';

const modes: readonly ResizeMode[] = ['stretch', 'letterbox', 'letterbox-top-left', 'center-crop'];
const side = fc.integer({ min: 1, max: 500 });
const size = fc.record({ width: side, height: side });

describe('where an image lies in the input', () => {
  it.each<[ResizeMode, object]>([
    ['stretch', { area: { x: 0, y: 0, width: 100, height: 100 }, scaleX: 0.5, scaleY: 1 }],
    ['letterbox', { area: { x: 0, y: 25, width: 100, height: 50 }, scaleX: 0.5, scaleY: 0.5 }],
    ['letterbox-top-left', { area: { x: 0, y: 0, width: 100, height: 50 }, scaleX: 0.5, scaleY: 0.5 }],
    ['center-crop', { area: { x: 0, y: 0, width: 100, height: 100 }, offsetX: -50, offsetY: 0, scaleX: 1, scaleY: 1 }],
  ])('200 x 100 in 100 x 100, %s', (mode, expected) => {
    expect(placeImage({ width: 200, height: 100 }, { width: 100, height: 100 }, mode)).toMatchObject(expected);
  });

  it('is inside the input and never empty, for any sizes', () => {
    fc.assert(
      fc.property(size, size, fc.constantFrom(...modes), (image, input, mode) => {
        const { area, scaled } = placeImage(image, input, mode);
        expect(area.x).toBeGreaterThanOrEqual(0);
        expect(area.y).toBeGreaterThanOrEqual(0);
        expect(area.x + area.width).toBeLessThanOrEqual(input.width);
        expect(area.y + area.height).toBeLessThanOrEqual(input.height);
        expect(Math.min(area.width, area.height, scaled.width, scaled.height)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('brings boxes to the input and back', () => {
    const box = fc.record({ x: side, y: side, width: side, height: side });
    fc.assert(
      fc.property(size, size, fc.constantFrom(...modes), box, (image, input, mode, given) => {
        const placement = placeImage(image, input, mode);
        const back = boxToImage(boxToInput(given, placement), placement);
        for (const key of ['x', 'y', 'width', 'height'] as const) expect(back[key]).toBeCloseTo(given[key], 6);
      }),
    );
  });
});

describe('a map brought back to the image', () => {
  it('is the same where nothing was scaled', () => {
    const map = Float32Array.from({ length: 6 }, (_, i) => i);
    const placement = placeImage({ width: 3, height: 2 }, { width: 3, height: 2 }, 'stretch');
    expect(mapToImage(map, placement, { width: 3, height: 2 })).toEqual(map);
  });

  it('is reached at every pixel by a map that is constant, whatever the sizes', () => {
    fc.assert(
      fc.property(size, size, fc.constantFrom('stretch', 'letterbox', 'letterbox-top-left'), (image, input, mode) => {
        const placement = placeImage(image, input, mode);
        const map = new Float32Array(placement.area.width * placement.area.height).fill(2);
        expect(mapToImage(map, placement, image).every((value) => Math.abs(value - 2) < 1e-5)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps a slope along each axis on its own axis', () => {
    // A map that rises along x only, and one that rises along y only: swapped axes would mix them up.
    const placement = placeImage({ width: 60, height: 20 }, { width: 30, height: 50 }, 'stretch');
    const { width, height } = placement.area;
    const along = (value: (x: number, y: number) => number): Float32Array =>
      mapToImage(
        Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
        placement,
        { width: 60, height: 20 },
      );
    const alongX = along((x) => (x + 0.5) / width);
    const alongY = along((_x, y) => (y + 0.5) / height);
    for (const [x, y] of [
      [10, 3],
      [45, 15],
    ] as const) {
      expect(alongX[y * 60 + x]).toBeCloseTo((x + 0.5) / 60, 5);
      expect(alongY[y * 60 + x]).toBeCloseTo((y + 0.5) / 20, 5);
    }
  });

  it('is 0 where a crop cut the image off', () => {
    const image = { width: 40, height: 20 };
    const placement = placeImage(image, { width: 20, height: 20 }, 'center-crop');
    const map = mapToImage(new Float32Array(400).fill(1), placement, image);
    const row = Array.from(map.subarray(0, 40));
    expect(row.slice(0, 9)).toEqual(new Array(9).fill(0));
    expect(row.slice(10, 30)).toEqual(new Array(20).fill(1));
    expect(row.slice(31)).toEqual(new Array(9).fill(0));
  });
});

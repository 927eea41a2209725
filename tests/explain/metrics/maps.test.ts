import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blurKernel, blurPlane } from '../../../src/explain/metrics/blur.js';
import { areaUnderCurve, curveCounts, curveOf } from '../../../src/explain/metrics/curve.js';
import { energyPointing, pointingGame } from '../../../src/explain/metrics/pointing.js';
import { regionOfBoxes, unionOf } from '../../../src/explain/metrics/region.js';
import { orderBySaliency } from '../../../src/explain/metrics/saliency-order.js';

describe('the order of saliency', () => {
  test('falls, and equal pixels stay in reading order', () => {
    expect([...orderBySaliency(Float32Array.of(0.5, -1, 2, 0.5, 0, -0, -0.25))]).toEqual([2, 0, 3, 4, 5, 6, 1]);
  });

  test('is the same as that of a stable comparison sort', () => {
    const values = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, 1, -1));
    fc.assert(
      fc.property(fc.array(values, { maxLength: 200 }), (list) => {
        const map = Float32Array.from(list);
        const expected = [...map.keys()].sort((a, b) => {
          const [x, y] = [map[a]!, map[b]!];
          return x < y ? 1 : x > y ? -1 : a - b;
        });
        expect([...orderBySaliency(map)]).toEqual(expected);
      }),
    );
  });
});

describe('curves', () => {
  test('are measured in equal steps from none to all pixels', () => {
    expect(curveCounts(8, 4)).toEqual([0, 4, 8]);
    expect(curveCounts(10, 4)).toEqual([0, 4, 8, 10]);
    expect(curveCounts(3, 5)).toEqual([0, 3]);
  });

  test('have the area of the trapezium rule', () => {
    // (1 + 0.5 + 0 - (1 + 0) / 2) / 2, and by trapezia: (0.75 + 0.25) / 2.
    expect(areaUnderCurve([0, 0.5, 1], [1, 0.5, 0])).toBeCloseTo(0.5, 12);
    expect(areaUnderCurve([0, 1], [0.3, 0.3])).toBeCloseTo(0.3, 12);
    // A step down after the first of four steps: only the trapezium over that step is under it.
    expect(areaUnderCurve([0, 0.25, 0.5, 0.75, 1], [1, 0, 0, 0, 0])).toBeCloseTo(0.125, 12);
    expect(curveOf([0, 5, 10], 10, [0, 1, 1])).toEqual({ shares: [0, 0.5, 1], scores: [0, 1, 1], auc: 0.75 });
  });
});

describe('the blur that insertion starts from', () => {
  test('has the kernel of the original code', () => {
    // scipy.ndimage.gaussian_filter of an impulse in the middle of 11 zeros, sigma 5.
    const half = [0.08795815, 0.08889612, 0.0904742, 0.09219112, 0.09348939];
    const expected = [...half, 0.09398206, ...half.toReversed()];
    const kernel = blurKernel();
    for (const [i, value] of expected.entries()) expect(kernel[i]).toBeCloseTo(value, 8);
    expect(kernel.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test('keeps a constant inside and fades to zero at the border', () => {
    const [height, width] = [13, 17];
    const blurred = blurPlane(new Float32Array(height * width).fill(2), height, width);
    const kernel = blurKernel();
    const half = kernel.slice(5).reduce((a, b) => a + b);
    expect(blurred[6 * width + 8]).toBeCloseTo(2, 5);
    expect(blurred[0]).toBeCloseTo(2 * half * half, 5);
  });

  test('spreads a point by the kernel along both axes', () => {
    const [height, width] = [15, 12];
    const plane = new Float32Array(height * width);
    plane[7 * width + 6] = 1;
    const blurred = blurPlane(plane, height, width);
    const kernel = blurKernel();
    expect(blurred[7 * width + 6]).toBeCloseTo(kernel[5]! ** 2, 7);
    expect(blurred[9 * width + 5]).toBeCloseTo(kernel[7]! * kernel[4]!, 7);
    expect(blurred[1 * width + 6]).toBe(0);
  });
});

describe('regions', () => {
  test('hold the pixels whose middle lies in a box', () => {
    const region = regionOfBoxes([{ x: 0.5, y: 1, width: 2, height: 1.6 }], 4, 4);
    expect([...region.inside]).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  });

  test('are the union of boxes, clipped to the map', () => {
    const boxes = [
      { x: -5, y: -5, width: 6, height: 6 },
      { x: 3, y: 3, width: 100, height: 100 },
      { x: 0, y: 0, width: 1, height: 1 },
    ];
    expect(regionOfBoxes(boxes, 4, 4).inside.reduce((a, b) => a + b)).toBe(2);
  });

  test('unite', () => {
    const left = regionOfBoxes([{ x: 0, y: 0, width: 1, height: 2 }], 3, 2);
    const top = regionOfBoxes([{ x: 0, y: 0, width: 2, height: 1 }], 3, 2);
    expect([...unionOf([left, top]).inside]).toEqual([1, 1, 0, 1, 0, 0]);
  });
});

describe('the pointing game', () => {
  const region = regionOfBoxes([{ x: 30, y: 30, width: 10, height: 10 }], 60, 60);
  const peakAt = (x: number, y: number): Float32Array => {
    const map = new Float32Array(60 * 60);
    map[y * 60 + x] = 1;
    return map;
  };

  test('is won inside the object and within 15 pixels of it', () => {
    expect(pointingGame(peakAt(35, 35), region)).toBe(true);
    expect(pointingGame(peakAt(15, 35), region)).toBe(true);
    expect(pointingGame(peakAt(14, 35), region)).toBe(false);
    // Beyond a corner the distance is the diagonal: (9, 12) is 15, (10, 12) is more.
    expect(pointingGame(peakAt(48, 51), region)).toBe(true);
    expect(pointingGame(peakAt(49, 51), region)).toBe(false);
  });

  test('counts the distance in pixels of the image', () => {
    // Half as many map pixels along x: 15 pixels of the image are 7.5 of the map.
    expect(pointingGame(peakAt(23, 35), region, { x: 0.5, y: 1 })).toBe(true);
    expect(pointingGame(peakAt(22, 35), region, { x: 0.5, y: 1 })).toBe(false);
    expect(pointingGame(peakAt(35, 15), region, { x: 0.5, y: 1 })).toBe(true);
  });

  test('is lost where there is no object', () => {
    expect(pointingGame(peakAt(35, 35), regionOfBoxes([], 60, 60))).toBe(false);
  });
});

describe('the energy pointing game', () => {
  const region = regionOfBoxes([{ x: 0, y: 0, width: 1, height: 2 }], 2, 2);

  test('is the share of positive saliency inside', () => {
    expect(energyPointing(Float32Array.of(3, 1, -10, 2), region)).toBeCloseTo(0.5, 12);
    expect(energyPointing(Float32Array.of(3, 0, 1, -5), region)).toBe(1);
  });

  test('is not defined without positive saliency', () => {
    expect(energyPointing(Float32Array.of(-1, 0, 0, -2), region)).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoarseField, coarseFieldFor } from '../../../src/explain/rise/coarse-field.js';
import { cellCount } from '../../../src/explain/rise/mask-field.js';
import { distance, exactCovariance, maskOf, smallSampler } from './scoring.js';

/** Means of a mask over the boxes, pixel by pixel; pixels on a border count in part. */
function boxWeights(height: number, width: number, rows: number, columns: number, box: number): Float64Array {
  const overlap = (pixel: number, pixels: number, boxes: number, index: number): number => {
    const size = pixels / boxes;
    return Math.max(0, Math.min(pixel + 1, (index + 1) * size) - Math.max(pixel, index * size)) / size;
  };
  return Float64Array.from(
    { length: height * width },
    (_, i) =>
      overlap(Math.floor(i / width), height, rows, Math.floor(box / columns)) *
      overlap(i % width, width, columns, box % columns),
  );
}

describe('a coarse field', () => {
  it('holds the means of masks over boxes, without drawing them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('foldover' as const, 'reference' as const),
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (design, height, width, gridHeight, gridWidth, rows, columns) => {
          const sampler = smallSampler({ sampler: design, height, width, gridHeight, gridWidth });
          const coarse = new CoarseField(sampler.field, rows, columns);
          const cells = new Uint8Array(cellCount(sampler.field));
          for (let i = 0; i < 3; i++) {
            const means = new Float64Array(rows * columns);
            coarse.addMeans(cells, sampler.draw(i, cells), means, 0);
            const mask = maskOf(sampler, i);
            for (const [box, value] of means.entries()) {
              const weights = boxWeights(height, width, rows, columns, box);
              // Masks and weights are float32.
              expect(value).toBeCloseTo(
                weights.reduce((sum, weight, x) => sum + weight * mask[x]!, 0),
                5,
              );
            }
          }
        },
      ),
    );
  });

  it.each(['foldover', 'reference'] as const)('knows the covariance of boxes and pixels: %s', (design) => {
    const sampler = smallSampler({ sampler: design, height: 12, width: 15, gridHeight: 3, gridWidth: 4 });
    const coarse = new CoarseField(sampler.field, 3, 5);
    for (const box of [0, 7, 14]) {
      const coefficients = new Float64Array(15);
      coefficients[box] = 1;
      const exact = exactCovariance(sampler, boxWeights(12, 15, 3, 5, box));
      const map = coarse.toPixels(coefficients, 1 / 4);
      expect(distance(map, exact)).toBeLessThan(1e-6);
      // At the boxes, the mean of the map over each.
      const atBoxes = coarse.toBoxes(coefficients);
      expect(distance(coarse.covarianceWith(box), atBoxes)).toBeLessThan(1e-12);
      for (const [other, value] of atBoxes.entries()) {
        const weights = boxWeights(12, 15, 3, 5, other);
        expect(value / 4).toBeCloseTo(
          weights.reduce((sum, weight, x) => sum + weight * exact[x]!, 0),
          6,
        );
      }
    }
  });

  it('interpolates between the centres of boxes', () => {
    const coarse = new CoarseField(smallSampler({ height: 4, width: 6 }).field, 1, 3);
    const row = coarse.interpolate(Float64Array.of(10, 11, 12)).slice(0, 6);
    // Centres lie at pixels 0.5, 2.5 and 4.5.
    expect(Array.from(row)).toEqual([10, 10.25, 10.75, 11.25, 11.75, 12]);
  });

  it('is as fine as masks can tell, and coarser for large grids with few masks', () => {
    const size = (count: number, grid: number, height = 320): number[] => {
      const { rows, columns } = coarseFieldFor(
        smallSampler({ height, width: 320, gridHeight: grid, gridWidth: grid }).field,
        count,
      );
      return [rows, columns];
    };
    expect(size(64, 7)).toEqual([9, 9]);
    expect(size(64, 32)).toEqual([16, 16]);
    expect(size(10_000, 32)).toEqual([34, 34]);
    expect(size(64, 7, 4)).toEqual([4, 9]);
    expect(size(64, 1, 2)).toEqual([2, 3]);
  });
});

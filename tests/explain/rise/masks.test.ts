import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { referenceAxis, stationaryAxis, type MaskAxis } from '../../../src/explain/rise/axis.js';
import { cellCount, drawMask, rowBuffer } from '../../../src/explain/rise/mask-field.js';
import { distance, maskOf, smallSampler } from './scoring.js';

const referenceCases = z
  .array(
    z.object({
      height: z.number(),
      width: z.number(),
      gridHeight: z.number(),
      gridWidth: z.number(),
      cells: z.array(z.number()),
      offset: z.tuple([z.number(), z.number()]),
      mask: z.array(z.number()),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('fixtures/reference-masks.json', import.meta.url), 'utf8')));

/** Largest over smallest variance of the pixels along an axis, over all offsets, for independent cells. */
function varianceRatio(axis: MaskAxis): number {
  const variances = Array.from({ length: axis.pixels }, (_, pixel) => {
    let sum = 0;
    for (let offset = 0; offset < axis.offsets; offset++) {
      const weight = axis.weight[pixel + offset]!;
      const same = axis.lower[pixel + offset] === axis.upper[pixel + offset];
      sum += same ? 1 : weight ** 2 + (1 - weight) ** 2;
    }
    return sum / axis.offsets;
  });
  return Math.max(...variances) / Math.min(...variances);
}

describe('reference masks', () => {
  it.each(referenceCases)(
    'are those of an independent script: $height x $width, $gridHeight x $gridWidth',
    (example) => {
      const { height, width, gridHeight, gridWidth, offset } = example;
      const field = { y: referenceAxis(height, gridHeight), x: referenceAxis(width, gridWidth) };
      const mask = new Float32Array(height * width);
      drawMask(field, Uint8Array.from(example.cells), { y: offset[0], x: offset[1] }, rowBuffer(field), mask);
      // Weights are kept as float32.
      expect(distance(mask, example.mask)).toBeLessThan(1e-6);
    },
  );

  it('differ in variance from place to place, as the original code does (1.21 at 7 cells over 224 pixels)', () => {
    expect(varianceRatio(referenceAxis(224, 7)) ** 2).toBeCloseTo(1.21, 2);
  });
});

describe('stationary masks', () => {
  it.each([
    [224, 7],
    [227, 7],
    [31, 5],
    [10, 10],
    [9, 1],
    [416, 32],
  ])('have the same variance at every pixel: %i pixels, %i cells', (pixels, grid) => {
    // Weights are float32.
    expect(varianceRatio(stationaryAxis(pixels, grid))).toBeLessThan(1 + 1e-5);
  });

  it('keep every pixel with the probability asked for', () => {
    const sampler = smallSampler({
      sampler: 'random',
      probability: 0.3,
      height: 9,
      width: 12,
      gridHeight: 3,
      gridWidth: 4,
    });
    const mean = new Float64Array(9 * 12);
    const count = 8000;
    for (let i = 0; i < count; i++) for (const [x, value] of maskOf(sampler, i).entries()) mean[x]! += value / count;
    // A pixel's standard deviation is at most 0.46, that of the mean 0.005: five of them.
    for (const value of mean) expect(Math.abs(value - 0.3)).toBeLessThan(0.026);
  });
});

describe('masks of any sampler', () => {
  const anyOptions = fc.record({
    sampler: fc.constantFrom('foldover' as const, 'random' as const, 'reference' as const),
    height: fc.integer({ min: 1, max: 40 }),
    width: fc.integer({ min: 1, max: 40 }),
    gridHeight: fc.integer({ min: 1, max: 9 }),
    gridWidth: fc.integer({ min: 1, max: 9 }),
    seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  });

  it('lie between 0 and 1, whatever the size and the grid', () => {
    fc.assert(
      fc.property(anyOptions, fc.integer({ min: 0, max: 100_000 }), (options, index) => {
        const mask = maskOf(smallSampler(options), index);
        expect(Math.min(...mask)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...mask)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are a function of seed and index alone', () => {
    fc.assert(
      fc.property(
        anyOptions,
        fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 2, maxLength: 6 }),
        (options, indices) => {
          const warm = smallSampler(options);
          const drawn = indices.map((index) => maskOf(warm, index));
          for (const [i, index] of indices.entries()) expect(maskOf(smallSampler(options), index)).toEqual(drawn[i]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('do not swap the axes', () => {
    // One row of cells over the height: at any column, the mask hardly changes along y; along x it does.
    const sampler = smallSampler({ sampler: 'random', height: 30, width: 20, gridHeight: 1, gridWidth: 10, seed: 3 });
    let [alongY, alongX] = [0, 0];
    for (let i = 0; i < 50; i++) {
      const mask = maskOf(sampler, i);
      for (let y = 0; y < 29; y++) {
        for (let x = 0; x < 19; x++) {
          alongY += Math.abs(mask[(y + 1) * 20 + x]! - mask[y * 20 + x]!);
          alongX += Math.abs(mask[y * 20 + x + 1]! - mask[y * 20 + x]!);
        }
      }
    }
    expect(alongX).toBeGreaterThan(8 * alongY);
  });

  it('refuse sizes and probabilities that give no masks', () => {
    expect(() => smallSampler({ height: 0 })).toThrow('positive whole number as height, not 0');
    expect(() => smallSampler({ gridWidth: 1.5 })).toThrow('positive whole number as gridWidth, not 1.5');
    expect(() => smallSampler({ probability: 1 })).toThrow('prob is the share of cells kept, between 0 and 1, not 1');
  });

  it('count cells of both axes', () => {
    expect(cellCount(smallSampler({ sampler: 'random', gridHeight: 3, gridWidth: 4 }).field)).toBe(5 * 6);
    expect(cellCount(smallSampler({ sampler: 'reference', gridHeight: 3, gridWidth: 4 }).field)).toBe(12);
  });
});

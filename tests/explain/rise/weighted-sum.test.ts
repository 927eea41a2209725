import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightedMaskSum } from '../../../src/explain/rise/weighted-sum.js';
import { distance, maskOf, smallSampler } from './scoring.js';

describe('the weighted sum of masks', () => {
  it('is the sum of the drawn masks, for every sampler, size and grid', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('foldover' as const, 'random' as const, 'reference' as const),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { maxLength: 12 }),
        fc.integer({ min: 0, max: 1000 }),
        (sampler, height, width, gridHeight, gridWidth, weights, first) => {
          const masks = smallSampler({ sampler, height, width, gridHeight, gridWidth });
          const naive = new Float64Array(height * width);
          for (const [i, weight] of weights.entries()) {
            for (const [x, value] of maskOf(masks, first + i).entries()) naive[x]! += weight * value;
          }
          // Drawn masks are float32.
          expect(distance(weightedMaskSum(masks, Float64Array.from(weights), first), naive)).toBeLessThan(1e-4);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldoverOrder } from '../../../src/explain/rise/foldover.js';
import { cellCount } from '../../../src/explain/rise/mask-field.js';
import { distance, maskOf, smallSampler } from './scoring.js';

/** Cells of masks first..first+count-1 as -1 and +1, `[count][cells]`. */
function signs(sampler: ReturnType<typeof smallSampler>, first: number, count: number): number[][] {
  const cells = new Uint8Array(cellCount(sampler.field));
  return Array.from({ length: count }, (_, i) => {
    sampler.draw(first + i, cells);
    return Array.from(cells, (cell) => 2 * cell - 1);
  });
}

describe('foldover masks', () => {
  it('come in complements at the same offset: two masks sum to 1 at every pixel', () => {
    const sampler = smallSampler();
    for (let pair = 0; pair < 200; pair++) {
      const first = maskOf(sampler, 2 * pair);
      const second = maskOf(sampler, 2 * pair + 1);
      expect(
        distance(
          first.map((value, i) => value + second[i]!),
          new Float32Array(first.length).fill(1),
        ),
      ).toBeLessThan(1e-6);
    }
  });

  it('are balanced and orthogonal within a block, for any grid', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 3 }),
        (gridHeight, gridWidth, block) => {
          const sampler = smallSampler({ gridHeight, gridWidth, height: 40, width: 44 });
          const cells = cellCount(sampler.field);
          const length = 2 * foldoverOrder(cells);
          const rows = signs(sampler, block * length, length);
          for (let a = 0; a < cells; a++) {
            const products = Array.from({ length: cells }, (_, b) =>
              rows.reduce((sum, row) => sum + row[a]! * row[b]!, 0),
            );
            expect(products).toEqual(products.map((__, b) => (a === b ? length : 0)));
            expect(rows.reduce((sum, row) => sum + row[a]!, 0)).toBe(0);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('order a block by a power of two above the cells', () => {
    expect([1, 3, 4, 81, 127, 128, 1156].map(foldoverOrder)).toEqual([2, 4, 8, 128, 128, 256, 2048]);
  });

  it('shuffle every block anew', () => {
    const sampler = smallSampler();
    const length = 2 * foldoverOrder(cellCount(sampler.field));
    expect(signs(sampler, 0, 4)).not.toEqual(signs(sampler, length, 4));
    expect(signs(sampler, 0, 4)).not.toEqual(signs(smallSampler({ seed: 2 }), 0, 4));
  });

  it('keep single masks as random as independent cells: over seeds, any two cells agree half of the time', () => {
    const agreements = new Float64Array(3);
    const seeds = 2000;
    for (let seed = 0; seed < seeds; seed++) {
      const [row] = signs(smallSampler({ seed, gridHeight: 2, gridWidth: 2 }), 6, 1);
      for (const [i, other] of [1, 7, 15].entries()) agreements[i]! += row![0] === row![other] ? 1 : 0;
    }
    // Standard deviation of the share: 0.011.
    for (const agreed of agreements) expect(Math.abs(agreed / seeds - 0.5)).toBeLessThan(0.05);
  });

  it('fall back on random masks, and say so, where complements are not of the same density', () => {
    const sampler = smallSampler({ probability: 0.4 });
    expect(sampler.design).toBe('random');
    expect(sampler.unit).toBe(1);
    expect(maskOf(sampler, 9)).toEqual(maskOf(smallSampler({ sampler: 'random', probability: 0.4 }), 9));
    expect(smallSampler().design).toBe('foldover');
  });
});

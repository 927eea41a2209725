/** How well a sum over the image predicts scores of held-out masks. */
import { describe, expect, it } from 'vitest';
import { analyse, type Analysis } from '../../../src/explain/rise/analysis.js';
import { drawMask, cellCount, rowBuffer } from '../../../src/explain/rise/mask-field.js';
import { RandomStream } from '../../../src/explain/rise/philox.js';
import { rankCorrelation } from '../../../src/explain/rise/rank-correlation.js';
import type { SamplerName } from '../../../src/explain/rise/sampler.js';
import { createSampler } from '../../../src/explain/rise/samplers.js';
import { ScoreTable } from '../../../src/explain/rise/scores.js';

const SIZE = 28;

/** The analysis of scores that a function gives of masks. */
function analysisOf(
  score: (mask: Float32Array, index: number) => number,
  { count = 256, sampler: name = 'foldover', seed = 1 }: { count?: number; sampler?: SamplerName; seed?: number } = {},
): Analysis {
  const sampler = createSampler({
    sampler: name,
    height: SIZE,
    width: SIZE,
    gridHeight: 7,
    gridWidth: 7,
    probability: 0.5,
    seed,
  });
  const cells = new Uint8Array(cellCount(sampler.field));
  const rows = rowBuffer(sampler.field);
  const mask = new Float32Array(SIZE * SIZE);
  const table = new ScoreTable(1);
  for (let i = 0; i < count; i++) {
    const offset = sampler.draw(i, cells);
    drawMask(sampler.field, cells, offset, rows, mask);
    table.append(Float32Array.of(score(mask, i)));
  }
  return analyse(sampler, table, { estimator: 'regression' });
}

/** Mean of a mask over a square. */
function kept(mask: Float32Array, left: number, top: number, side: number): number {
  let sum = 0;
  for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) sum += mask[y * SIZE + x]!;
  return sum / (side * side);
}

describe('the rank correlation of two lists', () => {
  it('is that of their ranks, ties sharing the middle of theirs', () => {
    expect(rankCorrelation(Float64Array.of(1, 2, 3), Float64Array.of(10, 100, 1000))).toBeCloseTo(1, 12);
    expect(rankCorrelation(Float64Array.of(1, 2, 3), Float64Array.of(3, 2, 1))).toBeCloseTo(-1, 12);
    // 1 - 6 sum d^2 / (n (n^2 - 1)) without ties: d = 1, 1, 0, 0.
    expect(rankCorrelation(Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 1, 3, 4))).toBeCloseTo(1 - 12 / 60, 12);
    // Ranks 0.5, 0.5, 2 and 0, 1, 2: covariance 1.5, variances 1.5 and 2.
    expect(rankCorrelation(Float64Array.of(5, 5, 9), Float64Array.of(1, 2, 3))).toBeCloseTo(1.5 / Math.sqrt(3), 12);
  });

  it('is 0 where one of them is constant', () => {
    expect(rankCorrelation(Float64Array.of(1, 1, 1), Float64Array.of(1, 2, 3))).toBe(0);
    expect(rankCorrelation(new Float64Array(0), new Float64Array(0))).toBe(0);
  });
});

describe.each(['foldover', 'random'] as const)('of %s masks, what is held out', (sampler) => {
  it('is predicted where scores are a sum over the image', () => {
    const rho = analysisOf((mask) => kept(mask, 4, 4, 8) + 0.3 * kept(mask, 16, 14, 8), { sampler });
    expect(rho.heldOutCorrelation(0)).toBeGreaterThan(0.93);
  });

  it('is predicted whatever rising function of a sum scores are: ranks are compared', () => {
    const rho = analysisOf((mask) => kept(mask, 4, 4, 8) ** 4, { sampler });
    expect(rho.heldOutCorrelation(0)).toBeGreaterThan(0.85);
  });

  it('is not predicted where scores are chance', () => {
    const random = new RandomStream(5).at(0, 99);
    const rhos = Array.from({ length: 8 }, (_, seed) =>
      analysisOf(() => random.uniform(), { sampler, seed }).heldOutCorrelation(0),
    );
    // 256 ranks have a standard deviation of 1/16; the mean of eight, 0.02.
    expect(Math.abs(rhos.reduce<number>((sum, rho) => sum + rho! / 8, 0))).toBeLessThan(0.1);
  });

  it('is not predicted where places count only together: a sum has no word for it', () => {
    const both = (mask: Float32Array): number => Math.abs(kept(mask, 2, 2, 6) - kept(mask, 20, 20, 6));
    expect(analysisOf(both, { sampler }).heldOutCorrelation(0)).toBeLessThan(0.3);
  });
});

it('says nothing of a handful of masks, and 0 of equal scores', () => {
  expect(analysisOf((mask) => kept(mask, 4, 4, 8), { count: 30 }).heldOutCorrelation(0)).toBeNull();
  expect(analysisOf(() => 0.5).heldOutCorrelation(0)).toBe(0);
});

it('is a function of the table alone', () => {
  const again = (): number | null => analysisOf((mask) => kept(mask, 4, 4, 8) ** 2).heldOutCorrelation(0);
  expect(again()).toBe(again());
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/explain/rise/analysis.js';
import { coarseFieldFor } from '../../../src/explain/rise/coarse-field.js';
import { cellCount } from '../../../src/explain/rise/mask-field.js';
import { ScoreTable } from '../../../src/explain/rise/scores.js';
import type { SamplerOptions } from '../../../src/explain/rise/sampler.js';
import {
  correlation,
  distance,
  dot,
  exactCovariance,
  isFinite,
  maskOf,
  normals,
  scoreMasks,
  smallSampler,
  spot,
} from './scoring.js';

const SMALL = { height: 24, width: 35, gridHeight: 3, gridWidth: 5 } as const;

/** Scores that are linear in the coarse field that a regression on `count` masks uses, and their exact map. */
function linearInBoxes(
  options: Partial<SamplerOptions>,
  count: number,
): { table: ScoreTable; exact: Float32Array; most: number } {
  const sampler = smallSampler(options);
  const { field, probability } = sampler;
  const coarse = coarseFieldFor(field, count);
  const coefficients = Float64Array.from({ length: coarse.size }, (_, j) => Math.sin(3 * j + 1) / coarse.size);
  const cells = new Uint8Array(cellCount(field));
  const table = new ScoreTable(1);
  for (let i = 0; i < count; i++) {
    const means = new Float64Array(coarse.size);
    coarse.addMeans(cells, sampler.draw(i, cells), means, 0);
    table.append(Float32Array.of(0.4 + dot(coefficients, means)));
  }
  const exact = coarse.toPixels(coefficients, 1 - probability);
  return { table, exact, most: distance(exact, new Float64Array(exact.length)) };
}

describe('the regression map', () => {
  it.each([
    ['foldover', { ...SMALL }],
    ['random', { ...SMALL, sampler: 'random' }],
    ['random, 30 % kept', { ...SMALL, sampler: 'random', probability: 0.3 }],
    ['reference', { ...SMALL, sampler: 'reference' }],
    ['foldover at odd sizes', { height: 23, width: 17, gridHeight: 4, gridWidth: 3 }],
  ] as const)('is exact for a model linear in the coarse field, once runs exceed coefficients: %s', (_, options) => {
    const { table, exact, most } = linearInBoxes(options, 160);
    const analysis = analyse(smallSampler(options), table, { estimator: 'regression' });
    // Scores are float32, which leaves 1e-7 of them unexplained, and a penalty in keeping with that.
    expect(distance(analysis.map(0), exact)).toBeLessThan(2e-3 * most);
    expect(analysis.reliability(0)).toBeGreaterThan(0.999);
    expect(analysis.verdict(0)).toBe('ok');
  });

  it('is not exact with fewer runs than coefficients, and says so', () => {
    const { table, exact } = linearInBoxes(SMALL, 40);
    const analysis = analyse(smallSampler(SMALL), table, { estimator: 'regression' });
    expect(correlation(analysis.map(0), exact)).toBeLessThan(0.98);
    expect(analysis.reliability(0)).toBeLessThan(0.98);
  });

  it('finds Cov(y, M(x)) / p of a model linear in the pixels, in height and in width', () => {
    const sampler = smallSampler(SMALL);
    const weights = spot(24, 35, 5, 27, 4);
    const table = scoreMasks(sampler, 512, (mask) => [dot(weights, mask)]);
    const exact = exactCovariance(sampler, weights).map((value) => value / 0.5);
    const map = analyse(sampler, table, { estimator: 'regression' }).map(0);
    expect(correlation(map, exact)).toBeGreaterThan(0.998);
    expect(distance(map, exact)).toBeLessThan(0.08 * Math.max(...exact));
    const peak = map.indexOf(Math.max(...map));
    expect(Math.abs(Math.floor(peak / 35) - 5)).toBeLessThanOrEqual(2);
    expect(Math.abs((peak % 35) - 27)).toBeLessThanOrEqual(2);
  });

  it('cancels effects of even order: a model of pairs of cells alone has no map', () => {
    const sampler = smallSampler(SMALL);
    const analysis = analyse(
      sampler,
      scoreMasks(sampler, 128, (mask) => [(mask[0]! - 0.5) * (mask[400]! - 0.5)]),
      { estimator: 'regression' },
    );
    expect(distance(analysis.map(0), new Float32Array(24 * 35))).toBeLessThan(1e-6);
    expect(analysis.verdict(0)).toBe('noise');
  });

  it('serves many targets from one factorisation, each as if alone but for the prior they share', () => {
    const sampler = smallSampler(SMALL);
    const spots = Array.from({ length: 12 }, (_, t) => spot(24, 35, 3 + (t % 4) * 6, 4 + Math.floor(t / 4) * 12, 3));
    const table = scoreMasks(sampler, 400, (mask) => spots.map((weights) => dot(weights, mask)));
    const analysis = analyse(sampler, table, { estimator: 'regression' });
    for (const [t, weights] of spots.entries()) {
      expect(correlation(analysis.map(t), exactCovariance(sampler, weights))).toBeGreaterThan(0.99);
    }
  });

  it('gives the same map for scaled scores, scaled', () => {
    const sampler = smallSampler(SMALL);
    const weights = spot(24, 35, 12, 8, 4);
    const noise = normals(3);
    const score = (mask: Float32Array, i: number): number => dot(weights, mask) + 0.2 * noise(i);
    const plain = analyse(
      sampler,
      scoreMasks(sampler, 100, (mask, i) => [score(mask, i)]),
      { estimator: 'regression' },
    );
    const scaled = analyse(
      sampler,
      scoreMasks(sampler, 100, (mask, i) => [1000 * score(mask, i) + 5]),
      {
        estimator: 'regression',
      },
    );
    // The offset costs float32 scores three digits.
    expect(
      distance(
        scaled.map(0).map((value) => value / 1000),
        plain.map(0),
      ),
    ).toBeLessThan(1e-5);
    expect(scaled.reliability(0)).toBeCloseTo(plain.reliability(0), 3);
  });

  it('is finite for any grid, size, probability and number of masks', () => {
    fc.assert(
      fc.property(
        fc.record({
          sampler: fc.constantFrom('foldover' as const, 'random' as const, 'reference' as const),
          height: fc.integer({ min: 1, max: 40 }),
          width: fc.integer({ min: 1, max: 40 }),
          gridHeight: fc.integer({ min: 1, max: 32 }),
          gridWidth: fc.integer({ min: 1, max: 32 }),
          probability: fc.constantFrom(0.1, 0.5, 0.8),
        }),
        fc.integer({ min: 0, max: 40 }),
        (options, count) => {
          const sampler = smallSampler(options);
          const table = new ScoreTable(2);
          for (let i = 0; i < count; i++) {
            const mask = maskOf(sampler, i);
            table.append(Float32Array.of(mask[0]! ** 2, 0.25));
          }
          const analysis = analyse(sampler, table, { estimator: 'regression' });
          for (const target of [0, 1]) {
            expect(isFinite(analysis.map(target))).toBe(true);
            expect(isFinite(analysis.standardError(target))).toBe(true);
            expect(analysis.reliability(target)).toBeGreaterThanOrEqual(0);
            expect(analysis.reliability(target)).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('errors of the regression map', () => {
  const weights = spot(24, 35, 8, 22, 5);

  /** Runs of the same noisy model with other masks and other noise. */
  function runs(
    count: number,
    deviation: number,
    options: Partial<SamplerOptions> = {},
  ): { claimed: number; true: number; covered: number }[] {
    const exact = exactCovariance(smallSampler({ ...SMALL, ...options }), weights).map((value) => value / 0.5);
    return Array.from({ length: 40 }, (_, seed) => {
      const sampler = smallSampler({ ...SMALL, ...options, seed });
      const noise = normals(seed + 1000);
      const table = scoreMasks(sampler, count, (mask, i) => [dot(weights, mask) + deviation * noise(i)]);
      const analysis = analyse(sampler, table, { estimator: 'regression' });
      const map = analysis.map(0);
      const errors = analysis.standardError(0);
      let covered = 0;
      for (const [x, value] of map.entries()) {
        if (Math.abs(value - exact[x]!) < 1.96 * errors[x]!) covered += 1 / map.length;
      }
      return { claimed: analysis.reliability(0), true: correlation(map, exact), covered };
    });
  }

  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);

  it.each([
    [64, 0.15, {}],
    [128, 0.3, {}],
    [400, 0.3, {}],
    [200, 0.2, { sampler: 'random' }],
  ] as const)(
    'cover the truth, and reliability is the true correlation: %i masks, noise %f',
    (count, deviation, options) => {
      const all = runs(count, deviation, options);
      const covered = mean(all.map((run) => run.covered));
      expect(covered).toBeGreaterThan(0.88);
      expect(covered).toBeLessThan(0.99);
      // The mean over 40 runs of a difference that spreads by 0.1: 0.016 standard error.
      expect(Math.abs(mean(all.map((run) => run.claimed - run.true)))).toBeLessThan(0.05);
    },
  );
});

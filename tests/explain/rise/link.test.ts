import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/explain/rise/analysis.js';
import { throughLink } from '../../../src/explain/rise/link.js';
import { normalScores } from '../../../src/explain/rise/normal-scores.js';
import { correlation, dot, exactCovariance, normals, scoreMasks, smallSampler, spot } from './scoring.js';

describe('normal scores', () => {
  it('are the same for any rising function of the scores, up to scale', () => {
    const column = Float64Array.from({ length: 50 }, (_, i) => Math.sin(7 * i));
    const plain = normalScores(column);
    const curved = normalScores(column.map((value) => Math.exp(3 * value)));
    expect(correlation(plain, curved)).toBeCloseTo(1, 10);
  });

  it('are equal for equal scores, and centred', () => {
    const scores = normalScores(Float64Array.of(0, 0, 1, 0, 2));
    expect(scores[0]).toBe(scores[1]);
    expect(scores[1]).toBe(scores[3]);
    expect(scores[2]).toBeGreaterThan(scores[0]!);
    expect(scores[4]).toBeGreaterThan(scores[2]!);
    expect(normalScores(Float64Array.of(1, 2, 3, 4)).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 10);
  });
});

describe('a link', () => {
  const predicted = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i) + Math.cos(3 * i));
  const curve = (x: number): number => 1 / (1 + Math.exp(-4 * x));
  const column = Float64Array.from({ length: 800 }, (_, i) =>
    curve(i % 2 === 0 ? predicted[i / 2]! : -predicted[(i - 1) / 2]!),
  );

  it('explains scores that are a curve of what was predicted', () => {
    const { residual, slope } = throughLink(column, 2, predicted)!;
    const odd = predicted.map((x) => (curve(x) - curve(-x)) / 2);
    expect(dot(residual, residual)).toBeLessThan(0.02 * dot(odd, odd));
    expect(slope).toBeGreaterThan(0.2);
    expect(slope).toBeLessThan(0.6);
  });

  it('finds nothing where nothing is predicted', () => {
    expect(throughLink(column, 2, new Float64Array(400))).toBeNull();
  });

  it('makes maps of saturated scores better than their own noise allows a plain average', () => {
    const options = { height: 24, width: 35, gridHeight: 5, gridWidth: 5 };
    const weights = spot(24, 35, 8, 22, 5);
    const exact = exactCovariance(smallSampler(options), weights);
    const correlations = (estimator: 'regression' | 'centered'): number[] =>
      [1, 2, 3, 4].map((seed) => {
        const sampler = smallSampler({ ...options, seed });
        const noise = normals(seed);
        const table = scoreMasks(sampler, 128, (mask, i) => [curve(6 * (dot(weights, mask) - 0.7) + 0.1 * noise(i))]);
        return correlation(analyse(sampler, table, { estimator }).map(0), exact);
      });
    expect(Math.min(...correlations('regression'))).toBeGreaterThan(Math.max(...correlations('centered')));
    expect(Math.min(...correlations('regression'))).toBeGreaterThan(0.96);
  });
});

import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/explain/rise/analysis.js';
import { LogitContrasts } from '../../../src/explain/rise/logit-contrast.js';
import { correlation, dot, exactCovariance, scoreMasks, smallSampler, spot } from './scoring.js';

/** Probabilities of classes with these logits. */
function softmax(logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Columns of a softmax over four classes, of 60 masks. */
const columns = ((): [Float64Array, Float64Array, Float64Array, Float64Array] => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    softmax([Math.sin(i), Math.cos(3 * i), Math.sin(5 * i) - 1, Math.cos(7 * i)]),
  );
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]!);
  return [column(0), column(1), column(2), column(3)];
})();

function contrastOf(column: Float64Array, rivals: readonly Float64Array[]): Float64Array {
  const contrast = new LogitContrasts().of(column, rivals);
  if (contrast === null) throw new Error('no contrast');
  return contrast;
}

function expectClose(a: Float64Array, b: Float64Array): void {
  for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i]!, 5);
}

describe('the logit contrast of a class', () => {
  const [own, a, b, c] = columns;

  it('is the log-odds times the mean of p (1 - p) where there are two classes', () => {
    const odds = own.map((p) => Math.log(p / (1 - p)));
    const weight = own.reduce((sum, p) => sum + p * (1 - p), 0) / own.length;
    expectClose(
      contrastOf(own, [own.map((p) => 1 - p)]),
      odds.map((value) => weight * value),
    );
  });

  it('takes what is left of 1 for one more rival', () => {
    expectClose(contrastOf(own, [a, b, c]), contrastOf(own, [b, a]));
  });

  it('changes by a constant alone where a rival is told as two that share its probability', () => {
    const whole = contrastOf(own, [a, b, c]);
    const split = contrastOf(own, [a.map((p) => 0.3 * p), a.map((p) => 0.7 * p), b, c]);
    const shift = split[0]! - whole[0]!;
    expect(shift).toBeGreaterThan(0);
    expectClose(
      split.map((value) => value - shift),
      whole,
    );
  });

  it('counts a rival that is often left out with the rest, and is none where no rival is left', () => {
    const cut = a.map((p, i) => (i % 5 === 0 ? 0 : p));
    expectClose(contrastOf(own, [cut, b, c]), contrastOf(own, [b, c]));
    expect(new LogitContrasts().of(own, [cut])).toBeNull();
    expect(new LogitContrasts().of(cut, [own, b])).toBeNull();
  });

  it('is finite for a stray 0 or 1', () => {
    const certain = own.map((p, i) => (i === 7 ? 0 : i === 9 ? 1 : p));
    expect(contrastOf(certain, [certain.map((p) => 1 - p)]).every(Number.isFinite)).toBe(true);
  });
});

describe('maps of a class of a softmax', () => {
  const options = { height: 24, width: 35, gridHeight: 5, gridWidth: 5 };
  // Another rival wherever one looks: no single curve leads from a sum over the image to the probability.
  const spots = [spot(24, 35, 12, 17, 5), spot(24, 35, 4, 6, 4), spot(24, 35, 19, 29, 4), spot(24, 35, 5, 30, 4)];
  const model = (mask: Float32Array): number[] =>
    softmax(spots.map((weights, k) => 24 * (dot(weights, mask) - (k === 0 ? 0.5 : 0.6))));
  const rivals = [[1, 2, 3]];
  const many = smallSampler({ ...options, sampler: 'random', seed: 77 });
  const converged = analyse(many, scoreMasks(many, 12000, model), { estimator: 'centered' }).map(0);

  it('are better with the scores of its rivals than without', () => {
    const correlations = (known: readonly (readonly number[])[]): number[] =>
      [1, 2, 3, 4, 5, 6].map((seed) => {
        const sampler = smallSampler({ ...options, seed });
        const analysis = analyse(sampler, scoreMasks(sampler, 128, model), { estimator: 'regression', rivals: known });
        return correlation(analysis.map(0), converged);
      });
    const [without, informed] = [correlations([[]]), correlations(rivals)];
    for (const [i, value] of informed.entries()) expect(1 - value).toBeLessThan(0.6 * (1 - without[i]!));
    expect(Math.min(...informed)).toBeGreaterThan(0.99);
  });

  it.each(['foldover', 'random'] as const)('claim what they reach, with %s masks', (design) => {
    const sampler = smallSampler({ ...options, sampler: design, seed: 3 });
    const analysis = analyse(sampler, scoreMasks(sampler, 256, model), { estimator: 'regression', rivals });
    const reached = correlation(analysis.map(0), converged);
    expect(Math.abs(analysis.reliability(0) - reached)).toBeLessThan(0.03);
    const errors = analysis.standardError(0);
    expect(errors.every((error) => error > 0 && Number.isFinite(error))).toBe(true);
  });

  it.each([0.1, 0.3])('go by ranks where scores below %s are left out: 0 has no logit', (cut) => {
    const sampler = smallSampler(options);
    const table = scoreMasks(sampler, 128, (mask) => model(mask).map((p) => (p < cut ? 0 : p)));
    const mapWith = (known: readonly (readonly number[])[]): Float32Array =>
      analyse(sampler, table, { estimator: 'regression', rivals: known }).map(0);
    expect(mapWith(rivals)).toEqual(mapWith([[]]));
  });

  it('are finite, and in its own tiny units, for a class below all rounding', () => {
    const sampler = smallSampler(options);
    const table = scoreMasks(sampler, 128, (mask) => [1e-9 * dot(spots[0]!, mask), ...model(mask).slice(1)]);
    const analysis = analyse(sampler, table, { estimator: 'regression', rivals });
    const exact = exactCovariance(sampler, spots[0]!);
    expect(correlation(analysis.map(0), exact)).toBeGreaterThan(0.95);
    expect(Math.max(...analysis.map(0))).toBeLessThan(1e-9);
    expect([analysis.reliability(0), ...analysis.standardError(0)].every(Number.isFinite)).toBe(true);
  });

  it('are made of the classes that are explained alone; rivals are only listened to', () => {
    const sampler = smallSampler(options);
    const analysis = analyse(sampler, scoreMasks(sampler, 64, model), { estimator: 'regression', rivals });
    expect(analysis.targets).toBe(1);
  });
});

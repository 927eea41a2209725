/** The size below which a map may come of rounding alone. */
import { describe, expect, it } from 'vitest';
import { blurredBy } from '../../src/explain/effect-size.js';
import { RandomStream } from '../../src/explain/rise/philox.js';
import { verdictOf } from '../../src/explain/verdict.js';

/** Scores between two bounds, evenly spread. */
function spread(low: number, high: number, count = 256): Float64Array {
  const random = new RandomStream(7).at(0, 99);
  return Float64Array.from({ length: count }, () => Math.fround(low + (high - low) * random.uniform()));
}

function rounded(scores: Float64Array, step: number): Float64Array {
  return scores.map((score) => Math.round(score / step) * step);
}

describe('rounding blurs a map', () => {
  it('by its step, where scores move by less than a step', () => {
    // Between 0.500 and 0.504 by steps of 1/256: two levels.
    const scores = rounded(spread(0.5, 0.5039), 1 / 256);
    expect(new Set(scores).size).toBe(2);
    expect(blurredBy(scores, 0.5)).toBeCloseTo(1 / 256, 12);
    expect(blurredBy(rounded(spread(0.498, 0.502), 1 / 64), 0.5)).toBeLessThan(1e-5);
  });

  it('by next to nothing, where they move by more: the errors average out', () => {
    expect(blurredBy(rounded(spread(0.2, 0.8), 1 / 256), 0.8)).toBeLessThan(1e-5);
    expect(blurredBy(rounded(spread(0.49, 0.51), 1 / 256), 0.51)).toBeLessThan(1e-5);
  });

  it('by next to nothing, where scores are not rounded', () => {
    for (const [low, high] of [
      [0, 1],
      [0.5, 0.501],
      [0.0001, 0.0002],
    ] as const) {
      expect(blurredBy(spread(low, high), high)).toBeLessThanOrEqual(1e-6 * high);
    }
  });

  it('not where the levels are decisions: found or not, or the votes of a few', () => {
    expect(blurredBy(rounded(spread(0, 1), 1), 1)).toBeLessThan(1e-5);
    const rarely = Float64Array.from({ length: 200 }, (_, i) => (i % 20 === 0 ? 1 : 0));
    expect(blurredBy(rarely, 1)).toBeLessThan(1e-5);
    expect(blurredBy(rounded(spread(0.6, 1), 0.25), 1)).toBeLessThan(1e-5);
  });

  it('of no scores, or equal ones, by no number that is none', () => {
    expect(blurredBy(new Float64Array(0), 0)).toBe(0);
    expect(blurredBy(new Float64Array(64).fill(0.5), 0.5)).toBeCloseTo(5e-7, 12);
  });
});

describe('the verdict', () => {
  const scores = rounded(spread(0.5, 0.5039), 1 / 256);
  const told = { aboveChance: 9, reliability: 0.97, reference: 0.5 };

  it('is noise where the whole map is smaller than the rounding of the scores, however repeatable it is', () => {
    expect(verdictOf({ ...told, scores, range: () => 0.0039 })).toBe('noise');
    expect(verdictOf({ ...told, scores, range: () => 0.004 })).toBe('ok');
    expect(verdictOf({ ...told, scores: spread(0.2, 0.8), range: () => 0.0039 })).toBe('ok');
  });

  it('is noise where the map is smaller than float32 tells apart', () => {
    expect(verdictOf({ ...told, scores: spread(0.2, 0.8), range: () => 1e-7 })).toBe('noise');
  });
});

/** Whether a map explains the score: the figures in closed form. */
import { describe, expect, it } from 'vitest';
import {
  advantageOf,
  advantageScale,
  judgedVerdict,
  shiftedCopies,
  wantsAdvantage,
} from '../../src/explain/faithfulness.js';
import { areaUnderCurve, FEW_SHARES, fewCounts } from '../../src/explain/metrics/curve.js';
import { isDrawn, orWeak, VERDICTS } from '../../src/explain/verdict.js';

describe('the shares at which fast curves are measured', () => {
  it('are the nine of the measurements, as whole pixels', () => {
    expect(FEW_SHARES).toEqual([0, 0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 1]);
    expect(fewCounts(1000)).toEqual([0, 30, 80, 150, 250, 400, 600, 800, 1000]);
  });

  it('leave none out twice where pixels are few', () => {
    expect(fewCounts(4)).toEqual([0, 1, 2, 3, 4]);
    expect(fewCounts(1)).toEqual([0, 1]);
  });

  it('are integrated by the trapezium rule over steps of any width', () => {
    // Exact for a straight line, and 1/3 from above for a square: 1/2 sum (a + b)(b - a) of squares.
    expect(areaUnderCurve(FEW_SHARES, FEW_SHARES)).toBeCloseTo(0.5, 12);
    expect(areaUnderCurve([0, 0.2, 1], [1, 0, 0])).toBeCloseTo(0.1, 12);
    expect(areaUnderCurve([0, 0.8, 1], [1, 1, 0])).toBeCloseTo(0.9, 12);
  });
});

describe('the shifted copies of a map', () => {
  it('are shifted cyclically by half the height and width, the height, and the width', () => {
    // prettier-ignore
    const map = Float32Array.of(
      0, 1, 2, 3,
      4, 5, 6, 7,
    );
    const [both, down, right] = shiftedCopies(map, 2, 4);
    expect([...both!]).toEqual([6, 7, 4, 5, 2, 3, 0, 1]);
    expect([...down!]).toEqual([4, 5, 6, 7, 0, 1, 2, 3]);
    expect([...right!]).toEqual([2, 3, 0, 1, 6, 7, 4, 5]);
  });

  it('hold every value of the map once where sides are odd', () => {
    const map = Float32Array.from({ length: 15 }, (_, i) => i);
    for (const copy of shiftedCopies(map, 3, 5)) {
      expect([...copy].sort((a, b) => a - b)).toEqual([...map]);
    }
    // Down by 1, right by 2: the first value stands in row 1, column 2.
    expect(shiftedCopies(map, 3, 5).map((copy) => copy.indexOf(0))).toEqual([7, 5, 2]);
  });

  it('of a constant map are that map', () => {
    const map = new Float32Array(12).fill(0.25);
    for (const copy of shiftedCopies(map, 3, 4)) expect(copy).toEqual(map);
  });
});

describe('the advantage', () => {
  it('is the difference to the mean of the copies, as a share of the score', () => {
    expect(advantageOf(0.3, [0.1, 0, -0.1], 0.5)).toBeCloseTo(0.6, 12);
    expect(advantageOf(0.3, [0.3, 0.3, 0.3], 0.5)).toBe(0);
  });

  it.each([
    ['the score on the whole image', { baseline: 0.8, low: 0, high: 0.3 }, 0.8],
    ['the 95 % quantile where it is larger', { baseline: 0.2, low: 0, high: 0.3 }, 0.3],
    ['a hundredth at least', { baseline: 0.001, low: 0, high: 0.002 }, 0.01],
    ['the size of what is negative', { baseline: -2, low: -5, high: -1 }, 5],
  ])('is a share of %s', (_, span, scale) => {
    expect(advantageScale(span)).toBe(scale);
  });

  it('is asked for where held-out scores are not predicted, or the curves lie close, or nothing is known', () => {
    expect(wantsAdvantage(0.6, 0.15, 1)).toBe(false);
    expect(wantsAdvantage(0.59, 0.9, 1)).toBe(true);
    expect(wantsAdvantage(0.9, 0.149, 1)).toBe(true);
    expect(wantsAdvantage(0.9, 0.149, 0.5)).toBe(false);
    expect(wantsAdvantage(null, 0.9, 1)).toBe(true);
  });

  it('makes a map unfaithful below a tenth, and no map that is not ok', () => {
    expect(judgedVerdict('ok', { advantage: 0.0999 })).toBe('unfaithful');
    expect(judgedVerdict('ok', { advantage: 0.1 })).toBe('ok');
    expect(judgedVerdict('ok', { advantage: null })).toBe('ok');
    expect(judgedVerdict('ok', null)).toBe('ok');
    expect(judgedVerdict('noise', { advantage: -1 })).toBe('noise');
  });
});

describe('a score that is next to nothing', () => {
  const small = { baseline: 0.001, low: 0, high: 0.009 };

  it('makes a map weak, and noise too, but not what was lost', () => {
    expect(orWeak('ok', small)).toBe('weak');
    expect(orWeak('noise', small)).toBe('weak');
    expect(orWeak('lost', small)).toBe('lost');
  });

  it('is none where parts of the image score more, or less than nothing', () => {
    expect(orWeak('ok', { ...small, high: 0.01 })).toBe('ok');
    expect(orWeak('ok', { ...small, baseline: 0.5 })).toBe('ok');
    expect(orWeak('ok', { baseline: -3, low: -4, high: -2 })).toBe('ok');
  });

  it('is not drawn, nor is noise; all else is', () => {
    expect(VERDICTS.filter(isDrawn)).toEqual(['ok', 'lost', 'unfaithful']);
    expect(isDrawn(null)).toBe(true);
  });
});

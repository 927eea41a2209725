import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClusteredSum, meanShareInterval, studentQuantile, wilson } from '../../../src/explain/metrics/intervals.js';

function sumOf(images: readonly (readonly number[])[]): ClusteredSum {
  const sum = new ClusteredSum();
  for (const values of images) sum.add(values);
  return sum;
}

describe("Student's quantiles", () => {
  test.each([
    [1, 12.7062],
    [2, 4.3027],
    [3, 3.1824],
    [5, 2.5706],
    [10, 2.2281],
    [30, 2.0423],
    [1000, 1.9623],
  ])('of 97.5 %% with %i degrees of freedom', (degrees, quantile) => {
    // The expansion is within one in a hundred from 3 degrees on, and closer with more.
    expect(Math.abs(studentQuantile(degrees) / quantile - 1)).toBeLessThan(0.01);
  });
});

describe("Wilson's interval", () => {
  test('of 15 in 50 is 0.191 to 0.438', () => {
    // Wilson 1927 as worked out in many textbooks.
    const { low, high } = wilson(0.3, 50);
    expect(low).toBeCloseTo(0.191, 3);
    expect(high).toBeCloseTo(0.4375, 3);
  });

  test('of none and of all stays within 0 and 1 and has a width', () => {
    expect(wilson(0, 10)).toMatchObject({ low: 0, high: expect.closeTo(0.2775, 3) as number });
    expect(wilson(1, 10)).toMatchObject({
      low: expect.closeTo(0.7225, 3) as number,
      high: expect.closeTo(1, 9) as number,
    });
  });
});

describe('sums over images', () => {
  test('with one value each have the ordinary mean and standard error', () => {
    const mean = sumOf([[1], [2], [3], [4], [5]]).mean()!;
    // s = 1.5811, s / sqrt 5 = 0.7071, t(4) = 2.7764.
    expect(mean).toMatchObject({ value: 3, of: 5, items: 5 });
    expect(mean.high! - 3).toBeCloseTo(2.7764 * 0.7071, 1);
    expect(3 - mean.low!).toBeCloseTo(mean.high! - 3, 9);
  });

  test('do not take copies within an image for more evidence', () => {
    const once = sumOf([[1], [2], [4]]).mean()!;
    const copied = sumOf([Array(10).fill(1), Array(10).fill(2), Array(10).fill(4)] as number[][]).mean()!;
    expect(copied).toMatchObject({ of: 30, items: 3 });
    expect(copied.value).toBeCloseTo(once.value, 9);
    expect(copied.low).toBeCloseTo(once.low!, 9);
    expect(copied.high).toBeCloseTo(once.high!, 9);
    const share = sumOf([[1], [1], [0], [1]]).share()!;
    const sharedTen = sumOf([1, 1, 0, 1].map((value) => Array<number>(10).fill(value))).share()!;
    expect(sharedTen.high! - sharedTen.low!).toBeGreaterThan(0.8 * (share.high! - share.low!));
  });

  test('count values and images, and leave out images without values', () => {
    expect(sumOf([[1, 0], [], [1]]).share()).toMatchObject({ value: 2 / 3, count: 2, of: 3, items: 2 });
    expect(sumOf([[], []]).mean()).toBeNull();
    expect(sumOf([[7]]).mean()).toEqual({ value: 7, low: null, high: null, of: 1, items: 1 });
  });

  test('of shares have intervals within 0 and 1 that hold their value, and none of fewer than three images', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.array(share, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (list) => {
        const mean = sumOf(list).mean();
        if (mean === null) return;
        if (list.length < 3) expect(mean.low).toBeNull();
        if (mean.low === null || mean.high === null) return;
        expect(mean.low).toBeGreaterThanOrEqual(0);
        expect(mean.high).toBeLessThanOrEqual(1);
        expect(mean.low).toBeLessThanOrEqual(mean.value + 1e-9);
        expect(mean.high).toBeGreaterThanOrEqual(mean.value - 1e-9);
      }),
    );
    // The plain interval of these would be -0.47 to 1.22.
    const { low, high } = sumOf([[0.02], [0.4], [0.7]]).mean()!;
    expect(low).toBeCloseTo(0.0157, 3);
    expect(high).toBeCloseTo(0.957, 3);
    expect(sumOf([[0], [0], [0]]).mean()).toMatchObject({ value: 0, low: null, high: null });
    expect(meanShareInterval([0.3, 0.9])).toBeNull();
    expect(meanShareInterval([0.02, 0.4, 0.7])).toEqual([low, high]);
  });

  test('have intervals that hold their value', () => {
    const images = fc.array(fc.array(fc.constantFrom(0, 1), { maxLength: 6 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(images, (list) => {
        const share = sumOf(list).share();
        if (share === null) return;
        expect((share.low === null) === share.items < 3).toBe(true);
        expect(share.low ?? 0).toBeLessThanOrEqual(share.value + 1e-12);
        expect(share.high ?? 1).toBeGreaterThanOrEqual(share.value - 1e-12);
      }),
    );
  });
});

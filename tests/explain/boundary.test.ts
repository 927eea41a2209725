import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doublingGrid, smallestCrossing } from '../../src/explain/boundary.js';
import { curveCounts } from '../../src/explain/metrics/curve.js';

/** A model that flips at a known number of pixels, and how often it was asked. */
function planted(flip: number) {
  const asked: number[][] = [];
  return {
    asked,
    crossed: (counts: readonly number[]) => {
      asked.push([...counts]);
      return Promise.resolve(counts.map((count) => count >= flip));
    },
  };
}

test('bisection finds a planted flip to the pixel', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 600 }),
      async (pixels, at, points, step) => {
        const flip = Math.min(at, pixels);
        const grid = curveCounts(pixels, step).slice(1);
        const found = await smallestCrossing({ pixels, grid, precision: 1, points, crossed: planted(flip).crossed });
        expect(found).toEqual({ count: flip, below: flip - 1 });
      },
    ),
  );
});

test('the search stops at the precision asked for, with the flip between its bounds', async () => {
  const model = planted(613);
  const grid = curveCounts(1000, 100).slice(1);
  const found = await smallestCrossing({ pixels: 1000, grid, precision: 10, points: 1, crossed: model.crossed });
  expect(found!.count).toBeGreaterThanOrEqual(613);
  expect(found!.below).toBeLessThan(613);
  expect(found!.count - found!.below).toBeLessThanOrEqual(10);
  // The grid at once, then one bisection a round: 100 pixels to at most 10 takes four.
  expect(model.asked.map(({ length }) => length)).toEqual([10, 1, 1, 1, 1]);
});

test('several points a round take fewer rounds', async () => {
  const model = planted(777);
  await smallestCrossing({ pixels: 4096, grid: [4096], precision: 1, points: 7, crossed: model.crossed });
  // 8 parts a round: 4096 = 8^4.
  expect(model.asked.slice(1)).toHaveLength(4);
});

test('a boundary that nothing crosses is not found', async () => {
  const crossed = planted(Infinity).crossed;
  expect(await smallestCrossing({ pixels: 64, grid: [16, 64], precision: 1, points: 1, crossed })).toBeNull();
});

test('a boundary that is crossed from the start lies at 0', async () => {
  const crossed = planted(0).crossed;
  const grid = [0, ...doublingGrid(64)];
  expect(await smallestCrossing({ pixels: 64, grid, precision: 1, points: 1, crossed })).toEqual({
    count: 0,
    below: 0,
  });
});

test('the first of several crossings counts', async () => {
  const crossed = (counts: readonly number[]): Promise<boolean[]> =>
    Promise.resolve(counts.map((count) => (count >= 30 && count < 50) || count >= 90));
  const found = await smallestCrossing({ pixels: 100, grid: [20, 40, 60, 80, 100], precision: 1, points: 1, crossed });
  expect(found).toEqual({ count: 30, below: 29 });
});

test('the doubling grid rises without repetition and ends with all pixels', () => {
  expect(doublingGrid(640)).toEqual([10, 20, 40, 80, 160, 320, 640]);
  expect(doublingGrid(3)).toEqual([1, 2, 3]);
  expect(doublingGrid(1)).toEqual([1]);
});

import { expect, it } from 'vitest';
import { progressLine as imageLine } from '../../src/cli/explain/live-view.js';
import { progressLine as datasetLine } from '../../src/cli/dataset-progress.js';
import { timeLeft } from '../../src/cli/time-left.js';

it('of an image says runs, rate, reliability and the time left', () => {
  expect(imageLine({ done: 60, most: 5000, reliability: null }, 2)).toBe(
    '60 of at most 5000 runs, 30 a second, about 3 min left',
  );
  // Reliability .9 becomes .95 with 19 / 9 times the runs.
  expect(imageLine({ done: 90, most: 2000, reliability: { now: 0.9, goal: 0.95 } }, 9)).toBe(
    '90 of at most 2000 runs, 10 a second, repeatable 0.90 of 0.95, about 10 s left',
  );
  expect(imageLine({ done: 90, most: 100, reliability: { now: 0.2, goal: 0.95 } }, 9)).toMatch(/, about 1 s left$/);
  expect(imageLine({ done: 90, most: 100, reliability: { now: 0, goal: 1 } }, 9)).toMatch(/, about 1 s left$/);
});

it('of a dataset says items, rate and time left from the first item of this run on', () => {
  expect(datasetLine({ done: 20, total: 60, before: 20, failed: 0 }, 3)).toBe(
    `20 of 60  [${'#'.repeat(10)}${'-'.repeat(20)}]`,
  );
  expect(datasetLine({ done: 30, total: 60, before: 20, failed: 2 }, 4)).toBe(
    `30 of 60  [${'#'.repeat(15)}${'-'.repeat(15)}]  2.5 a second, about 12 s left, 2 failed`,
  );
  expect(datasetLine({ done: 1, total: 60, before: 0, failed: 0 }, 20)).toMatch(/3\.0 a minute, about 20 min left$/);
});

it.each([
  [0.2, '1 s'],
  [59, '59 s'],
  [200, '3 min'],
  [7500, '2 h 5 min'],
])('%d seconds are about %s', (seconds, text) => {
  expect(timeLeft(seconds)).toBe(`about ${text} left`);
});

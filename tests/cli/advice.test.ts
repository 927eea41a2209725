import { expect, it } from 'vitest';
import { withFlags } from '../../src/cli/explain/advice.js';

it.each([
  [
    ['a.jpg', '--max-samples', '32', '-o', 'out'],
    ['a.jpg', '-o', 'out', '--max-samples', '128'],
  ],
  [
    ['a.jpg', '--max-samples=32'],
    ['a.jpg', '--max-samples', '128'],
  ],
  [
    ['a.jpg', '--seed', '3'],
    ['a.jpg', '--seed', '3', '--max-samples', '128'],
  ],
])('a flag that is advised takes the place of the one that was typed: %j', (typed, advised) => {
  expect(withFlags(typed, ['--max-samples', '128'])).toEqual(advised);
});

it('boxes are asked for beside those that were', () => {
  expect(withFlags(['a.jpg', '--box', '1,2,3,4'], ['--box', 'X,Y,W,H:CLASS'])).toHaveLength(5);
});

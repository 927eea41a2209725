import { expect, it } from 'vitest';
import { countText } from '../../src/cli/count-text.js';
import { figureText } from '../../src/cli/figure-text.js';

it.each([
  [0, '0.000'],
  [-0, '0.000'],
  [0.7024, '0.702'],
  [-12.34567, '-12.346'],
  [0.0004, '0.00040'],
  [-0.0000123, '-0.000012'],
  [3.21e-8, '3.2e-8'],
])('%f is written %s', (value, text) => {
  expect(figureText(value)).toBe(text);
});

it('gives a number the digits of the larger one beside it, and no negative zero', () => {
  expect(figureText(-0.00001, 0.5)).toBe('0.000');
  expect(figureText(-0.00001, 0.0012)).toBe('0.0000');
  expect(figureText(-0, 1e-9)).toBe('0');
});

it('counts things', () => {
  expect([countText(0, 'mask'), countText(1, 'mask'), countText(2, 'box', 'boxes')]).toEqual([
    '0 masks',
    '1 mask',
    '2 boxes',
  ]);
});

import { describe, expect, it } from 'vitest';
import { resultTable } from '../../src/cli/explain/result-table.js';
import { shellCommand } from '../../src/report/words/shell-command.js';
import { textTable, type Column } from '../../src/cli/text-table.js';
import { lineWidth, wrapped } from '../../src/cli/wrapped.js';
import { targetSchema } from '../../src/results/schema/target.js';

const COLUMNS: Column<string[]>[] = [
  { head: 'name', align: 'left', drop: 0, cell: ([name = '']) => name },
  { head: 'a', align: 'right', drop: 1, cell: ([, a = '']) => a },
  { head: 'long head', align: 'right', drop: 2, cell: ([, , b = '']) => b },
];
const ROWS = [
  ['cat', '1', '22'],
  ['犬', '333', '4'],
];

describe('a table of the terminal', () => {
  it('aligns by what is seen, wide characters too', () => {
    expect(textTable(COLUMNS, ROWS, { width: 80 })).toEqual([
      'name    a  long head',
      'cat     1         22',
      '犬    333          4',
    ]);
  });

  it('leaves out whole columns where it is narrow, and wraps nothing', () => {
    expect(textTable(COLUMNS, ROWS, { width: 19 })).toEqual(['name    a', 'cat     1', '犬    333']);
    expect(textTable(COLUMNS, ROWS, { width: 8 })).toEqual(['name', 'cat', '犬']);
    const long = textTable(COLUMNS, [['x'.repeat(40)]], { width: 30 });
    expect(long[1]).toBe(`${'x'.repeat(23)}…`);
  });

  it('leaves out a column that is empty', () => {
    expect(textTable(COLUMNS, [['cat', '', '5']], { width: 80 })[0]).toBe('name  long head');
  });
});

it.each([60, 80, 140])('the table of a result fits %d columns', (width) => {
  const target = targetSchema.parse({
    index: 0,
    kind: 'bbox',
    label: { id: 1, name: 'a very long name of a class' },
    bbox: [1000.2, 1000.4, 1000, 1000],
    score: 0.86,
    verdict: 'ok',
    reliability: 0.97,
    peak: { x: 1500, y: 1500 },
    energyInBox: 0.84,
    deletionAuc: 0.01,
    insertionAuc: 0.83,
    faithfulness: { advantage: null, rho: 0.8, oa: 0.8, scale: 0.86, runs: 14 },
    boundary: { removed: { share: 0.014, to: { id: 2, name: 'rooster' } }, sufficient: { share: 0.032 } },
  });
  const text = resultTable([target], { image: { width: 3000, height: 2000 }, stopAt: 0.95, doubted: false }, width);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  expect(text).toContain('+ faithful');
  expect(text.includes('becomes')).toBe(width === 140);
});

it('sentences break at spaces, never between a number and its percent sign', () => {
  const text = wrapped('1  dog 77 %: depends on the dog (81 % of the map lies in its box).', 21, '   ');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(24);
  expect(text).not.toMatch(/\n\s*%/);
  expect(text.replaceAll(/\n {3}/g, ' ')).toBe('1  dog 77 %: depends on the dog (81 % of the map lies in its box).');
  expect(wrapped('one two', Infinity, '')).toBe('one two');
});

it('a pipe has lines without end, and a terminal that knows no size 80 columns', () => {
  expect(lineWidth({ isTTY: false, columns: 20 })).toBe(Infinity);
  expect(lineWidth({ isTTY: true, columns: 0 })).toBe(80);
  expect(lineWidth({ isTTY: true, columns: 60 })).toBe(60);
});

it('commands that are shown can be pasted', () => {
  expect(shellCommand(['datum', 'explain', "my dog's photo.jpg", '--box', '1,2,3,4:dog', '$HOME', 'a\\b'])).toBe(
    "datum explain 'my dog'\\''s photo.jpg' --box 1,2,3,4:dog '$HOME' 'a\\b'",
  );
});

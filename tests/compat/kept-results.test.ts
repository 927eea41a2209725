/**
 * What is computed stays what version 0.1.0 computed: maps, figures, verdicts, outcomes, findings. Where images are scaled
 * or blurred it stays what it was when that became the project's own (record.mjs says which cases, and how far they moved).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BIN, start } from '../helpers/built.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { differencesOf } from './differences.js';

const RECORD = fileURLToPath(new URL('record.mjs', import.meta.url));
const KEPT = fileURLToPath(new URL('fixtures/results/', import.meta.url));
const folder = tempFolder();
const cases = readdirSync(KEPT)
  .map((name) => name.replace('.json', ''))
  .sort();

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

describe('the results of version 0.1.0', () => {
  it('are kept of every case', async () => {
    const { stdout } = await start(process.execPath, [RECORD]).ended;
    expect(stdout.trimEnd().split('\n').sort()).toEqual(cases);
  });

  it.each(cases)('come out again: %s', async (name) => {
    const { code, stderr } = await start(process.execPath, [RECORD, BIN, folder.path, name]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(differencesOf(readJson(`${KEPT}${name}.json`), readJson(folder.at(`${name}.json`)))).toEqual([]);
  });
});

describe('the comparison of results', () => {
  const cells = (values: readonly number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');
  const map = (values: readonly number[]) => ({
    width: 64,
    height: 64,
    min: -1,
    max: 1,
    mean: 0,
    cells: cells(values),
  });
  const target = { label: 'cat', samples: 96, score: 0.25, map: map([-1, 0, 1]), curve: [1, 0.5] };

  it('lets through what another processor rounds otherwise', () => {
    const other = { ...target, score: 0.25001, map: { ...map([-1, 0.0001, 1]), max: 1.0001 } };
    expect(differencesOf(target, other)).toEqual([]);
  });

  it.each([
    ['a score', { score: 0.2501 }, 'score was 0.25 and is 0.2501'],
    ['a count', { samples: 97 }, 'samples was 96 and is 97'],
    ['a label', { label: 'dog' }, 'label was cat and is dog'],
    ['a cell of a map', { map: map([-1, 0.001, 1]) }, 'map differs by up to 0.0500 % of its range'],
    ['a cell that is no number', { map: map([-1, NaN, 1]) }, 'map differs by up to NaN % of its range'],
    ['the size of a map', { map: { ...target.map, width: 32 } }, 'map was 64 x 64 and is 32 x 64'],
    ['an extreme of a map', { map: { ...target.map, max: 1.001 } }, 'map.max was 1 and is 1.001'],
    ['the length of a list', { curve: [1] }, 'curve was 2 long and is 1 long'],
    ['a value that is lost', { score: null }, 'score was 0.25 and is null'],
  ])('sees %s', (_, changed, expected) => {
    expect(differencesOf(target, { ...target, ...changed })).toEqual([expected]);
  });

  it('sees a field that is gone, and asks for none that was not there', () => {
    const { label, ...rest } = target;
    expect(differencesOf(target, rest)).toEqual([`label was ${label} and is missing`]);
    expect(differencesOf(rest, target)).toEqual([]);
    expect(differencesOf(target, rest, { missing: 'ignored' })).toEqual([]);
  });
});

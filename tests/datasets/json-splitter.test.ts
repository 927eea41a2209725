import fc from 'fast-check';
import { expect, it } from 'vitest';

import { JsonSplitter } from '../../src/datasets/json/splitter.js';
import { glanceAtJson } from '../../src/datasets/json/stream.js';

/** Splits bytes that come in chunks cut at the given places. */
function split(bytes: Buffer, cuts: readonly number[], elements: readonly string[], values: readonly string[]) {
  const splitter = new JsonSplitter('x.json', { elements, values });
  const edges = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const records = edges.slice(1).flatMap((end, i) => splitter.push(bytes.subarray(edges[i], end)));
  splitter.end();
  return records;
}

it('gives what JSON.parse gives, with where it lies, however the file is cut', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue()).filter((one) => !('__proto__' in one));
  fc.assert(
    fc.property(
      object,
      fc.array(fc.jsonValue()),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.constantFrom(0, 2),
      (others, list, cuts, indent) => {
        const whole = { ...others, list };
        const bytes = Buffer.from(JSON.stringify(whole, null, indent));
        // JSON has no -0.
        const expected = JSON.parse(bytes.toString()) as typeof whole;
        const records = split(bytes, cuts, ['list'], Object.keys(others));
        expect(records.filter(({ index }) => index !== null).map(({ value }) => value)).toEqual(expected.list);
        expect(
          Object.fromEntries(records.filter(({ index }) => index === null).map(({ key, value }) => [key, value])),
        ).toEqual(Object.fromEntries(Object.entries(expected).filter(([key]) => key !== 'list')));
        for (const { offset, length, value } of records) {
          expect(JSON.parse(bytes.subarray(offset, offset + length).toString())).toEqual(value);
        }
      },
    ),
  );
});

it('passes over what is not asked for', () => {
  const bytes = Buffer.from('{"skip":{"list":[1,2]},"list":[{"a":1}],"more":"]}"}');
  expect(split(bytes, [], ['list'], []).map(({ key, value }) => [key, value])).toEqual([['list', { a: 1 }]]);
});

it.each([
  ['', /byte 0: the file is empty/],
  ['[1]', /byte 0: the JSON has '\[' where a JSON object, \{\.\.\.\} should be/],
  ['{"list":[1', /byte 10: the file ends in the middle/],
  ['{"list":[1,]}', /byte 11: the JSON has '\]' where a value should be/],
  ['{"list":[1 2]}', /byte 11: the JSON has '2' where ',' or '\]' should be/],
  ['{"list":[1}', /byte 10: the JSON has '\}' where ',' or '\]' should be/],
  ['{"list":[nul]}', /byte 9: this is not valid JSON/],
  ['{"list" 1}', /byte 8: the JSON has '1' where ':' should be/],
  ['{list:1}', /byte 1: the JSON has 'l' where a name in quotes should be/],
  ['{"a":1,}', /byte 7: the JSON has '\}' where a name in quotes should be/],
  ['{"a":1}}', /byte 7: the JSON has '\}' where the end of the file should be/],
  ['{"list":[{"a":1]}]}', /byte 9: this is not valid JSON/],
])('refuses %s', (text, says) => {
  expect(() => split(Buffer.from(text), [3], ['list'], [])).toThrow(
    expect.objectContaining({ kind: 'dataset', message: expect.stringMatching(says) as string }) as Error,
  );
});

it('glances at the start of a file that goes on', () => {
  const glance = glanceAtJson('{"info":{},"images":[{"id":1},{"id":', ['images', 'annotations']);
  expect([...glance!.members]).toEqual([
    ['info', 'object'],
    ['images', 'array'],
  ]);
  expect(glance!.first.get('images')).toEqual({ id: 1 });
  expect(glanceAtJson('hello', [])).toBeNull();
});

it('reads what is no number, as Python writes it, as null, and leaves texts alone', () => {
  const records = split(
    Buffer.from('{"list":[{"a":NaN,"b":"NaN \\" Infinity","c":[-Infinity,Infinity]}]}'),
    [7],
    ['list'],
    [],
  );
  expect(records.map(({ value }) => value)).toEqual([{ a: null, b: 'NaN " Infinity', c: [null, null] }]);
  expect(() => split(Buffer.from('{"list":[{"a":"NaN" 1}]}'), [3], ['list'], [])).toThrow(/not valid JSON/);
});

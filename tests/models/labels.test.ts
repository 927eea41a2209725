import { expect, it } from 'vitest';
import { readLabels } from '../../src/models/labels.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

it.each([
  ['one a line', 'cat\ndog\n', ['cat', 'dog']],
  ['with Windows line ends and spaces', 'cat \r\n dog\r\n\r\n', ['cat', 'dog']],
  ['a JSON array', ' ["cat", "dog"]', ['cat', 'dog']],
  ['with a byte order mark', '\uFEFFcat\ndog', ['cat', 'dog']],
  ['an empty line between keeps its number', 'cat\n\nhorse\n', ['cat', '', 'horse']],
])('label names: %s', async (name, text, expected) => {
  expect(await readLabels(folder.write(`${name}.txt`, text))).toEqual(expected);
});

it.each([
  ['empty.txt', '\n\n', 'are empty: write one class name a line.'],
  ['broken.json', '["cat",', 'are not valid JSON'],
  ['numbers.json', '[1, 2]', 'must be a JSON array of strings, or one name a line.'],
])('%s is refused', async (name, text, message) => {
  const path = folder.write(name, text);
  await expect(readLabels(path)).rejects.toMatchObject({ kind: 'model' });
  await expect(readLabels(path)).rejects.toThrow(`the labels ${path} ${message}`);
});

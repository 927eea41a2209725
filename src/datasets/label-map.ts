import { parse } from 'yaml';
import { z } from 'zod';

import { messageOf } from '../errors.js';
import { parseCsv } from './csv.js';
import { checked } from './json/parse.js';
import { malformed } from './malformed.js';
import { readText } from './text.js';

/** Names of the model's classes by the name of the dataset's class; an empty list says that the model has none. */
export type LabelMap = ReadonlyMap<string, readonly string[]>;

const name = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const object = z.record(
  z.string(),
  z.union([name.transform((one) => [one]), z.array(name), z.null().transform(() => [])]),
  {
    error: 'a label map is "dataset name: model name" for each class',
  },
);

/**
 * Reads a label map: a JSON object, YAML `dataset name: model name`, or CSV with these two columns; told apart by
 * content. A class may have several names in the model (a list, or several rows), or none (`null`, or an empty cell).
 *
 * @throws DatumError (`dataset`) when the file cannot be read or is none of these.
 */
export async function readLabelMap(path: string): Promise<LabelMap> {
  const text = await readText(path);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (lines.length === 0) throw malformed(path, null, 'the label map is empty');
  const isCsv = !/^\s*\{/.test(text) && lines.every((line) => line.includes(',') && !/^[^,"]*:(\s|$)/.test(line));
  return isCsv ? fromCsv(path, text) : fromYaml(path, text);
}

/** JSON is YAML too. */
function fromYaml(path: string, text: string): LabelMap {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    const line = /at line (\d+)/.exec(messageOf(error))?.[1];
    const place = line === undefined ? null : { line: Number(line) };
    const problem =
      messageOf(error)
        .split('\n')[0]
        ?.replace(/ at line .*$/, '') ?? '';
    throw malformed(path, place, `the label map is neither JSON, YAML nor CSV (${problem})`, undefined, error);
  }
  return new Map(Object.entries(checked(object, value, path, '')));
}

function fromCsv(path: string, text: string): LabelMap {
  const map = new Map<string, string[]>();
  parseCsv(text, path).forEach((row, i) => {
    const [from, to, ...more] = row;
    if (from === undefined || from === '' || to === undefined || more.length > 0) {
      throw malformed(path, { line: i + 1 }, `a row is 'dataset name,model name', and this has ${row.length} columns`);
    }
    // A header line is one whose cells name the columns.
    if (i === 0 && /^dataset/i.test(from) && /^model/i.test(to)) return;
    const names = map.get(from) ?? [];
    if (to !== '') names.push(to);
    map.set(from, names);
  });
  return map;
}

import type { z } from 'zod';

import { malformed } from '../malformed.js';
import { readBytes } from '../text.js';
import { parseJson } from './splitter.js';

/**
 * Checks a value against a schema.
 *
 * @param at where the value stands in the file, such as `annotations[3]`; empty for the whole file.
 * @throws DatumError (`dataset`) naming the file and the path in it.
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown, path: string, at: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const inner = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  // `annotations[3]` takes `.bbox` behind it; `byte 17` and nothing at all do not.
  const joint = at === '' || at.includes(' ') ? inner.replace(/^\./, at === '' || inner === '' ? '' : ', ') : inner;
  const place = at + joint;
  throw malformed(
    path,
    place === '' ? null : { at: place },
    issue === undefined ? 'it does not fit the format' : problemOf(issue, value),
  );
}

/** What the types of values are called. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  record: 'an object',
  object: 'an object',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  tuple: 'a list',
};

/** What is wrong, in words of ours: schemas that say it themselves are taken at their word. */
function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (!/^(Invalid|Too|Unrecognized)\b/.test(issue.message)) return issue.message.replace(/\.$/, '');
  const found = issue.path.reduce<unknown>(
    (one, key) => (typeof one === 'object' && one !== null ? Reflect.get(one, key) : undefined),
    value,
  );
  if (found === undefined) return 'it is missing';
  const expected = issue.code === 'invalid_type' ? TYPES[issue.expected] : undefined;
  return `it is ${shown(found)}${expected === undefined ? ', which does not fit the format' : `, where ${expected} should be`}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return `the text "${value.slice(0, 40)}"`;
  return String(value);
}

/**
 * Reads a small JSON file whole.
 *
 * @throws DatumError (`dataset`) when it cannot be read, is not JSON, or does not fit the schema.
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const bytes = await readBytes(path);
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return checked(schema, parseJson(path, bytes.subarray(bom), 0), path, '');
}

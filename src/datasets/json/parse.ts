import { z } from 'zod';

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
    (issue?.message ?? 'it does not fit the format').replace(/\.$/, ''),
  );
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

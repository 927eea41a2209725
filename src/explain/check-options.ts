import type { z } from 'zod';
import { DatumError, option } from '../errors.js';
import { describeOptionError } from '../schema-issues.js';

/**
 * Checks options with their schema, which fills in what was left out.
 *
 * @throws DatumError (`usage`) naming the option that is not valid.
 */
export function checkOptions<Schema extends z.ZodObject>(schema: Schema, input: unknown): z.output<Schema> {
  if (typeof input !== 'object' || input === null) {
    throw new DatumError('usage', `the options are ${String(input)}: give an object with fields.`);
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new DatumError(
    'usage',
    describeOptionError(parsed.error, { ...input }, (name) => option(name)),
  );
}

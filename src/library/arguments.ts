import { z } from 'zod';
import { DatumError, option } from '../errors.js';
import type { MethodPlugin } from '../explain/plugin.js';
import type { TargetKind } from '../explain/targets/kind.js';
import { METRICS_LEVELS } from '../runs/measure/metrics-level.js';

/** Arguments of the library that TypeScript checks for some callers, and nobody for the others. */

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export const aFunction = <Type>() =>
  z.custom<Type>((value) => typeof value === 'function', 'must be a function').optional();

export const aSignal = z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional();

export const aBox = z.strictObject({
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
});

/** Options of a run that are no options of its method. */
export const runOptions = {
  method: z
    .union([
      z.string().min(1),
      z.custom<MethodPlugin>(
        (value) => isObject(value) && 'plan' in value,
        'must be a name, a path, or { name, plan }',
      ),
    ])
    .optional(),
  methodOptions: z.record(z.string(), z.unknown()).optional(),
  kinds: z
    .array(
      z.custom<TargetKind>(
        (value) => isObject(value) && 'kind' in value && 'select' in value,
        'must be kinds of targets',
      ),
    )
    .optional(),
  metrics: z.enum(METRICS_LEVELS).optional(),
  fullSize: z.boolean().optional(),
  signal: aSignal,
};

/**
 * A text of the caller's.
 *
 * @param name of the argument
 * @throws DatumError (`usage`) for anything else.
 */
export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new DatumError('usage', `${option(name)} must be a text, not ${value === '' ? 'an empty one' : typeof value}.`);
}

/** The options that a schema knows, and those that it does not. */
export function divided(
  options: unknown,
  schema: z.ZodObject,
): { readonly own: Record<string, unknown>; readonly others: Record<string, unknown> } {
  if (!isObject(options))
    throw new DatumError('usage', `the options are ${String(options)}: give an object with fields.`);
  const entries = Object.entries(options);
  const isOwn = ([name]: readonly [string, unknown]): boolean => name in schema.shape;
  return {
    own: Object.fromEntries(entries.filter(isOwn)),
    others: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  };
}

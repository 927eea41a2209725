import { z } from 'zod';
import { DatumError, option } from '../../errors.js';
import { commonOptionsSchema } from '../options.js';
import { checkOptions } from '../check-options.js';

/** The options of RISE itself. */
export const riseOwnSchema = z.strictObject({
  maskWidth: z.number().int().min(1).max(1024).default(7).meta({ description: 'mask cells over the width' }),
  maskHeight: z.number().int().min(1).max(1024).default(7).meta({ description: 'mask cells over the height' }),
  prob: z.number().gt(0).lt(1).default(0.5).meta({ description: 'share of cells kept' }),
  sampler: z
    .enum(['foldover', 'random', 'reference'])
    .default('foldover')
    .meta({ description: 'how masks are drawn: foldover (balanced), random, reference' }),
  estimator: z
    .enum(['regression', 'centered', 'average'])
    .default('regression')
    .meta({ description: 'how maps are computed: regression, centered, average' }),
  reference: z
    .boolean()
    .default(false)
    .meta({ description: "the paper's own code: its sampler (reference) and its estimator (average)" }),
});

/** All options of an explanation with RISE. */
export const riseOptionsSchema = commonOptionsSchema.extend(riseOwnSchema.shape);

/**
 * Every option resolved.
 *
 * @useDeclaredType
 */
export type RiseOptions = Omit<z.output<typeof riseOptionsSchema>, 'reference'>;

/**
 * What a caller may leave out.
 *
 * @useDeclaredType
 */
export type RiseInput = z.input<typeof riseOptionsSchema>;

/**
 * Checks options and fills in what was left out.
 *
 * @throws DatumError (`usage`) naming the option that is not valid, or two that contradict each other.
 */
export function resolveRiseOptions(input: RiseInput | Readonly<Record<string, unknown>>): RiseOptions {
  const { reference, ...options } = checkOptions(riseOptionsSchema, input);
  if (!reference) return options;
  if ((input.sampler ?? 'reference') !== 'reference' || (input.estimator ?? 'average') !== 'average') {
    throw new DatumError(
      'usage',
      `${option('reference')} is the paper's sampler and estimator: leave ${option('sampler')} and ${option('estimator')} out.`,
    );
  }
  return { ...options, sampler: 'reference', estimator: 'average' };
}

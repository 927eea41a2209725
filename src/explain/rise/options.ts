import { z } from 'zod';
import { DatumError, option } from '../../errors.js';
import { checkOptions } from '../check-options.js';
import type { MaskedTask } from '../method.js';
import { commonOptionsSchema, type Fill } from '../options.js';
import { masksOf, PRESETS, USUAL_PRESET } from './presets.js';

const BY_PRESET = '(default: by preset and task)';

/** The options of RISE itself. */
export const riseOwnSchema = z.strictObject({
  preset: z
    .enum(PRESETS)
    .optional()
    .meta({
      description: `a set of masks: reference (the paper's), fast, balanced, sharp; other options overrule it (default: ${USUAL_PRESET})`,
    }),
  maskWidth: cells('width'),
  maskHeight: cells('height'),
  prob: z.number().gt(0).lt(1).default(0.5).meta({ description: 'share of cells kept' }),
  sampler: z
    .enum(['foldover', 'random', 'reference'])
    .optional()
    .meta({ description: 'how masks are drawn: foldover (balanced), random, reference (default: by preset)' }),
  estimator: z
    .enum(['regression', 'centered', 'average'])
    .optional()
    .meta({ description: 'how maps are computed: regression, centered, average (default: by preset)' }),
  reference: z
    .boolean()
    .default(false)
    .meta({ description: "the paper's own code: its masks, its sampler (reference), its estimator (average)" }),
});

function cells(side: string) {
  const description = `mask cells over the ${side} ${BY_PRESET}`;
  return z.number().int().min(1).max(1024).optional().meta({ description });
}

/** All options of an explanation with RISE. */
export const riseOptionsSchema = commonOptionsSchema.extend(riseOwnSchema.shape);

type Checked = z.output<typeof riseOptionsSchema>;
/** What a preset decides, and itself. */
type Decided = Pick<Checked, 'preset' | 'maskWidth' | 'maskHeight' | 'sampler' | 'estimator'>;

/**
 * Every option resolved.
 *
 * @useDeclaredType
 */
export type RiseOptions = Omit<Checked, 'reference' | 'fill' | keyof Decided> & {
  [Name in keyof Decided]-?: NonNullable<Decided[Name]>;
} & { fill: Fill };

/**
 * What a caller may leave out.
 *
 * @useDeclaredType
 */
export type RiseInput = z.input<typeof riseOptionsSchema>;

/**
 * Checks options and fills in what was left out.
 *
 * @param task of the model that is explained
 * @throws DatumError (`usage`) naming the option that is not valid, or two that contradict each other.
 */
export function resolveRiseOptions(
  input: RiseInput | Readonly<Record<string, unknown>>,
  task: MaskedTask = 'either',
): RiseOptions {
  const { reference, ...options } = checkOptions(riseOptionsSchema, input);
  if (reference) {
    if ((input.sampler ?? 'reference') !== 'reference' || (input.estimator ?? 'average') !== 'average') {
      throw new DatumError(
        'usage',
        `${option('reference')} is the paper's sampler and estimator: leave ${option('sampler')} and ${option('estimator')} out.`,
      );
    }
    if ((input.preset ?? 'reference') !== 'reference') {
      throw new DatumError('usage', `${option('reference')} is ${option('preset', 'reference')}: give one of the two.`);
    }
  }
  const preset = reference ? 'reference' : (options.preset ?? USUAL_PRESET);
  const masks = masksOf(preset, task);
  return {
    ...options,
    preset,
    maskWidth: options.maskWidth ?? masks.maskWidth,
    maskHeight: options.maskHeight ?? masks.maskHeight,
    sampler: options.sampler ?? masks.sampler,
    estimator: options.estimator ?? masks.estimator,
    fill: options.fill ?? masks.fill,
  };
}

import { z } from 'zod';
import { DatumError } from '../../errors.js';
import { describeOptionError } from '../../schema-issues.js';

/**
 * The options of the RISE method: the one source of the library's validation, the flags and help of the command, and
 * the form of the live page. Names and meanings are a contract (`datum explain ... rise --help`).
 */
export const riseOptionsSchema = z.strictObject({
  maxSamples: z
    .number()
    .int()
    .min(1)
    .default(2000)
    .meta({ flag: '-s, --max-samples <n>', description: 'masked runs at most' }),
  maskWidth: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(7)
    .meta({ flag: '--mw, --mask-width <n>', description: 'mask cells over the width' }),
  maskHeight: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(7)
    .meta({ flag: '--mh, --mask-height <n>', description: 'mask cells over the height' }),
  prob: z.number().gt(0).lt(1).default(0.5).meta({ flag: '--prob <p>', description: 'share of cells kept' }),
  match: z
    .enum(['iou', 'd-rise'])
    .default('d-rise')
    .meta({ flag: '--match <how>', description: 'how boxes are scored' }),
  iouThresh: z
    .number()
    .gt(0)
    .max(1)
    .default(0.9)
    .meta({ flag: '--iou, --iou-thresh <x>', description: 'smallest IoU of a match, with --match iou' }),
  nmsIouThresh: z.number().gt(0).max(1).optional().meta({
    flag: '--nms, --nms-iou-thresh <x>',
    description: "largest IoU of two boxes of a class that are both explained (default: the interpreter's)",
  }),
  detConfThresh: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .meta({ flag: '--conf, --det-conf-thresh <x>', description: 'boxes with a lower score are not explained' }),
  maxBoxes: z
    .number()
    .int()
    .min(1)
    .default(20)
    .meta({ flag: '--max-boxes <n>', description: 'boxes explained, best first' }),
  topK: z
    .union([z.number().int().min(1), z.literal('all')])
    .default(1)
    .meta({ flag: '--top-k <k>', description: 'classes explained, best first, or "all" (classifiers)' }),
  classes: z
    .array(z.string())
    .optional()
    .meta({ flag: '--classes <a,b>', description: 'classes to explain, by name or id' }),
  box: z
    .array(
      z.strictObject({
        x: z.number(),
        y: z.number(),
        w: z.number().positive(),
        h: z.number().positive(),
        label: z.string().optional(),
      }),
    )
    .optional()
    .meta({
      flag: '--box <x,y,w,h[:label]>',
      description: 'a box to explain, in pixels of the picture, found by the model or not; may be repeated',
    }),
  fill: z
    .union([
      z.enum(['zero', 'mean', 'blur']),
      z.tuple([z.number().min(0).max(255), z.number().min(0).max(255), z.number().min(0).max(255)]),
    ])
    .default('zero')
    .meta({
      flag: '--fill <what>',
      description: 'what stands where a mask hides the picture: zero (after normalisation), mean, blur, or r,g,b',
    }),
  sampler: z
    .enum(['foldover', 'random', 'reference'])
    .default('foldover')
    .meta({ flag: '--sampler <name>', description: 'how masks are drawn: foldover (balanced), random, reference' }),
  estimator: z
    .enum(['regression', 'centered', 'average'])
    .default('regression')
    .meta({ flag: '--estimator <name>', description: 'how maps are computed: regression, centered, average' }),
  stopAt: z
    .union([z.number().gt(0).lt(1), z.literal('off')])
    .default(0.95)
    .meta({ flag: '--stop-at <r>', description: 'reliability of all maps at which to stop early, or "off"' }),
  timeBudget: z
    .number()
    .gt(0)
    .optional()
    .meta({ flag: '--time-budget <time>', description: 'stop with the best maps after this time, such as 10s or 2m' }),
  reference: z
    .boolean()
    .default(false)
    .meta({ flag: '--reference', description: "the paper's own code: --sampler reference --estimator average" }),
  batchSize: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ flag: '-b, --batch-size <n>', description: 'images a run of the model (default: chosen)' }),
  seed: z
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ flag: '--seed <n>', description: 'masks are a function of it' }),
});

/** Every option resolved. */
export type RiseOptions = Omit<z.output<typeof riseOptionsSchema>, 'reference'>;

/** What a caller may leave out. */
export type RiseInput = z.input<typeof riseOptionsSchema>;

/**
 * Checks options and fills in what was left out.
 *
 * @throws DatumError (`usage`) naming the option that is not valid, or two that contradict each other.
 */
export function resolveRiseOptions(input: RiseInput | Readonly<Record<string, unknown>>): RiseOptions {
  const parsed = riseOptionsSchema.safeParse(input);
  if (!parsed.success) throw new DatumError('usage', describeOptionError(parsed.error, input, optionName));
  const { reference, ...options } = parsed.data;
  if (!reference) return options;
  if ((input.sampler ?? 'reference') !== 'reference' || (input.estimator ?? 'average') !== 'average') {
    throw new DatumError(
      'usage',
      "--reference is the paper's sampler and estimator: leave --sampler and --estimator out.",
    );
  }
  return { ...options, sampler: 'reference', estimator: 'average' };
}

/** An option as the command line calls it. */
function optionName(name: string): string {
  const fields: Readonly<Record<string, z.ZodType>> = riseOptionsSchema.shape;
  const flag = fields[name]?.meta()?.['flag'];
  return typeof flag === 'string' ? (flag.replace(/ <.*/, '').split(', ').at(-1) ?? flag) : name;
}

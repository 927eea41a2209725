import { z } from 'zod';

/** In pixels of an image: no image has more of them along a side. */
const coordinate = z.number().min(-1e6).max(1e6);

/**
 * Options that every method has: what is explained, how it is scored, how long a run goes on. With a method's own
 * options they are the one source of the library's checks, the command's flags and help, and the page's form. Names and
 * meanings are a contract.
 */
export const commonOptionsSchema = z.strictObject({
  maxSamples: z.number().int().min(1).max(1e9).default(2000).meta({ description: 'masked runs at most' }),
  match: z.enum(['iou', 'd-rise']).default('d-rise').meta({ description: 'how boxes are scored' }),
  iouThresh: z.number().gt(0).max(1).default(0.9).meta({ description: 'smallest IoU of a match, where match is iou' }),
  nmsIouThresh: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .meta({ description: "largest IoU of two boxes of a class that are both explained (default: the interpreter's)" }),
  detConfThresh: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .meta({ description: 'boxes with a lower score are not explained' }),
  maxBoxes: z.number().int().min(1).max(10_000).default(20).meta({ description: 'boxes explained, best first' }),
  topK: z
    .union([z.number().int().min(1).max(1_000_000), z.literal('all')])
    .default(1)
    .meta({ description: 'classes explained, best first, or "all" (classifiers)' }),
  classes: z.array(z.string()).optional().meta({ description: 'classes to explain, by name or id' }),
  boxes: z
    .array(
      z.strictObject({
        x: coordinate,
        y: coordinate,
        width: coordinate.positive(),
        height: coordinate.positive(),
        label: z.string().optional(),
      }),
    )
    .optional()
    .meta({ description: 'a box to explain, in pixels of the image, found by the model or not; may be repeated' }),
  fill: z
    .union([
      z.enum(['auto', 'zero', 'mean', 'blur']),
      z.tuple([z.number().min(0).max(255), z.number().min(0).max(255), z.number().min(0).max(255)]),
    ])
    .optional()
    .meta({
      description:
        'what stands where a mask hides the image: zero (after normalization), mean, blur, r,g,b, or auto (blur, and zero where blur hides too little) (default: by preset and method)',
    }),
  stopAt: z
    .union([z.number().gt(0).lt(1), z.literal('off')])
    .default(0.95)
    .meta({ description: 'reliability of all maps at which to stop early, or "off"' }),
  timeBudget: z
    .number()
    .gt(0)
    .max(30 * 24 * 3600)
    .optional()
    .meta({ description: 'stop with the best maps after this time, such as 10s or 2m' }),
  batchSize: z
    .number()
    .int()
    .min(1)
    .max(4096)
    .optional()
    .meta({ description: 'images a run of the model (default: chosen)' }),
  seed: z
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: 'masks are a function of it' }),
});

/** The common options, checked; what a method decides may be missing. */
export type CheckedOptions = z.output<typeof commonOptionsSchema>;

/** What stands where a mask hides the image. */
export type Fill = NonNullable<CheckedOptions['fill']>;

/** The common options, resolved. */
export type CommonOptions = CheckedOptions & { fill: Fill };

/** What of them a caller may leave out. */
export type CommonInput = z.input<typeof commonOptionsSchema>;

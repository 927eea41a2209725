import { z } from 'zod';
import { VERDICTS } from '../../explain/verdict.js';

/** What is null where it was not asked for, not measured, or not known to the version that wrote it. */
const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

/** The name of a file beside the one that names it: a path would lead a reader elsewhere. */
export const fileNameSchema = z
  .string()
  .regex(/^(?!\.{1,2}$)[^/\\\0]+$/, 'must be the name of a file beside it, not a path');

/** A class of the model, by its number and its name. */
export const labelSchema = z.object({ id: z.number(), name: z.string() });

/** `[x, y, width, height]` in pixels of the image. */
export const boxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type BoxPixels = z.output<typeof boxSchema>;

export const sizeSchema = z.object({ width: z.number(), height: z.number() });

export const outcomeSchema = z.enum(['true-positive', 'wrong-class', 'false-positive', 'missed', 'ignored']);

/** Scores while pixels are removed or inserted in falling order of saliency; shares of pixels are 0..1. */
export const curveSchema = z.object({ shares: z.array(z.number()), scores: z.array(z.number()), auc: z.number() });
export type CurveRecord = z.output<typeof curveSchema>;

/** A smallest share of pixels that is known to change the answer, and the largest below that is known not to. */
const shareSchema = z.object({ share: z.number(), below: z.number().default(0) });

/** A region of the image, at a size of its own. */
const regionSchema = sizeSchema.extend({
  runs: z.string().describe('lengths of runs of pixels outside and inside in turn, row by row, the first outside'),
});
export type RegionRecord = z.output<typeof regionSchema>;

/** A map kept within the JSON: bytes between its smallest and its largest value. */
const inlineMapSchema = sizeSchema.extend({
  min: z.number().describe('in score units, of byte 0'),
  max: z.number().describe('of byte 255'),
  bytes: z.string().describe('[height, width] bytes in base64'),
});
export type InlineMap = z.output<typeof inlineMapSchema>;

/** A map kept in an image of many: `min + value / 65535 * (max - min)` is the saliency over the whole image. */
const storedMapSchema = sizeSchema.extend({
  file: fileNameSchema.describe('16-bit gray PNG, maps one below the other'),
  top: z.number().describe('first row of this map in it'),
  min: z.number().describe('in score units, of value 0'),
  max: z.number().describe('of value 65535'),
});
export type StoredMap = z.output<typeof storedMapSchema>;

/** What the verdict `unfaithful` rests on. */
const faithfulnessSchema = z.object({
  advantage: z
    .number()
    .nullable()
    .describe(
      'how much more the score changes along the map than along its own shape elsewhere, as a share of the score: below 0.1 the map is unfaithful; null where it was not asked for, since rho and oa are high',
    ),
  rho: orNull(z.number()).describe('rank correlation of predicted and measured scores of held-out masks'),
  oa: z
    .number()
    .describe('area under insertion less that under deletion, at nine shares of the pixels, in score units'),
  scale: z.number().describe('the score that the advantage is a share of'),
  runs: z.number().describe('images that went through the model to judge this target'),
});

/** How a target stands in a file: in an `explanation.json`, and without what is long in a line of `items.jsonl`. */
export const targetSchema = z.object({
  index: z.number(),
  kind: z.string().describe("'label', 'bbox', or a kind of the caller's own"),
  label: labelSchema.nullable(),
  bbox: boxSchema.nullable(),
  score: z.number().describe('of the model, on the whole image'),
  why: orNull(z.enum(['answer', 'asked', 'missed'])),
  heatmap: orNull(fileNameSchema),
  overlay: orNull(fileNameSchema),
  raw: orNull(fileNameSchema),
  error: orNull(fileNameSchema),
  map: orNull(storedMapSchema).describe('the map as runs over datasets keep it'),
  range: orNull(z.object({ min: z.number(), max: z.number() })).describe('of the map, in score units'),
  peak: orNull(z.object({ x: z.number(), y: z.number() })).describe('of the map, in pixels of the image'),
  reliability: orNull(z.number()).describe('expected correlation with the map of endless runs, 0..1'),
  meanStandardError: orNull(z.number()).describe('of the map, in score units'),
  verdict: orNull(z.enum(VERDICTS)).describe(
    'ok, noise (no more than chance or rounding), lost (almost never found under masks), weak (the score is too small), unfaithful (the map does not explain the score)',
  ),
  summary: orNull(z.string()).describe('what was found out, in a sentence; null in files of earlier versions'),
  faithfulness: orNull(faithfulnessSchema).describe(
    'whether the map explains the score; null where it was not judged: nobody asked for it, the verdict was not ok before, or the file is of an earlier version',
  ),
  significant: orNull(regionSchema).describe('where keeping pixels raises the score beyond doubt'),
  belief: orNull(
    z.object({
      baseline: z.number(),
      low: z.number(),
      median: z.number(),
      high: z.number(),
      filled: z.number(),
    }),
  ).describe('the score on the whole image, its 5, 50 and 95 % quantiles under masks, and on the fill alone'),
  deletion: orNull(curveSchema),
  insertion: orNull(curveSchema),
  deletionAuc: orNull(z.number()),
  insertionAuc: orNull(z.number()),
  boundary: orNull(
    z.object({
      removed: orNull(shareSchema.extend({ to: orNull(labelSchema) })).describe(
        'smallest share whose removal flips the answer, and to what (null: nothing is found)',
      ),
      sufficient: shareSchema.describe('smallest share that suffices when all else is filled'),
    }),
  ),
  contrast: orNull(
    z.object({
      label: labelSchema,
      file: orNull(fileNameSchema),
      map: orNull(z.union([storedMapSchema, inlineMapSchema])),
    }),
  ).describe('the second class, and the saliency of the target minus that of the second class'),
  evidence: orNull(fileNameSchema),
  outcome: orNull(outcomeSchema),
  truth: orNull(z.number()).describe("index into the truth's boxes for boxes, into its labels for classes"),
  iou: orNull(z.number()),
  pointing: orNull(z.boolean()),
  energyInObject: orNull(z.number()),
  energyOutside: orNull(z.number()),
  objectArea: orNull(z.number()).describe('share of the image under the object that energyInObject is about, 0..1'),
  energyInBox: orNull(z.number()).describe("share of the map's positive values in the target's own box, 0..1"),
  energyByObject: z.array(z.object({ truth: z.number(), energy: z.number() })).default([]),
  coarse: orNull(z.array(z.number())).describe(
    "the map's means on a grid of 16 x 16 cells over the image, row-major; in items.jsonl alone",
  ),
  coarseContrast: orNull(z.array(z.number())).describe('the same of the contrast'),
});

/** A target as files hold it; the one shape that reports, findings and pages read. */
export type TargetRecord = z.output<typeof targetSchema>;

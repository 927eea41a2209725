import { z } from 'zod';
import { versionField, type FileFormat } from './file-format.js';
import { notesSchema } from './notes.js';
import { boxSchema, labelSchema, sizeSchema, targetSchema } from './target.js';

const VERSION = 1;

const options = z.record(z.string(), z.unknown());

/** What annotators say of an image, with the model's numbers of each class. */
export const truthSchema = z.object({
  labels: z.array(labelSchema.extend({ model: z.array(z.number()) })),
  boxes: z.array(
    labelSchema.extend({
      model: z.array(z.number()),
      bbox: boxSchema,
      outcome: z.enum(['found', 'wrong-class', 'missed', 'ignored', 'unknown']),
    }),
  ),
});
export type TruthRecord = z.output<typeof truthSchema>;

/** How many answers of one image had each outcome. */
export const outcomeCountsSchema = z.object({
  truePositive: z.number(),
  falsePositive: z.number(),
  missed: z.number(),
  wrongClass: z.number(),
  ignored: z.number(),
});

/** `<image>-explanation.json` (a contract). Boxes and peaks are in pixels of the image; files are beside it. */
export const explanationSchema = z.object({
  version: versionField(VERSION),
  item: z
    .object({ id: z.string(), subset: z.string(), attributes: z.record(z.string(), z.unknown()).default({}) })
    .nullable()
    .default(null)
    .describe('the item of a dataset; null for an image explained by itself'),
  image: z.object({
    path: z.string().nullable(),
    width: z.number(),
    height: z.number(),
    mapScale: z.number().default(1).describe('map pixels for one pixel of the image, along each axis'),
  }),
  model: z.looseObject({
    name: z.string(),
    path: z.string().default(''),
    sha256: z.string(),
    launcher: z.string().default(''),
    engine: z.string().default(''),
    interpreter: z.string(),
    input: sizeSchema.default({ width: 0, height: 0 }),
    proposalsCut: z.boolean().default(false).describe('whether the model cuts its boxes itself'),
  }),
  method: z.object({ name: z.string(), options }),
  run: z.object({
    samples: z.number().describe('masks scored'),
    forwards: z.number().default(0).describe('images that went through the model'),
    judgingForwards: z
      .number()
      .default(0)
      .describe('those of them that went through it to judge whether maps explain the scores'),
    seconds: z.number().nullable().default(null),
    workers: z.number().nullable().default(null),
    stopped: z.string(),
  }),
  truth: truthSchema.nullable().default(null),
  outcomes: outcomeCountsSchema.nullable().default(null),
  targets: z.array(targetSchema),
  notes: notesSchema,
});

export const EXPLANATION = {
  name: 'explanation.json',
  title: 'Which pixels of an image made a model answer what it answered.',
  version: VERSION,
  schema: explanationSchema,
  kind: 'output',
  mend: 'explain the image again',
} as const satisfies FileFormat;

/** An explanation as its file holds it. */
export type ExplanationRecord = z.output<typeof explanationSchema>;

import { z } from 'zod';
import { versionField, type FileFormat } from './file-format.js';

const VERSION = 1;

const tallySchema = z.object({
  count: z.number(),
  first: z.array(z.string()).describe('ids of the first items in which it was met'),
});

/** What was read of a dataset when a run over it began. */
const readingSchema = z.object({
  reason: z.string().nullable().describe('why it is read as this format; null where the format was named'),
  images: z.number(),
  missing: z.number().describe('images that are named and not there'),
  annotated: z.number().describe('images that annotators have looked at'),
  boxes: z.number(),
  labels: z.number().describe('classes of whole images'),
  classes: z.number(),
  ignored: z.number().describe('boxes of crowds and difficult ones, neither found nor missed'),
  malformed: tallySchema.describe('items whose annotations cannot be read'),
  passedOver: z.record(z.string(), tallySchema).describe('what was not read, by its kind in words'),
  remarks: z.record(z.string(), tallySchema).describe('how images were read, in words'),
  unlooked: z.array(z.string()).describe('subsets without any annotation: nobody looked at them'),
  notes: z.array(z.string()).describe('what the format says of itself'),
  sentences: z.array(z.string()).describe('all of it in words'),
});

const sideSchema = z.number().int().min(1).optional();

const jsonObject = z.record(z.string(), z.unknown());

/**
 * `run.json`: all that decides what a run over a dataset writes, so that it can be taken up again and refused when
 * something was changed. How fast it goes (workers) is not in it.
 */
export const runSchema = z.object({
  version: versionField(VERSION),
  model: z.object({
    name: z.string(),
    sha256: z.string(),
    interpreter: z.string(),
    input: z.looseObject({ width: sideSchema, height: sideSchema }),
    preprocessing: jsonObject,
    labels: z.string().nullable().describe('hash of the names of its classes'),
    classScore: z
      .literal('greatest')
      .nullable()
      .default(null)
      .describe(
        'how a class of a detector is scored: by the greatest score of its proposals; null for a classifier, and in files of earlier versions, where it was the sum over its boxes',
      ),
  }),
  dataset: z.object({
    format: z.string(),
    root: z.string(),
    items: z.number().int().min(0).describe('chosen items, of all shards'),
    fingerprint: z.string().describe('hash of their ids and annotations'),
    labels: z
      .record(z.string(), z.array(z.number()))
      .nullable()
      .describe("the model's classes for each class of the dataset, by name"),
    match: z.string().nullable().default(null).describe('how the classes were matched, in words'),
    read: readingSchema
      .nullable()
      .default(null)
      .describe('what was read of it; null in files of version 0.2.0 and before'),
  }),
  choice: z.object({
    subset: z.string().nullable(),
    filter: z.string().nullable(),
    limit: z.number().nullable(),
    only: z.string().nullable(),
  }),
  shard: z
    .object({ index: z.number().int().min(1), count: z.number().int().min(1) })
    .refine(({ index, count }) => index <= count, 'must be one of those that are counted')
    .nullable(),
  method: z.object({ name: z.string(), options: jsonObject.describe('every option, resolved') }),
  metrics: z.string(),
  fullSize: z.boolean(),
  save: z.array(z.string()),
  given: jsonObject
    .nullable()
    .default(null)
    .describe('the options that the person gave, by name; null in files of version 0.1.0'),
});

export const RUN = {
  name: 'run.json',
  title: 'What decides the results of a run over a dataset.',
  version: VERSION,
  schema: runSchema,
  kind: 'output',
  mend: 'choose another folder',
} as const satisfies FileFormat;

export type RunRecord = z.output<typeof runSchema>;

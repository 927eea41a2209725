import { z } from 'zod';
import { versionField, type FileFormat } from './file-format.js';
import { labelSchema, outcomeSchema } from './target.js';

const VERSION = 1;

const bound = z.number().nullable();

/** A share with its 95 % interval; bounds are null where there are too few images. */
const shareSchema = z
  .object({ value: z.number(), low: bound, high: bound, count: z.number(), of: z.number(), items: z.number() })
  .nullable();
const meanSchema = z
  .object({ value: z.number(), low: bound, high: bound, of: z.number(), items: z.number() })
  .nullable();

/** Figures of a group of targets, each with its interval and what it was made of; null where nothing was. */
const figures = {
  targets: z.number(),
  items: z.number().describe('images that they come from'),
  pointing: shareSchema,
  leftOut: z
    .object({ noise: z.number(), lost: z.number(), weak: z.number(), unfaithful: z.number() })
    .default({ noise: 0, lost: 0, weak: 0, unfaithful: 0 })
    .describe('targets whose maps are left out of all figures but the score, by verdict'),
  means: z.object({
    score: meanSchema,
    energyInObject: meanSchema,
    energyOutside: meanSchema,
    energyInBox: meanSchema,
    deletionAuc: meanSchema,
    insertionAuc: meanSchema,
    removedShare: meanSchema,
    sufficientShare: meanSchema,
    reliability: meanSchema,
  }),
};

const classFigures = {
  ...figures,
  outcomes: z.object({
    'true-positive': z.number(),
    'wrong-class': z.number(),
    'false-positive': z.number(),
    missed: z.number(),
    ignored: z.number(),
  }),
  precision: shareSchema,
  recall: shareSchema,
  byOutcome: z.partialRecord(outcomeSchema, z.object(figures)),
};

/** `summary.json`: figures over all items and by class. */
const summarySchema = z.object({
  version: versionField(VERSION),
  complete: z.boolean().describe('whether every item of the run is in it'),
  model: z.object({ name: z.string(), sha256: z.string() }),
  dataset: z.object({ format: z.string(), root: z.string() }),
  shard: z.object({ index: z.number(), count: z.number() }).nullable(),
  metrics: z.string(),
  items: z.object({
    chosen: z.number(),
    explained: z.number(),
    skipped: z.number(),
    failed: z.number(),
    annotated: z.number(),
  }),
  failures: z.array(z.object({ id: z.string(), error: z.object({ kind: z.string(), message: z.string() }) })),
  overall: z.object(classFigures),
  classes: z.array(z.object({ ...classFigures, label: labelSchema })),
});

export const SUMMARY = {
  name: 'summary.json',
  title: 'Figures of a run over a dataset.',
  version: VERSION,
  schema: summarySchema,
  kind: 'output',
  mend: 'start the run again, and it is written anew',
} as const satisfies FileFormat;

import { z } from 'zod';
import { versionField, type FileFormat } from './file-format.js';
import { outcomeCountsSchema, truthSchema } from './explanation.js';
import { notesSchema } from './notes.js';
import { fileNameSchema, targetSchema } from './target.js';

const VERSION = 1;

const base = { version: versionField(VERSION), index: z.number().int().min(0), id: z.string(), subset: z.string() };

/**
 * One line of `items.jsonl`: what became of an item. Lines stand in the order in which items were chosen, and hold
 * nothing that differs between two runs of the same work: no times. Boxes are in pixels of the image, files relative to
 * `folder`, which is relative to the run's folder.
 */
export const itemSchema = z.discriminatedUnion('status', [
  z.object({
    ...base,
    status: z.literal('ok'),
    image: z.object({ path: z.string().nullable(), width: z.number().int().min(1), height: z.number().int().min(1) }),
    folder: z.string().regex(/^items(\/(?!\.{1,2}(\/|$))[^/\\\0]+)*$/, 'must be a folder below items'),
    explanation: fileNameSchema.nullable().describe("the item's own file, with curves and regions"),
    run: z.object({
      samples: z.number(),
      forwards: z.number(),
      metricForwards: z.number().describe('to measure and to judge'),
      judgingForwards: z.number().default(0).describe('those of them to judge whether maps explain the scores'),
      stopped: z.string(),
    }),
    truth: truthSchema.nullable(),
    outcomes: outcomeCountsSchema.nullable(),
    targets: z.array(targetSchema),
    notes: notesSchema,
  }),
  z.object({ ...base, status: z.literal('skipped'), reason: z.string() }).describe('left out by the option only'),
  z.object({ ...base, status: z.literal('failed'), error: z.object({ kind: z.string(), message: z.string() }) }),
]);

export const ITEM = {
  name: 'items.jsonl',
  title: 'A line of items.jsonl: what became of an item of a dataset.',
  version: VERSION,
  schema: itemSchema,
  kind: 'output',
  mend: 'remove the lines from there on, and the items are explained again',
} as const satisfies FileFormat;

export type ItemRecord = z.output<typeof itemSchema>;
export type ExplainedRecord = Extract<ItemRecord, { status: 'ok' }>;
export type FailedRecord = Extract<ItemRecord, { status: 'failed' }>;

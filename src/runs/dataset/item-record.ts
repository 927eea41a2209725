import { z } from 'zod';

/**
 * One line of `items.jsonl`: what became of an item. Lines stand in the order in which items were chosen, and hold nothing
 * that differs between two runs of the same work: no times. Boxes are in pixels of the picture, files relative to
 * `folder`, which is relative to the run's folder.
 */
const classSchema = z.object({ id: z.number(), name: z.string() });
const bboxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const share = z.object({ share: z.number(), below: z.number() });
const outcomeSchema = z.enum(['true-positive', 'wrong-class', 'false-positive', 'missed', 'ignored']);

/** Fields beyond these are those of the target in the explanation's JSON. */
const targetSchema = z.looseObject({
  index: z.number(),
  kind: z.enum(['label', 'bbox']),
  label: classSchema.nullable(),
  bbox: bboxSchema.nullable(),
  score: z.number(),
  /** How sure the map is, where the run found out: see the explanation's JSON. */
  reliability: z.number().nullish(),
  verdict: z.string().nullish(),
  outcome: outcomeSchema.nullable(),
  /** Index into the truth's boxes for boxes, into its labels for classes. */
  truth: z.number().nullable(),
  iou: z.number().nullable(),
  pointing: z.boolean().nullable(),
  energyInObject: z.number().nullable(),
  energyOutside: z.number().nullable(),
  energyInBox: z.number().nullable(),
  energyByObject: z.array(z.object({ truth: z.number(), energy: z.number() })),
  /** Areas under the deletion and insertion curves; the curves are in the explanation's JSON. */
  deletionAuc: z.number().nullable(),
  insertionAuc: z.number().nullable(),
  boundary: z
    .object({
      removed: share.extend({ to: classSchema.nullable() }).nullable(),
      sufficient: share,
    })
    .nullable(),
  /** The class held against, and the picture of the contrast. */
  contrast: z.object({ label: classSchema, file: z.string().nullable() }).nullable(),
  /** The picture of the evidence that suffices. */
  evidence: z.string().nullable(),
  /** The map's means on a grid of 16 x 16 cells over the picture, row-major. */
  coarse: z.array(z.number()),
  /** The same of the contrast. */
  coarseContrast: z.array(z.number()).nullable(),
});

const truthSchema = z.object({
  labels: z.array(classSchema.extend({ model: z.array(z.number()) })),
  boxes: z.array(
    classSchema.extend({
      model: z.array(z.number()),
      bbox: bboxSchema,
      outcome: z.enum(['found', 'wrong-class', 'missed', 'ignored', 'unknown']),
    }),
  ),
});

const base = { index: z.number(), id: z.string(), subset: z.string() };

export const itemRecordSchema = z.discriminatedUnion('status', [
  z.object({
    ...base,
    status: z.literal('ok'),
    image: z.object({ path: z.string().nullable(), width: z.number(), height: z.number() }),
    folder: z.string(),
    explanation: z.string().nullable(),
    run: z.object({
      samples: z.number(),
      forwards: z.number(),
      metricForwards: z.number(),
      stopped: z.string(),
    }),
    truth: truthSchema.nullable(),
    outcomes: z
      .object({
        truePositive: z.number(),
        falsePositive: z.number(),
        missed: z.number(),
        wrongClass: z.number(),
        ignored: z.number(),
      })
      .nullable(),
    targets: z.array(targetSchema),
    notes: z.array(z.string()),
  }),
  /** Left out by `--only`. */
  z.object({ ...base, status: z.literal('skipped'), reason: z.string() }),
  z.object({ ...base, status: z.literal('failed'), error: z.object({ kind: z.string(), message: z.string() }) }),
]);

export type ItemRecord = z.output<typeof itemRecordSchema>;
export type ExplainedRecord = Extract<ItemRecord, { status: 'ok' }>;
export type TargetRecord = z.output<typeof targetSchema>;

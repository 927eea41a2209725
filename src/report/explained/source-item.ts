import { z } from 'zod';

/** Absent and null are the same: older files and single pictures have fewer fields. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

const classSchema = z.object({ id: z.number(), name: z.string() });
const bboxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const sizeSchema = z.object({ width: z.number(), height: z.number() });
const curveSchema = z.object({ shares: z.array(z.number()), scores: z.array(z.number()), auc: z.number() });

/** A target as reports read it, from a line of `items.jsonl` and from an `-explanation.json`. Boxes are in pixels. */
export const sourceTargetSchema = z.object({
  index: z.number(),
  kind: z.enum(['label', 'bbox']),
  label: classSchema.nullable(),
  bbox: bboxSchema.nullable(),
  score: z.number(),
  heatmap: optional(z.string()),
  raw: optional(z.string()),
  range: optional(z.object({ min: z.number(), max: z.number() })),
  reliability: optional(z.number()),
  meanStandardError: optional(z.number()),
  verdict: optional(z.enum(['ok', 'noise', 'lost'])),
  belief: optional(
    z.object({
      baseline: z.number(),
      low: z.number(),
      median: z.number(),
      high: z.number(),
      filled: z.number(),
    }),
  ),
  outcome: optional(z.enum(['true-positive', 'wrong-class', 'false-positive', 'missed', 'ignored'])),
  truth: optional(z.number()),
  iou: optional(z.number()),
  pointing: optional(z.boolean()),
  energyInObject: optional(z.number()),
  energyInBox: optional(z.number()),
  deletionAuc: optional(z.number()),
  insertionAuc: optional(z.number()),
  deletion: optional(curveSchema),
  insertion: optional(curveSchema),
  boundary: optional(
    z.object({
      removed: optional(z.object({ share: z.number(), to: optional(classSchema) })),
      sufficient: z.object({ share: z.number() }),
    }),
  ),
  significant: optional(sizeSchema.extend({ runs: z.string() })),
  contrast: optional(
    z.object({
      label: classSchema,
      map: optional(sizeSchema.extend({ min: z.number(), max: z.number(), bytes: z.string() })),
    }),
  ),
  coarse: optional(z.array(z.number())),
  coarseContrast: optional(z.array(z.number())),
});
export type SourceTarget = z.output<typeof sourceTargetSchema>;

/** The truth of a picture, with the model's numbers of each class. */
export interface SourceTruth {
  readonly labels: readonly { readonly name: string; readonly model: readonly number[] }[];
  readonly boxes: readonly {
    readonly name: string;
    readonly model: readonly number[];
    readonly bbox: readonly [number, number, number, number];
    readonly outcome: string;
  }[];
}

/** An item of an explained folder. */
export interface SourceItem {
  readonly id: string;
  readonly subset: string;
  readonly status: 'ok' | 'skipped' | 'failed';
  /** Why it was skipped or failed; else null. */
  readonly message: string | null;
  /** Absolute path of the folder that the targets' files are in. */
  readonly folder: string;
  readonly image: { readonly path: string | null; readonly width: number; readonly height: number };
  readonly truth: SourceTruth | null;
  /** Masked runs; null where the item was not explained. */
  readonly samples: number | null;
  readonly stopped: string | null;
  readonly targets: readonly SourceTarget[];
  readonly notes: readonly string[];
}

/** What a run was made with. */
export interface SourceModel {
  readonly name: string;
  readonly sha256: string;
  readonly interpreter: string;
  /** What else is known, by name. */
  readonly more: Readonly<Record<string, unknown>>;
}

/** A folder that `datum explain -o` wrote. */
export interface ExplainedRun {
  /** Absolute. */
  readonly folder: string;
  readonly model: SourceModel;
  readonly method: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  /** Null for single pictures. */
  readonly dataset: {
    readonly format: string;
    readonly root: string;
    /** The model's numbers for each class of the dataset. */
    readonly labels: Readonly<Record<string, readonly number[]>> | null;
    /** What was chosen of it, by name. */
    readonly choice: Readonly<Record<string, unknown>>;
  } | null;
  readonly items: readonly SourceItem[];
}

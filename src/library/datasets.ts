import { resolve } from 'node:path';
import {
  openDataset as openDatasetFiles,
  parseShard,
  readLabelMap,
  type Attributes,
  type Dataset,
  type DatasetItem,
  type ImageSize,
  type LabelMap,
  type OpenDatasetOptions,
  type Reading,
  type Segmentation,
  type Tally,
  type TrueBox,
  type TrueLabel,
} from '../datasets/index.js';
import { z } from 'zod';
import { DatumError } from '../errors.js';
import { checkOptions } from '../explain/check-options.js';
import type { MethodPlugin } from '../explain/plugin.js';
import type { RiseInput } from '../explain/rise/options.js';
import type { TargetKind } from '../explain/targets/kind.js';
import { checkWritable } from '../files.js';
import { ITEM_SAVED, saveItem } from '../report/save-item.js';
import { MEASURED_SAVEABLE, type MeasuredSaveable } from '../report/save-explanation.js';
import { itemOf } from '../results/read-run.js';
import type { Summary } from '../results/run/summary.js';
import { classMatch } from '../runs/dataset/class-match.js';
import { ONLY, type Only } from '../runs/dataset/explain-item.js';
import { runDataset, type RunProgress } from '../runs/dataset/run-dataset.js';
import { loadMethod } from '../runs/load-method.js';
import type { MetricsLevel } from '../runs/measure/metrics-level.js';
import { explainedItem, type ExplainedItem } from './explained.js';
import { aFunction, divided, runOptions, text } from './arguments.js';
import { LibraryModel } from './model.js';
import type { Model } from './open-model.js';
import type { Run } from './run.js';

/**
 * Opens a dataset: a folder, or the main file of one, whose format is told by its content or named behind a colon.
 *
 * @param target `path` or `path:format`, such as `data/voc` or `data/instances_val.json:coco`; with `options.format` a path
 * @throws DatumError (`dataset`) when there is no such path, the format is not clear, or a file is malformed.
 */
export async function openDataset(target: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  return openDatasetFiles(text(target, 'target'), options);
}

export type {
  Attributes,
  Dataset,
  DatasetItem,
  ImageSize,
  OpenDatasetOptions,
  Reading,
  RunProgress,
  Segmentation,
  Summary,
  Tally,
  TrueBox,
  TrueLabel,
};

/** Which items of a dataset are explained, how, and where the results go. */
export interface ExplainDatasetOptions extends Omit<RiseInput, 'boxes' | 'timeBudget'> {
  /** Folder of the results: made where it is missing; a run that is in it goes on. */
  readonly out: string;
  /** Items of this subset alone. */
  readonly subset?: string | undefined;
  /** Items that fit an expression, such as `label=cat and width>640`. */
  readonly filter?: string | undefined;
  /** A random sample of so many items, by the seed. */
  readonly limit?: number | undefined;
  /** Items whose answer is of this kind alone. */
  readonly only?: Only | undefined;
  /** A part of the items, such as `1/4`. */
  readonly shard?: string | undefined;
  /** Names of the model's classes by the name of the dataset's class, where they do not match; or the path of a file. */
  readonly labelMap?: string | Readonly<Record<string, string | readonly string[] | null>> | undefined;
  /** The way to explain: a name, the path of a module, or a value of the caller's own; `rise` where absent. */
  readonly method?: string | MethodPlugin | undefined;
  /** Options of a method of the caller's own. */
  readonly methodOptions?: Readonly<Record<string, unknown>> | undefined;
  /** Kinds of targets beside, or in the place of, labels and boxes. */
  readonly kinds?: readonly TargetKind[] | undefined;
  /** How much is measured on the maps; `fast` where absent. */
  readonly metrics?: MetricsLevel | undefined;
  /** What is saved of each item beside its line; `json`, and with it small maps, where absent. */
  readonly save?: readonly MeasuredSaveable[] | undefined;
  /** Maps at the image's size even above 4 megapixels. */
  readonly fullSize?: boolean | undefined;
  /** Told how far it is, after every item. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Cancels the run: it rejects with a DatumError of kind `interrupted`, and what is done stays. */
  readonly signal?: AbortSignal | undefined;
}

const optionsSchema = z.strictObject({
  ...runOptions,
  out: z.string().min(1),
  subset: z.string().optional(),
  filter: z.string().optional(),
  limit: z.number().int().min(1).max(1e9).optional(),
  only: z.enum(ONLY).optional(),
  shard: z.string().optional(),
  labelMap: z
    .union([z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]))])
    .optional(),
  save: z.array(z.enum(MEASURED_SAVEABLE)).optional(),
  onProgress: aFunction<NonNullable<ExplainDatasetOptions['onProgress']>>(),
});

/** What a run over a dataset came to. */
export interface DatasetResult {
  /** Absolute path of the results. */
  readonly folder: string;
  readonly progress: RunProgress;
  /** Figures over all items and by class, those of earlier runs included. */
  readonly summary: Summary;
  /** Whether it was stopped before all items were done: the same call goes on. */
  readonly interrupted: boolean;
}

/**
 * A dataset being explained. Loop over it for its items as they are written; `await` it for the figures; `stop()` it to
 * go on later. Items that an earlier run had done are not seen again: `openExplained` has all.
 */
export type DatasetRun = Run<ExplainedItem, DatasetResult>;

/**
 * Explains the items of a dataset into a folder. A run that was ended at any moment, killed or stopped, goes on where it
 * was when it is called again with the same options, and ends with the same files.
 *
 * @throws DatumError, by the run: `output` where the folder is in use, holds another run or cannot be written; `usage` for
 *   options that make no sense with the model or the dataset.
 */
export function explainDataset(model: Model, dataset: Dataset, options: ExplainDatasetOptions): DatasetRun {
  const core = LibraryModel.coreOf(model);
  const { own, others: given } = divided(options, optionsSchema);
  const checked = checkOptions(optionsSchema, own);
  const { subset, filter, limit, only, shard, labelMap, method, methodOptions, kinds } = checked;
  const { metrics = 'fast', save = ITEM_SAVED, fullSize = false, onProgress, signal } = checked;
  checkDataset(dataset);
  const folder = resolve(checked.out);
  return LibraryModel.begin<ExplainedItem, DatasetResult>(
    model,
    async (tell, { stopped, cancelled }) => {
      await checkWritable(folder);
      const map = await labelMapOf(labelMap);
      const chosen = method === undefined ? undefined : await loadMethod(method);
      const { progress, summary, interrupted } = await runDataset({
        model: core,
        dataset,
        classes: classMatch(dataset, core.info, map),
        choice: { subset: subset ?? null, filter: filter ?? null, limit: limit ?? null },
        shard: shard === undefined ? null : parseShard(shard),
        options: {
          given: { ...given, ...methodOptions },
          method: chosen,
          kinds,
          metrics,
          only: only ?? null,
          fullSize,
          signal: AbortSignal.any([stopped, cancelled]),
        },
        given: {
          ...(checked.metrics === undefined ? {} : { metrics }),
          ...(checked.save === undefined ? {} : { save: [...save] }),
          ...(fullSize ? { fullSize } : {}),
        },
        save,
        folder,
        write: saveItem,
        watch: (event) => {
          if (event.kind === 'counts') onProgress?.(event.progress);
        },
        onRecord: async (record) => tell(explainedItem(await itemOf(folder, record, false))),
      });
      return { folder, progress, summary, interrupted };
    },
    { delivery: 'every', cancelWaits: true, signal },
  );
}

function checkDataset(dataset: unknown): void {
  if (typeof dataset === 'object' && dataset !== null && 'items' in dataset && 'labelNames' in dataset) return;
  throw new DatumError(
    'usage',
    `this is no dataset: give what openDataset gives, not ${dataset === null ? 'null' : typeof dataset}.`,
  );
}

async function labelMapOf(given: ExplainDatasetOptions['labelMap']): Promise<LabelMap | undefined> {
  if (given === undefined) return undefined;
  if (typeof given === 'string') return readLabelMap(given);
  const names = (value: string | readonly string[] | null): readonly string[] =>
    value === null ? [] : typeof value === 'string' ? [value] : value;
  return new Map(Object.entries(given).map(([name, value]) => [name, names(value)]));
}

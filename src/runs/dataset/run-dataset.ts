import { z } from 'zod';
import type { Dataset, Reading, Shard } from '../../datasets/index.js';
import { DatumError, option, type ErrorKind } from '../../errors.js';
import { recordedOptions, resolveOptions, withoutSampleSeed } from '../../explain/method.js';
import { commonOptionsSchema } from '../../explain/options.js';
import { checkOptions as checkedOptions } from '../../explain/check-options.js';
import { riseMethod } from '../../explain/rise/method.js';
import { inOrder } from '../../models/in-order.js';
import type { OpenModel } from '../../models/open-model.js';
import { ThreadLost } from '../../models/thread-lost.js';
import type { JudgedItem } from '../../results/judged.js';
import { placeOfItem, type ItemPlace } from '../../results/run/item-place.js';
import { RunFolder } from '../../results/run/run-folder.js';
import { readRunRecord } from '../../results/run/run-record.js';
import { writeSummary, type Summary } from '../../results/run/summary.js';
import { ITEM, type ExplainedRecord, type ItemRecord } from '../../results/schema/item.js';
import type { RunRecord } from '../../results/schema/run.js';
import { METRICS_LEVELS, type MetricsLevel } from '../measure/metrics-level.js';
import type { ClassMatch } from './class-match.js';
import { chooseItems, surveyItems, type ChosenItem, type ItemChoice, type Survey } from './choose-items.js';
import { explainItem, type ItemEvent, type ItemOptions } from './explain-item.js';
import { refuseDatasetFolder } from './refuse-dataset-folder.js';
import { runRecordOf } from './run-record.js';
import { truthOf } from './truth.js';

/** Where an item's files go. */
export interface ItemDestination extends ItemPlace {
  /** The run's folder. */
  readonly root: string;
  readonly index: number;
  /** What is saved of it. */
  readonly save: readonly string[];
}

/** Writes an item's files, below the run's folder, and says what its line shall hold. */
export type ItemWriter = (judged: JudgedItem, destination: ItemDestination) => Promise<ExplainedRecord>;

export interface DatasetRun {
  readonly model: OpenModel;
  readonly dataset: Dataset;
  /** How the dataset's classes are called in the model. */
  readonly classes: ClassMatch;
  /** Which items; the seed of a sample is the method's. */
  readonly choice: Omit<ItemChoice, 'seed'>;
  readonly shard: Shard | null;
  readonly options: ItemOptions;
  /** What is saved of each item beside its small maps. */
  readonly save: readonly string[];
  /** Which of the options that are no options of the method the person gave; `metrics`, `save`, `fullSize`. */
  readonly given?: Readonly<Record<string, unknown>> | undefined;
  /** Folder of the results. */
  readonly folder: string;
  readonly write: ItemWriter;
  /** Told when it is known how much there is to do, after every item, and what items at work say of themselves. */
  readonly watch?: ((event: DatasetEvent) => void) | undefined;
  /** Given every item when its line is written, in order; it is waited for. */
  readonly onRecord?: ((record: ItemRecord) => Promise<void>) | undefined;
}

/** What a run over a dataset says while it goes on. */
export type DatasetEvent =
  | ItemEvent
  /** The dataset was read once, before the first item is explained. */
  | { readonly kind: 'read'; readonly reading: Reading; readonly chosen: number }
  | { readonly kind: 'counts'; readonly progress: RunProgress }
  /** A run before this one ended without a word while it explained some items: was killed, or a model took it along. */
  | { readonly kind: 'ended-before'; readonly items: readonly string[] };

/** How far a run over a dataset is. */
export interface RunProgress {
  /** Items of this shard that are done, those of earlier runs included. */
  readonly done: number;
  readonly total: number;
  /** Items that earlier runs had done. */
  readonly before: number;
  /** Items of this run that failed. */
  readonly failed: number;
}

export interface DatasetRunResult {
  readonly progress: RunProgress;
  readonly summary: Summary;
  /** Whether the signal ended it early. */
  readonly interrupted: boolean;
}

/** Errors of one item, which do not end the run. */
const ITEM_ERRORS: ReadonlySet<ErrorKind> = new Set(['image', 'dataset', 'model', 'interpreter']);

/**
 * Explains the items of a dataset into a folder: files in `items/<id>/`, a line of `items.jsonl` for each item, in the
 * items' order, and `summary.json` at the end. A run that was ended at any moment, killed or interrupted, goes on where
 * it was when it is started again, with the options that it began with, and ends with the same files.
 *
 * @throws DatumError: `output` when the folder is in use, holds another run or cannot be written; `usage` for options
 *   that make no sense with the model or the dataset.
 */
export async function runDataset(run: DatasetRun): Promise<DatasetRunResult> {
  const { model, dataset, classes, shard } = run;
  const { method = riseMethod, given } = run.options;
  checkOptions(run);
  await refuseDatasetFolder(run.folder, dataset);
  const isSample = run.choice.limit !== null;
  const options = isSample ? { ...run.options, given: withoutSampleSeed(method, given) } : run.options;
  const resolved = resolveOptions(method, { ...model.info.facts.thresholds, ...options.given }, model.info.task);
  const { seed } = checkedOptions(z.strictObject({ seed: commonOptionsSchema.shape.seed }), { seed: given['seed'] });
  const choice = { ...run.choice, seed: await seedOf(run, seed) };
  const survey = await surveyItems(dataset, choice, shard);
  run.watch?.({ kind: 'read', reading: survey.reading, chosen: survey.items });
  if (survey.items === 0) {
    throw new DatumError(
      'usage',
      `no item of ${dataset.root} is chosen: see ${option('subset')} and ${option('filter')}.`,
      { file: dataset.root },
    );
  }
  const record = runRecordOf({
    model: model.info,
    dataset,
    classes,
    choice,
    survey,
    shard,
    only: options.only,
    method: {
      name: method.name,
      options: { ...recordedOptions(method, resolved), ...(isSample ? { seed: choice.seed } : {}) },
    },
    metrics: options.metrics,
    fullSize: options.fullSize,
    save: run.save,
    given: { ...given, ...run.given },
  });
  const folder = await RunFolder.open(run.folder, record);
  try {
    if (folder.underWay.length > 0) run.watch?.({ kind: 'ended-before', items: folder.underWay });
    return await explainAll({ ...run, options: begunWith(options, folder.record) }, choice, folder, survey);
  } finally {
    await folder.close();
  }
}

/** The seed of a sample: that which the run in the folder began with, unless another is given. */
async function seedOf({ folder, options }: DatasetRun, resolved: number): Promise<number> {
  if (options.given['seed'] !== undefined) return resolved;
  const before = (await readRunRecord(folder))?.method.options['seed'];
  return typeof before === 'number' ? before : resolved;
}

/** Options as the run began with: what was a default then stays so, also where it is another one now. */
function begunWith(options: ItemOptions, record: RunRecord): ItemOptions {
  const { method = riseMethod } = options;
  return {
    ...options,
    resolved: resolveOptions(method, withoutSampleSeed(method, record.method.options)),
    metrics: METRICS_LEVELS.find((level): level is MetricsLevel => level === record.metrics) ?? options.metrics,
    fullSize: record.fullSize,
  };
}

function checkOptions({ classes: { match }, options, dataset }: DatasetRun): void {
  const { given, only } = options;
  if (given['boxes'] !== undefined) {
    throw new DatumError('usage', `${option('boxes')} is for a single image: leave it out for a dataset.`);
  }
  if (given['timeBudget'] !== undefined) {
    throw new DatumError(
      'usage',
      `${option('timeBudget')} would make results depend on the clock, and a dataset could not be taken up again: use ${option('maxSamples')}.`,
    );
  }
  if ((only === 'wrong' || only === 'missed') && (match === null || match.pairs.length === 0)) {
    throw new DatumError(
      'usage',
      `${option('only', only)} needs annotations in the model's classes, and ${dataset.root} has none: see ${option('labelMap')}.`,
      { file: dataset.root },
    );
  }
}

async function explainAll(
  run: DatasetRun,
  choice: ItemChoice,
  folder: RunFolder,
  { mine: total, reading: { unlooked } }: Survey,
): Promise<DatasetRunResult> {
  const { signal } = run.options;
  const before = folder.done.length;
  const progress = { done: before, total, before, failed: 0 };
  const tell = (): void => run.watch?.({ kind: 'counts', progress: { ...progress } });
  tell();
  const records = inOrder(remaining(run, choice, folder), itemsUnderWay(run.model.workers), (chosen) =>
    recordOf(run, folder, chosen, unlooked),
  );
  let interrupted = false;
  try {
    for await (const record of records) {
      await folder.append(record);
      progress.done++;
      if (record.status === 'failed') progress.failed++;
      tell();
      await run.onRecord?.(record);
    }
  } catch (error) {
    if (!(error instanceof DatumError && error.kind === 'interrupted')) throw error;
    interrupted = true;
  }
  interrupted ||= signal?.aborted === true && progress.done < total;
  return { progress, summary: await writeSummary(folder.path, folder.record, total), interrupted };
}

/**
 * Items under way at once: while the masks of one are scored, images of the next are read and those of the last are
 * written, so that no worker waits at the border between two. Results do not depend on it.
 */
function itemsUnderWay(workers: number): number {
  return Math.min(8, 2 + Math.ceil(workers / 4));
}

/** The chosen items that are not done yet. */
async function* remaining(
  { dataset, shard, options }: DatasetRun,
  choice: ItemChoice,
  { done, path }: RunFolder,
): AsyncGenerator<ChosenItem, void, void> {
  let position = 0;
  for await (const chosen of chooseItems(dataset, choice, shard)) {
    if (options.signal?.aborted === true) return;
    const earlier = done[position++];
    if (earlier === undefined) yield chosen;
    else if (earlier.id !== chosen.item.id) {
      throw new DatumError(
        'output',
        `line ${position} of ${path}/items.jsonl is ${earlier.id}, where ${chosen.item.id} should be: choose another folder.`,
        { file: path },
      );
    }
  }
}

async function recordOf(
  { model, classes: { match }, options, write, watch }: DatasetRun,
  folder: RunFolder,
  { index, item }: ChosenItem,
  unlooked: readonly string[],
): Promise<ItemRecord> {
  const base = { version: ITEM.version, index, id: item.id, subset: item.subset };
  const place = placeOfItem(item.id);
  await folder.begin(item.id);
  await folder.clear(place);
  try {
    const judged = await explainItem(model, item, truthOf(item, match, unlooked), options, watch);
    if (judged === null) return { ...base, status: 'skipped', reason: `not ${options.only ?? 'chosen'}` };
    const record = await write(judged, { ...place, root: folder.path, index, save: folder.record.save });
    watch?.({ kind: 'done', item, measured: judged.measured });
    return record;
  } catch (error) {
    watch?.({ kind: 'failed', item, error });
    // The same may end the next thread: the run ends, and says with what.
    if (error instanceof ThreadLost) throw error.about(item.id);
    if (!(error instanceof DatumError) || !ITEM_ERRORS.has(error.kind)) throw error;
    return { ...base, status: 'failed', error: { kind: error.kind, message: error.message } };
  }
}

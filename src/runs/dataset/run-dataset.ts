import type { Dataset, LabelMatch, Shard } from '../../datasets/index.js';
import { DatumError, type ErrorKind } from '../../errors.js';
import { inOrder } from '../../models/in-order.js';
import type { Model } from '../../models/model.js';
import { chooseItems, surveyItems, type ChosenItem, type ItemChoice } from './choose-items.js';
import { explainItem, type ExplainedItem, type ItemOptions } from './explain-item.js';
import { placeOfItem, type ItemPlace } from '../../results/run/item-place.js';
import type { ExplainedRecord, ItemRecord } from './item-record.js';
import { RunFolder } from '../../results/run/run-folder.js';
import { runStateOf, type RunState } from './run-state.js';
import { writeSummary, type Summary } from '../../results/run/summary.js';
import { truthOf } from './truth.js';

/** Writes an item's files, below the run's folder, and says what its line shall hold. */
export type ItemWriter = (
  explained: ExplainedItem,
  place: ItemPlace & { readonly root: string; readonly index: number },
) => Promise<ExplainedRecord>;

export interface DatasetRun {
  readonly model: Model;
  readonly dataset: Dataset;
  /** How the dataset's classes are called in the model; null where it has none. */
  readonly match: LabelMatch | null;
  readonly choice: ItemChoice;
  readonly shard: Shard | null;
  readonly options: ItemOptions;
  /** Folder of the results. */
  readonly folder: string;
  readonly write: ItemWriter;
  /** What `write` saves, for the folder's own account. */
  readonly save: readonly string[];
  /** Called when it is known how much there is to do, and after every item. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

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
 * it was when it is started again, and ends with the same files.
 *
 * @throws DatumError: `output` when the folder is in use, holds another run or cannot be written; `usage` for options
 *   that make no sense with the model or the dataset.
 */
export async function runDataset(run: DatasetRun): Promise<DatasetRunResult> {
  const { model, dataset, match, choice, shard, options } = run;
  checkOptions(run);
  const survey = await surveyItems(dataset, choice, shard);
  if (survey.items === 0)
    throw new DatumError('usage', `no item of ${dataset.root} is chosen: see --subset and --filter.`);
  const state = runStateOf({ model: model.info, dataset, match, choice, survey, shard, options, save: run.save });
  const folder = await RunFolder.open(run.folder, state);
  try {
    return await explainAll(run, folder, state, survey.mine);
  } finally {
    await folder.close();
  }
}

function checkOptions({ match, options, dataset }: DatasetRun): void {
  if (options.method.box !== undefined) {
    throw new DatumError('usage', '--box is for a single picture: leave it out for a dataset.');
  }
  if (options.method.timeBudget !== undefined) {
    throw new DatumError(
      'usage',
      '--time-budget would make results depend on the clock, and a dataset could not be taken up again: use --max-samples.',
    );
  }
  if ((options.only === 'wrong' || options.only === 'missed') && (match === null || match.pairs.length === 0)) {
    throw new DatumError(
      'usage',
      `--only ${options.only} needs annotations in the model's classes, and ${dataset.root} has none: see --label-map.`,
    );
  }
}

async function explainAll(
  run: DatasetRun,
  folder: RunFolder,
  state: RunState,
  total: number,
): Promise<DatasetRunResult> {
  const { signal } = run.options;
  const before = folder.done.length;
  const progress = { done: before, total, before, failed: 0 };
  run.onProgress?.({ ...progress });
  const records = inOrder(remaining(run, folder), itemsUnderWay(run.model.workers), (chosen) =>
    recordOf(run, folder, chosen),
  );
  let interrupted = false;
  try {
    for await (const record of records) {
      await folder.append(record);
      progress.done++;
      if (record.status === 'failed') progress.failed++;
      run.onProgress?.({ ...progress });
    }
  } catch (error) {
    if (!(error instanceof DatumError && error.kind === 'interrupted')) throw error;
    interrupted = true;
  }
  interrupted ||= signal?.aborted === true && progress.done < total;
  return { progress, summary: await writeSummary(folder.path, state, total), interrupted };
}

/**
 * Items under way at once: while the masks of one are scored, pictures of the next are read and those of the last are
 * written, so that no worker waits at the border between two. Results do not depend on it.
 */
function itemsUnderWay(workers: number): number {
  return Math.min(8, 2 + Math.ceil(workers / 4));
}

/** The chosen items that are not done yet. */
async function* remaining(
  { dataset, choice, shard, options }: DatasetRun,
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
      );
    }
  }
}

async function recordOf(
  { model, match, options, write }: DatasetRun,
  folder: RunFolder,
  { index, item }: ChosenItem,
): Promise<ItemRecord> {
  const base = { index, id: item.id, subset: item.subset };
  const place = placeOfItem(item.id);
  await folder.clear(place);
  try {
    const explained = await explainItem(model, item, truthOf(item, match), options);
    if (explained === null) return { ...base, status: 'skipped', reason: `not ${options.only ?? 'chosen'}` };
    return await write(explained, { ...place, root: folder.path, index });
  } catch (error) {
    if (!(error instanceof DatumError) || !ITEM_ERRORS.has(error.kind)) throw error;
    return { ...base, status: 'failed', error: { kind: error.kind, message: error.message } };
  }
}

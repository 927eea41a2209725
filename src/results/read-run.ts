import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, DatumError, messageOf } from '../errors.js';
import { readWholeText } from '../files.js';
import type { Note } from '../explain/note.js';
import type { MapSize } from './explanation.js';
import { EXPLANATION_ENDING } from './file-names.js';
import { placeInside } from './inside.js';
import { readItems } from './run/item-log.js';
import { readRunRecord } from './run/run-record.js';
import { EXPLANATION, type ExplanationRecord, type TruthRecord } from './schema/explanation.js';
import { damaged, readText } from './schema/file-format.js';
import { ITEM, type ExplainedRecord, type ItemRecord } from './schema/item.js';
import { notesOf } from './schema/notes.js';
import type { RunRecord } from './schema/run.js';
import { sizeSchema, type TargetRecord } from './schema/target.js';

/** An item of an explained folder. */
export interface StoredItem {
  readonly id: string;
  readonly subset: string;
  readonly status: 'ok' | 'skipped' | 'failed';
  /** Why it was skipped or failed; else null. */
  readonly message: string | null;
  /** Absolute path of the folder that the targets' files are in. */
  readonly folder: string;
  readonly image: { readonly path: string | null; readonly width: number; readonly height: number };
  readonly truth: TruthRecord | null;
  /** Masked runs; null where the item was not explained. */
  readonly samples: number | null;
  readonly stopped: string | null;
  readonly targets: readonly TargetRecord[];
  readonly notes: readonly Note[];
}

/** What a run was made with. */
export interface StoredModel {
  readonly name: string;
  readonly sha256: string;
  readonly interpreter: string;
  /** What else is known, by name. */
  readonly more: Readonly<Record<string, unknown>>;
}

/** A folder that was explained into. */
export interface StoredRun {
  /** Absolute. */
  readonly folder: string;
  readonly model: StoredModel;
  readonly method: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  /** Null for single images. */
  readonly dataset: {
    readonly format: string;
    readonly root: string;
    /** The model's numbers for each class of the dataset. */
    readonly labels: Readonly<Record<string, readonly number[]>> | null;
    /** What was read of it and how its classes were matched, in words; nothing in files of version 0.2.0 and before. */
    readonly read: readonly string[];
    /** What was chosen of it, by name. */
    readonly choice: Readonly<Record<string, unknown>>;
  } | null;
  /** The options that the person gave, by name; null where files do not say. */
  readonly given: Readonly<Record<string, unknown>> | null;
  readonly items: readonly StoredItem[];
}

/** Size of the model's input; null where it is not known. */
export function inputOf({ model }: Pick<StoredRun, 'model'>): MapSize | null {
  const parsed = sizeSchema.safeParse(model.more['input']);
  return parsed.success && parsed.data.width > 0 && parsed.data.height > 0 ? parsed.data : null;
}

/** How much of a run is read. */
export interface ReadRunOptions {
  /** Whether curves and regions are read too, from a file for each item; without them `items.jsonl` is enough. */
  readonly details: boolean;
}

/**
 * Reads a folder that was explained into: the run over a dataset, or else the explanations of single images that lie in
 * it; or one explanation, where its file is named.
 *
 * @throws DatumError (`output`) where nothing explained is there, or a file is damaged or of a newer version.
 */
export async function readRun(folder: string, { details }: ReadRunOptions): Promise<StoredRun> {
  const path = resolve(folder);
  if (path.endsWith(EXPLANATION_ENDING)) return readImages(dirname(path), [basename(path)]);
  const record = await readRunRecord(path);
  return record === null ? readImages(path, await explanationsIn(path)) : readDatasetRun(path, record, details);
}

async function readDatasetRun(folder: string, record: RunRecord, details: boolean): Promise<StoredRun> {
  const items: StoredItem[] = [];
  const log = await placeInside(folder, ITEM.name);
  for await (const item of readItems(log)) {
    if (item.index >= record.dataset.items) {
      throw damaged(ITEM, `item ${item.index} of ${record.dataset.items}, which count from 0`, log, {
        line: items.length + 1,
      });
    }
    items.push(await itemOf(folder, item, details));
  }
  const { name, sha256, interpreter, ...more } = record.model;
  return {
    folder,
    model: { name, sha256, interpreter, more },
    method: record.method,
    dataset: {
      format: record.dataset.format,
      root: record.dataset.root,
      labels: record.dataset.labels,
      read: [
        ...(record.dataset.read?.sentences ?? []),
        ...(record.dataset.match === null ? [] : [record.dataset.match]),
      ],
      choice: { ...record.choice, ...(record.shard === null ? {} : { shard: record.shard }), metrics: record.metrics },
    },
    given: record.given,
    items,
  };
}

/**
 * An item of a run, as it was written.
 *
 * @param root the run's folder
 */
export async function itemOf(root: string, record: ItemRecord, details: boolean): Promise<StoredItem> {
  const base = { id: record.id, subset: record.subset, status: record.status };
  if (record.status !== 'ok') {
    return {
      ...base,
      message: record.status === 'failed' ? record.error.message : record.reason,
      folder: root,
      image: { path: null, width: 0, height: 0 },
      truth: null,
      samples: null,
      stopped: null,
      targets: [],
      notes: [],
    };
  }
  const folder = await placeInside(root, record.folder);
  if (details) await checkFiles(folder, [record.explanation, ...filesOf(record.targets)]);
  const file = details ? await detailsOf(folder, record) : null;
  return {
    ...base,
    message: null,
    folder,
    image: record.image,
    truth: record.truth,
    samples: record.run.samples,
    stopped: record.run.stopped,
    targets: record.targets.map((target, i) => withDetails(target, file?.targets[i])),
    notes: notesOf(record.notes),
  };
}

/** Every file that targets name. */
function filesOf(targets: readonly TargetRecord[]): (string | null)[] {
  return targets.flatMap(({ heatmap, overlay, raw, error, evidence, map, contrast }) => [
    ...[heatmap, overlay, raw, error, evidence, map?.file ?? null, contrast?.file ?? null],
    contrast?.map != null && 'file' in contrast.map ? contrast.map.file : null,
  ]);
}

/** Refuses files that are links out of their folder. */
async function checkFiles(folder: string, names: readonly (string | null)[]): Promise<void> {
  for (const name of new Set(names)) if (name !== null) await placeInside(folder, name);
}

/** A target of a line, with what only the item's own file holds. */
function withDetails(target: TargetRecord, details: TargetRecord | undefined): TargetRecord {
  if (details === undefined) return target;
  const { deletion, insertion, significant, contrast } = details;
  return { ...target, deletion, insertion, significant, contrast: contrast ?? target.contrast };
}

/** The item's own file; null where it was not saved. */
async function detailsOf(folder: string, { id, explanation }: ExplainedRecord): Promise<ExplanationRecord | null> {
  if (explanation === null) return null;
  try {
    const mend = `remove the line of ${id} from ${ITEM.name}, with those after it, and explain the dataset again: it goes on there`;
    return await readExplanation(join(folder, explanation), mend);
  } catch (error) {
    // A report without curves is better than none.
    if (codeOf(error instanceof DatumError ? error.cause : error) === 'ENOENT') return null;
    throw error;
  }
}

async function readImages(folder: string, names: readonly string[]): Promise<StoredRun> {
  const files = await Promise.all(
    names.map(async (name) => {
      const file = await readExplanation(await placeInside(folder, name));
      await checkFiles(folder, filesOf(file.targets));
      return { name, file };
    }),
  );
  if (files.length === 0) {
    throw new DatumError(
      'output',
      `there is nothing explained in ${folder}: name a folder that was explained into, with run.json or a file ...${EXPLANATION_ENDING} in it.`,
      { file: folder },
    );
  }
  return runOfImages(folder, files);
}

/**
 * Explanations of single images as a run.
 *
 * @param folder that their files are in; absolute
 * @param files at least one, each with the name of its JSON
 */
export function runOfImages(folder: string, files: readonly NamedExplanation[]): StoredRun {
  const [first] = files;
  if (first === undefined) throw new Error('a run of no images');
  const { name, sha256, interpreter, ...more } = first.file.model;
  return {
    folder,
    model: { name, sha256, interpreter, more: known(more) },
    method: first.file.method,
    dataset: null,
    given: null,
    items: itemsOfImages(folder, files),
  };
}

/** Facts without those that are empty because the file does not have them. */
function known(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).filter(([name, value]) => value !== '' && !(name === 'input' && isEmptySize(value))),
  );
}

function isEmptySize(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'width' in value && value.width === 0;
}

async function explanationsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(EXPLANATION_ENDING)).sort();
  } catch (cause) {
    throw new DatumError('output', `${folder} cannot be read (${messageOf(cause)}): name an explained folder.`, {
      cause,
      file: folder,
    });
  }
}

type NamedExplanation = { readonly name: string; readonly file: ExplanationRecord };

function itemsOfImages(folder: string, files: readonly NamedExplanation[]): StoredItem[] {
  const ids = idsOfImages(files);
  return files.map(({ file }, i) => imageItem(folder, ids[i]!, file));
}

/**
 * What images of a folder are called: as their files, with as much of the path before it as tells two of one name apart; as
 * the JSON, where there is no path or not even that does.
 */
function idsOfImages(files: readonly NamedExplanation[]): string[] {
  const names = files.map(({ name }) => basename(name, EXPLANATION_ENDING));
  const paths = files.map(({ file }, i) => (file.image.path ?? names[i]!).split(/[\\/]/).filter((part) => part !== ''));
  const longest = Math.max(...paths.map(({ length }) => length));
  const ids = paths.map((parts) => parts.at(-1)!);
  for (let length = 2; length <= longest; length++) {
    const shared = new Set(ids.filter((id, i) => ids.indexOf(id) !== i));
    for (const [i, id] of ids.entries()) if (shared.has(id)) ids[i] = paths[i]!.slice(-length).join('/');
  }
  const shared = new Set(ids.filter((id, i) => ids.indexOf(id) !== i));
  return ids.map((id, i) => (shared.has(id) ? `${id} (${names[i]!})` : id));
}

function imageItem(folder: string, id: string, { image, run, targets, notes, truth }: ExplanationRecord): StoredItem {
  return {
    id,
    subset: 'default',
    status: 'ok',
    message: null,
    folder,
    image,
    truth,
    samples: run.samples,
    stopped: run.stopped,
    targets,
    notes: notesOf(notes),
  };
}

/**
 * Reads an `-explanation.json`, of a single image or of a dataset's item.
 *
 * @param mend what to do about a damaged one
 * @throws DatumError (`output`) where it cannot be read, is damaged, or of a newer version.
 */
export async function readExplanation(path: string, mend: string = EXPLANATION.mend): Promise<ExplanationRecord> {
  let text: string;
  try {
    text = await readWholeText(path);
  } catch (cause) {
    throw new DatumError('output', `${path} cannot be read (${messageOf(cause)}).`, { cause, file: path });
  }
  return readText({ ...EXPLANATION, mend }, text, path);
}

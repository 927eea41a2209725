import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { codeOf, DatumError, messageOf } from '../../errors.js';
import type { ExplainedRecord, ItemRecord } from '../../runs/dataset/item-record.js';
import { readItems } from '../../runs/dataset/item-log.js';
import { readRunState, type RunState } from '../../runs/dataset/run-state.js';
import { sourceTargetSchema, type ExplainedRun, type SourceItem, type SourceTarget } from './source-item.js';

/** What the names of explanations end with. */
export const EXPLANATION_ENDING = '-explanation.json';

/** An `-explanation.json`, of a single picture or of a dataset's item. */
const explanationSchema = z.object({
  image: z.object({ path: z.string().nullable(), width: z.number(), height: z.number() }),
  model: z.looseObject({ name: z.string(), sha256: z.string(), interpreter: z.string() }),
  method: z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) }),
  run: z.object({ samples: z.number(), stopped: z.string() }),
  targets: z.array(sourceTargetSchema),
  notes: z.array(z.string()).default([]),
});
type ExplanationFile = z.output<typeof explanationSchema>;

/** How much of a run is read. */
export interface ReadRunOptions {
  /** Whether curves and regions are read too, from a file for each item; without them `items.jsonl` is enough. */
  readonly details: boolean;
}

/**
 * Reads what `datum explain -o` wrote to a folder: the run over a dataset, or else the explanations of single pictures
 * that lie in it; or one explanation, where its file is named.
 *
 * @throws DatumError (`output`) where nothing explained is there, or a file is damaged.
 */
export async function readRun(folder: string, { details }: ReadRunOptions): Promise<ExplainedRun> {
  const path = resolve(folder);
  if (path.endsWith(EXPLANATION_ENDING)) return readPictures(dirname(path), [basename(path)]);
  const state = await readRunState(path);
  return state === null ? readPictures(path, await explanationsIn(path)) : readDatasetRun(path, state, details);
}

async function readDatasetRun(folder: string, state: RunState, details: boolean): Promise<ExplainedRun> {
  const items: SourceItem[] = [];
  for await (const record of readItems(join(folder, 'items.jsonl'))) items.push(await itemOf(folder, record, details));
  const { name, sha256, interpreter, ...more } = state.model;
  return {
    folder,
    model: { name, sha256, interpreter, more },
    method: state.method,
    dataset: {
      format: state.dataset.format,
      root: state.dataset.root,
      labels: state.dataset.labels,
      choice: { ...state.choice, ...(state.shard === null ? {} : { shard: state.shard }), metrics: state.metrics },
    },
    items,
  };
}

async function itemOf(root: string, record: ItemRecord, details: boolean): Promise<SourceItem> {
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
  const folder = join(root, record.folder);
  const file = details ? await detailsOf(folder, record) : null;
  return {
    ...base,
    message: null,
    folder,
    image: record.image,
    truth: record.truth,
    samples: record.run.samples,
    stopped: record.run.stopped,
    targets: record.targets.map((target, i): SourceTarget => {
      const source = sourceTargetSchema.parse(target);
      const { deletion = null, insertion = null, significant = null, contrast } = file?.targets[i] ?? {};
      return { ...source, deletion, insertion, significant, contrast: contrast ?? source.contrast };
    }),
    notes: record.notes,
  };
}

/** The item's own file; null where it was not saved. */
async function detailsOf(folder: string, { explanation }: ExplainedRecord): Promise<ExplanationFile | null> {
  if (explanation === null) return null;
  try {
    return await readExplanation(join(folder, explanation));
  } catch (error) {
    // A report without curves is better than none.
    if (codeOf(error instanceof DatumError ? error.cause : error) === 'ENOENT') return null;
    throw error;
  }
}

async function readPictures(folder: string, names: readonly string[]): Promise<ExplainedRun> {
  const files = await Promise.all(
    names.map(async (name) => ({ name, file: await readExplanation(join(folder, name)) })),
  );
  const [first] = files;
  if (first === undefined) {
    throw new DatumError(
      'output',
      `there is nothing explained in ${folder}: name a folder that 'datum explain -o' wrote, with run.json or a file ...${EXPLANATION_ENDING} in it.`,
    );
  }
  const { name, sha256, interpreter, ...more } = first.file.model;
  return {
    folder,
    model: { name, sha256, interpreter, more },
    method: first.file.method,
    dataset: null,
    items: files.map(({ name: at, file }) => pictureItem(folder, at, file)),
  };
}

async function explanationsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(EXPLANATION_ENDING)).sort();
  } catch (cause) {
    throw new DatumError('output', `${folder} cannot be read (${messageOf(cause)}): name an explained folder.`, {
      cause,
    });
  }
}

function pictureItem(folder: string, name: string, { image, run, targets, notes }: ExplanationFile): SourceItem {
  return {
    id: image.path === null ? basename(name, EXPLANATION_ENDING) : basename(image.path),
    subset: 'default',
    status: 'ok',
    message: null,
    folder,
    image,
    truth: null,
    samples: run.samples,
    stopped: run.stopped,
    targets,
    notes,
  };
}

async function readExplanation(path: string): Promise<ExplanationFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new DatumError('output', `${path} cannot be read (${messageOf(cause)}).`, { cause });
  }
  try {
    return explanationSchema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new DatumError('output', `${path} is damaged (${reason.split('\n')[0] ?? ''}): explain the picture again.`, {
      cause,
    });
  }
}

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Dataset, LabelMatch, Shard } from '../../datasets/index.js';
import { codeOf, DatumError, messageOf } from '../../errors.js';
import { writeWhole } from '../../files.js';
import type { ModelInfo } from '../../models/model.js';
import { resolveRiseOptions } from '../../explain/rise/options.js';
import type { ItemChoice, Survey } from './choose-items.js';
import type { ItemOptions } from './explain-item.js';

const jsonObject = z.record(z.string(), z.unknown());

/**
 * `run.json`: all that decides what a run writes, so that it can be taken up again and refused when something was changed.
 * How fast it goes (workers) is not in it.
 */
const runStateSchema = z.object({
  version: z.literal(1),
  model: z.object({
    name: z.string(),
    sha256: z.string(),
    interpreter: z.string(),
    input: jsonObject,
    preprocessing: jsonObject,
    /** Hash of the names of its classes. */
    labels: z.string().nullable(),
  }),
  dataset: z.object({
    format: z.string(),
    root: z.string(),
    /** Chosen items, of all shards. */
    items: z.number(),
    /** Hash of their ids and annotations. */
    fingerprint: z.string(),
    /** The model's classes for each class of the dataset, by name. */
    labels: z.record(z.string(), z.array(z.number())).nullable(),
  }),
  choice: z.object({
    subset: z.string().nullable(),
    filter: z.string().nullable(),
    limit: z.number().nullable(),
    only: z.string().nullable(),
  }),
  shard: z.object({ index: z.number(), count: z.number() }).nullable(),
  method: z.object({ name: z.string(), options: jsonObject }),
  metrics: z.string(),
  fullSize: z.boolean(),
  save: z.array(z.string()),
});

export type RunState = z.output<typeof runStateSchema>;

/** What a run is made of. */
export interface RunParts {
  readonly model: ModelInfo;
  readonly dataset: Dataset;
  readonly match: LabelMatch | null;
  readonly choice: ItemChoice;
  readonly survey: Survey;
  readonly shard: Shard | null;
  readonly options: ItemOptions;
  readonly save: readonly string[];
}

/** The state of a run that begins. */
export function runStateOf({ model, dataset, match, choice, survey, shard, options, save }: RunParts): RunState {
  const { subset, filter, limit } = choice;
  return runStateSchema.parse(
    // What is undefined is not written, and must not differ from what is read.
    JSON.parse(
      JSON.stringify({
        version: 1,
        model: {
          name: model.name,
          sha256: model.sha256,
          interpreter: model.interpreter,
          input: model.input,
          preprocessing: model.preprocessing,
          labels: model.labels === null ? null : hashOf(model.labels),
        },
        dataset: {
          format: dataset.format,
          root: dataset.root,
          items: survey.items,
          fingerprint: survey.fingerprint,
          labels:
            match === null
              ? null
              : Object.fromEntries(match.pairs.map((pair) => [match.datasetNames[pair.dataset] ?? '', pair.model])),
        },
        choice: { subset, filter, limit, only: options.only },
        shard,
        method: { name: 'rise', options: resolveRiseOptions(options.method) },
        metrics: options.metrics,
        fullSize: options.fullSize,
        save: [...save].sort(),
      }),
    ),
  );
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/**
 * Reads the state of the run in a folder; null where there is none.
 *
 * @throws DatumError (`output`) where it is damaged.
 */
export async function readRunState(folder: string): Promise<RunState | null> {
  const path = join(folder, 'run.json');
  try {
    return runStateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    const reason = messageOf(cause).split('\n')[0] ?? '';
    throw new DatumError('output', `${path} is damaged (${reason}): choose another folder.`, { cause });
  }
}

export async function writeRunState(folder: string, state: RunState): Promise<void> {
  await writeWhole(join(folder, 'run.json'), `${JSON.stringify(state, null, 2)}\n`);
}

/** Facts that may differ: names and places of the same model and the same data. */
const FREE = new Set(['model.name', 'dataset.root']);

/** Facts that follow from the model. */
const MODEL_FACTS = ['model.interpreter', 'model.input', 'model.preprocessing', 'model.labels', 'dataset.labels'];

/** What differs between two runs, in words: `--seed was 0 and is 1`. */
export function differences(before: RunState, now: RunState, ignored: readonly string[] = []): string[] {
  const [old, fresh] = [flat(before), flat(now)];
  // Another model is fed and read otherwise, and has other classes: that goes without saying.
  const implied = before.model.sha256 === now.model.sha256 ? [] : MODEL_FACTS;
  const sentences = new Set<string>();
  for (const key of new Set([...old.keys(), ...fresh.keys()])) {
    if (FREE.has(key) || [...ignored, ...implied].some((one) => key === one || key.startsWith(`${one}.`))) continue;
    if (old.get(key) !== fresh.get(key)) sentences.add(difference(key, old.get(key), fresh.get(key)));
  }
  return [...sentences];
}

function difference(key: string, before: string | undefined, now: string | undefined): string {
  if (key === 'model.sha256') return 'the model was another';
  if (key === 'dataset.fingerprint' || key === 'dataset.items') return 'the dataset had other items or annotations';
  if (key.startsWith('dataset.labels')) return 'the labels were matched otherwise';
  const changed = `was ${before ?? 'not given'} and is ${now ?? 'not given'}`;
  if (/^(method\.options|choice)\.|^(metrics|fullSize|save|shard)/.test(key)) return `${flagOf(key)} ${changed}`;
  return `the ${key.replaceAll('.', ' ')} ${changed}`;
}

/** An option as the command line calls it. */
function flagOf(key: string): string {
  const [name = key] = key.replace(/^(method\.options|choice)\./, '').split('.');
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Every value by its path, as text; lists are one value. */
function flat(value: unknown, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  if (value === null) return found;
  if (typeof value !== 'object' || Array.isArray(value)) {
    return found.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  }
  for (const [key, inner] of Object.entries(value)) {
    for (const [at, text] of flat(inner, path === '' ? key : `${path}.${key}`)) found.set(at, text);
  }
  return found;
}

import { join } from 'node:path';
import { codeOf, DatumError, messageOf, option } from '../../errors.js';
import { readWholeText, writeWhole } from '../../files.js';
import { placeInside } from '../inside.js';
import { readText } from '../schema/file-format.js';
import { RUN, type RunRecord } from '../schema/run.js';

/**
 * Reads the record of the run in a folder; null where there is none.
 *
 * @throws DatumError (`output`) where it is damaged, or of a newer version.
 */
export async function readRunRecord(folder: string): Promise<RunRecord | null> {
  const path = await placeInside(folder, RUN.name);
  let text: string;
  try {
    text = await readWholeText(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new DatumError('output', `${path} cannot be read (${messageOf(cause)}).`, { cause, file: path });
  }
  return readText(RUN, text, path);
}

export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  await writeWhole(join(folder, RUN.name), `${JSON.stringify(record, null, 2)}\n`);
}

/** Facts that may differ: names and places of the same model and the same data. */
const FREE = new Set(['version', 'model.name', 'dataset.root']);

/** Facts that follow from the model. */
const MODEL_FACTS = [
  'model.interpreter',
  'model.input',
  'model.preprocessing',
  'model.labels',
  'model.classScore',
  'dataset.labels',
];

/**
 * What keeps a run from being taken up again, in words: `seed was 0 and is 1`. Of options, those count that a person
 * gave: a default that changed since is no other run, which goes on with the options that it began with.
 */
export function differences(before: RunRecord, now: RunRecord): string[] {
  return [...new Set([...factDifferences(before, now, []), ...optionDifferences(before, now, givenIn(before, now))])];
}

/**
 * What keeps two shards from being parts of one run, in words. Of options, all count that both runs know, given or not:
 * maps that were made with another default are not maps of the same run.
 */
export function shardDifferences(one: RunRecord, other: RunRecord): string[] {
  const [known, alsoKnown] = [optionsOf(one), optionsOf(other)];
  const names = new Set([...known.keys()].filter((name) => alsoKnown.has(name)));
  for (const name of givenIn(one, other)) names.add(name);
  return [...new Set([...factDifferences(one, other, ['shard.index']), ...optionDifferences(one, other, names)])];
}

function factDifferences(before: RunRecord, now: RunRecord, ignored: readonly string[]): string[] {
  const [old, fresh] = [flat(factsOf(before)), flat(factsOf(now))];
  // Another model is fed and read otherwise, and has other classes: that goes without saying.
  const implied = before.model.sha256 === now.model.sha256 ? [] : MODEL_FACTS;
  const sentences: string[] = [];
  for (const key of new Set([...old.keys(), ...fresh.keys()])) {
    if (FREE.has(key) || [...ignored, ...implied].some((one) => key === one || key.startsWith(`${one}.`))) continue;
    if (old.get(key) === fresh.get(key)) continue;
    sentences.push(
      key.startsWith('shard.')
        ? optionDifference('shard', shardText(before), shardText(now))
        : factDifference(key, old.get(key), fresh.get(key)),
    );
  }
  return sentences;
}

/** What is no option of the explanation. */
function factsOf({ model, dataset, choice, shard, method }: RunRecord): unknown {
  // What was read follows from the dataset; other versions may say it otherwise.
  const { read: _, match: __, ...facts } = dataset;
  return { model, dataset: facts, choice, shard, method: { name: method.name } };
}

function factDifference(key: string, before: string | undefined, now: string | undefined): string {
  if (key === 'model.sha256') return 'the model was another';
  if (key === 'model.classScore') {
    return 'earlier versions scored a class of a detector by the sum over its boxes, and this one does by the greatest of them';
  }
  if (key === 'dataset.fingerprint' || key === 'dataset.items') return 'the dataset had other items or annotations';
  if (key.startsWith('dataset.labels')) return 'the labels were matched otherwise';
  const [room = key, name = room] = key.split('.');
  return room === 'choice'
    ? optionDifference(name, before, now)
    : `the ${key.replaceAll('.', ' ')} ${changed(before, now)}`;
}

/** A shard as a person gives it. */
function shardText({ shard }: RunRecord): string | undefined {
  return shard === null ? undefined : `${shard.index}/${shard.count}`;
}

/** Names of the options that were given to either of two runs. */
function givenIn(before: RunRecord, now: RunRecord): Set<string> {
  return new Set([...namesGiven(before), ...namesGiven(now)]);
}

function optionDifferences(before: RunRecord, now: RunRecord, names: ReadonlySet<string>): string[] {
  const [old, fresh] = [optionsOf(before), optionsOf(now)];
  const sentences: string[] = [];
  for (const name of names) {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (was !== is) sentences.push(optionDifference(name, was, is));
  }
  return sentences;
}

function optionDifference(name: string, before: string | undefined, now: string | undefined): string {
  return `${option(name)} ${changed(before, now)}`;
}

function changed(before: string | undefined, now: string | undefined): string {
  return `was ${before ?? 'not given'} and is ${now ?? 'not given'}`;
}

/** Every option of a run as text, by name. */
function optionsOf({ method, metrics, fullSize, save }: RunRecord): Map<string, string> {
  const all: Readonly<Record<string, unknown>> = { ...method.options, metrics, fullSize, save: [...save].sort() };
  const given = Object.entries(all).filter(([, value]) => value !== null && value !== undefined);
  return new Map(given.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));
}

/** Names of the options that the person gave; those of the paper's own code stand for two. */
function namesGiven(record: RunRecord): Set<string> {
  if (record.given === null) return namesGivenTo010(record);
  const names = new Set(Object.keys(record.given));
  if (names.delete('reference') && record.given['reference'] === true) names.add('sampler').add('estimator');
  return names;
}

/** Defaults of version 0.1.0, which wrote down resolved options alone: what differs from them was given. */
const DEFAULTS_0_1_0: Readonly<Record<string, unknown>> = {
  maxSamples: 2000,
  maskWidth: 7,
  maskHeight: 7,
  prob: 0.5,
  match: 'd-rise',
  iouThresh: 0.9,
  detConfThresh: 0.25,
  maxBoxes: 20,
  topK: 1,
  fill: 'zero',
  sampler: 'foldover',
  estimator: 'regression',
  stopAt: 0.95,
  seed: 0,
  metrics: 'fast',
  fullSize: false,
  save: ['contrast', 'evidence', 'heatmap', 'json', 'overlay', 'raw'],
};

function namesGivenTo010(record: RunRecord): Set<string> {
  const defaults = new Map(
    Object.entries(DEFAULTS_0_1_0).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  return new Set([...optionsOf(record)].filter(([name, value]) => defaults.get(name) !== value).map(([name]) => name));
}

/** Every value by its path, as text; lists are one value. */
function flat(value: unknown, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  if (value === null || value === undefined) return found;
  if (typeof value !== 'object' || Array.isArray(value)) {
    return found.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  }
  for (const [key, inner] of Object.entries(value)) {
    for (const [at, text] of flat(inner, path === '' ? key : `${path}.${key}`)) found.set(at, text);
  }
  return found;
}

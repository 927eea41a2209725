import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatumError } from '../errors.js';
import { ownNamesIn } from '../own-results.js';
import { glanceAtJson, streamJson } from './json/stream.js';
import type { Probe } from './probe.js';
import { formatNames } from './registry.js';

/** Files looked at for what is wrong with them. */
const MAX_FILES = 20;

/** What formats call the lists in their JSON files. */
const DATASET_KEYS = /"(images|annotations|categories|items|shapes)"\s*:/;

/** Why a path is no dataset of any format: it is empty, or a JSON file of a dataset is damaged or lists no images. */
export async function unrecognised(path: string, probe: Probe): Promise<DatumError> {
  if (probe.file === null && (await holdsResults(path))) {
    return new DatumError(
      'dataset',
      `${path} holds results and no dataset: name the dataset that they are of, or open their report.`,
      { file: path },
    );
  }
  if (await isEmpty(probe)) {
    return new DatumError('dataset', `${path} is empty: name a folder with a dataset or with images.`, {
      file: path,
    });
  }
  for (const file of await probe.find((name) => /\.json$/i.test(name), { depth: 1, limit: MAX_FILES })) {
    const fault = await faultOf(probe, file);
    if (fault !== null) return fault;
  }
  return new DatumError(
    'dataset',
    `${path}: this is no dataset of a known format; name the format as 'path:format' to see what is missing (${formatNames().join(', ')}).`,
    { file: path, option: 'format' },
  );
}

/** Whether there is anything of datum's own in a folder. */
async function holdsResults(path: string): Promise<boolean> {
  const there = await readdir(path).catch(() => []);
  return there.some(await ownNamesIn(path, there));
}

async function isEmpty(probe: Probe): Promise<boolean> {
  if (probe.file !== null) return false;
  const { files, folders } = await probe.list();
  return files.length === 0 && folders.length === 0;
}

/** What is wrong with a JSON file that is meant as a dataset's; null where nothing is, or it is something else. */
async function faultOf(probe: Probe, file: string): Promise<DatumError | null> {
  const head = await probe.head(file);
  if (!/^\uFEFF?\s*\{/.test(head)) return null;
  if (probe.file === null && !file.startsWith('annotations/') && !DATASET_KEYS.test(head)) return null;
  const path = join(probe.folder, file);
  const damage = await damageOf(path);
  if (damage !== null) return damage;
  const glance = glanceAtJson(head, ['images']);
  const isCoco = glance?.members.get('annotations') === 'array' && glance.members.has('categories');
  if (!isCoco || glance.first.has('images')) return null;
  return new DatumError('dataset', `${path} has no images: list them under "images", or name another file.`, {
    file: path,
  });
}

async function damageOf(path: string): Promise<DatumError | null> {
  try {
    const stream = streamJson(path, { elements: [], values: [] });
    while ((await stream.next()).done !== true) continue;
    return null;
  } catch (error) {
    if (error instanceof DatumError) return error;
    throw error;
  }
}

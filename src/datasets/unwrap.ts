import { basename, dirname, join } from 'node:path';

import type { DatasetFormat } from './format.js';
import { looksLikeAnnotations } from './annotation-names.js';
import { isImageName, walkImages } from './image-files.js';
import { Probe } from './probe.js';
import { isAsideFolder, isImageFolder, isPartFolder, isSubsetFolder } from './subset-names.js';
import { readText } from './text.js';
import { listFolder, walkFiles } from './walk.js';

/** Folders around a dataset that are looked through. */
const MOST = 4;

/** What YAML files have that say something of a dataset. */
const DATASET_YAML = /^(path|train|val|valid|validation|test|names|nc)\s*:/m;

/**
 * The folders in a folder that hold all data that is in it, as archives are unpacked: `archive/dataset/...`. Folders that
 * say what they hold, such as `images/` and `train/`, belong to the dataset; those without images and annotations, such as
 * `notebooks/`, take no part.
 *
 * @param path absolute; a folder or a file.
 * @returns from the outermost, the folder itself left out.
 */
async function wrapped(path: string): Promise<string[]> {
  const found: string[] = [];
  for (let at = path; found.length < MOST; at = found.at(-1)!) {
    const { files, folders } = await listFolder(at);
    for (const name of files) if (await isOfDataset(join(at, name))) return found;
    let only: string | null = null;
    for (const name of folders) {
      if (isAsideFolder(name) && folders.length > 1) continue;
      if (!(await holdsData(join(at, name)))) continue;
      if (only !== null || isSubsetFolder(name) || (isPartFolder(name) && !isImageFolder(name))) return found;
      only = name;
    }
    if (only === null) return found;
    found.push(join(at, only));
  }
  return found;
}

/** Whether a file says something of the images around it. */
async function isOfDataset(path: string): Promise<boolean> {
  const name = basename(path);
  if (!looksLikeAnnotations(name)) return false;
  if (!/\.ya?ml$/i.test(name)) return true;
  return DATASET_YAML.test(await readText(path).catch(() => ''));
}

async function holdsData(folder: string): Promise<boolean> {
  for await (const path of walkFiles(folder, (name) => isImageName(name) || looksLikeAnnotations(name)))
    return path !== '';
  return false;
}

/** A folder in which a dataset was found, and what lies beside it in those around it and is not read, in words. */
export interface Unwrapped {
  readonly folder: string;
  readonly notes: readonly string[];
}

/**
 * The innermost folder around which nothing else lies and that one of the formats fits; else the path itself.
 *
 * @param formats of which none reads bare images.
 */
export async function unwrap(path: string, formats: readonly DatasetFormat[]): Promise<Unwrapped> {
  for (const folder of (await wrapped(path)).reverse()) {
    const probe = await Probe.of(folder);
    for (const format of formats) {
      // A folder of images belongs to what it lies in, but where it holds classes that are folders.
      if (isImageFolder(basename(folder)) && format.name !== 'imagenet') continue;
      const detection = await format.detect(probe);
      if (detection !== null && detection.fit !== 'fallback') return { folder, notes: await besideNotes(path, folder) };
    }
  }
  return { folder: path, notes: [] };
}

/** What images lie in folders around that of the dataset: they are no part of it. */
async function besideNotes(path: string, folder: string): Promise<string[]> {
  const notes: string[] = [];
  for (let at = folder; at !== path; at = dirname(at)) {
    const above = dirname(at);
    const images: string[] = [];
    const { files, folders } = await listFolder(above);
    images.push(...files.filter(isImageName));
    for (const name of folders.filter((one) => join(above, one) !== at))
      for await (const image of walkImages(join(above, name))) images.push(`${name}/${image}`);
    if (images.length === 0) continue;
    const named = `${images.slice(0, 3).join(', ')}${images.length > 3 ? ' and others' : ''}`;
    notes.push(
      `${above}: ${images.length === 1 ? '1 image lies' : `${images.length} images lie`} beside ${basename(at)}/, which is read as the dataset, and ${images.length === 1 ? 'is' : 'are'} not read (${named}).`,
    );
  }
  return notes;
}

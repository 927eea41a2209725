import { join } from 'node:path';

import type { DatasetFormat } from './format.js';
import { isImageName } from './image-names.js';
import { Probe } from './probe.js';
import { isPartFolder, isSubsetFolder } from './subset-names.js';
import { listFolder } from './walk.js';

/** Folders around a dataset that are looked through. */
const MOST = 4;

/** Files that say nothing of images: texts for people. */
const TEXT = /^(readme|license|licence|notice|authors|changelog|citation)\b|\.(md|rst|pdf|zip|tar|gz|7z)$/i;

/**
 * The folders in a folder that hold everything that is in it, as archives are unpacked: `archive/dataset/...`. Folders that
 * say what they hold, such as `images/` and `train/`, belong to the dataset.
 *
 * @param path absolute; a folder or a file.
 * @returns from the outermost, the folder itself left out.
 */
async function wrapped(path: string): Promise<string[]> {
  const found: string[] = [];
  for (let at = path; found.length < MOST; at = found.at(-1)!) {
    const { files, folders } = await listFolder(at);
    const [only, second] = folders;
    if (only === undefined || second !== undefined || isSubsetFolder(only) || isPartFolder(only)) return found;
    if (files.some((name) => isImageName(name) || !TEXT.test(name))) return found;
    found.push(join(at, only));
  }
  return found;
}

/**
 * The innermost folder around which nothing else lies and that one of the formats fits; else the path itself.
 *
 * @param formats of which none reads bare images.
 */
export async function unwrap(path: string, formats: readonly DatasetFormat[]): Promise<string> {
  for (const folder of (await wrapped(path)).reverse()) {
    const probe = await Probe.of(folder);
    for (const format of formats) {
      const detection = await format.detect(probe);
      if (detection !== null && detection.fit !== 'fallback') return folder;
    }
  }
  return path;
}

import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf, DatumError } from '../errors.js';
import { holdsOnlyResults, isLitter, ownNamesIn } from '../own-results.js';
import { isImageName } from './image-names.js';

export interface Listing {
  /** Names of plain files (and links to them), sorted. */
  readonly files: readonly string[];
  /** Names of folders (and links to them), sorted. */
  readonly folders: readonly string[];
  /** Names of links that lead nowhere, sorted. */
  readonly dead: readonly string[];
}

/**
 * The files and folders in a folder, sorted by name, links followed; empty where there is no such folder. Left out are hidden names,
 * what systems and tools leave behind, and results of datum's own, of earlier versions too.
 */
export async function listFolder(folder: string): Promise<Listing> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => refuseLocked(folder, error));
  const isOwn = await ownNamesIn(
    folder,
    entries.map(({ name }) => name),
  );
  const files: string[] = [];
  const folders: string[] = [];
  const dead: string[] = [];
  for (const entry of entries) {
    if (isLitter(entry.name) || isOwn(entry.name)) continue;
    const kind = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => null) : entry;
    if (kind?.isDirectory() === true) folders.push(entry.name);
    else if (kind?.isFile() === true) files.push(entry.name);
    else if (kind === null) dead.push(entry.name);
  }
  const isResults = await Promise.all(folders.map((name) => holdsOnlyResults(join(folder, name), isImageName)));
  return {
    files: files.sort(compareNames),
    folders: folders.filter((_, at) => isResults[at] === false).sort(compareNames),
    dead: dead.sort(compareNames),
  };
}

/** What may not be read is not taken for empty: its images would be missing without a word. */
function refuseLocked(folder: string, error: unknown): [] {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') {
    throw new DatumError('dataset', `the folder ${folder} may not be read: check its permissions.`, {
      cause: error,
      file: folder,
    });
  }
  return [];
}

/** Order of code units: the same on every machine, whatever its language. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The files below a folder whose names pass, each folder's files before its sub-folders, sorted; paths are relative to
 * the folder, with `/`. Links are followed, but not round in a circle.
 *
 * @param options.dead whether links that lead nowhere count as files.
 */
export async function* walkFiles(
  folder: string,
  accept: (name: string) => boolean,
  { dead = false }: { readonly dead?: boolean } = {},
): AsyncGenerator<string> {
  yield* walk(folder, '', [], { accept, dead });
}

/** @param above real paths of the folders from the first down to the one above. */
async function* walk(
  root: string,
  below: string,
  above: readonly string[],
  options: { readonly accept: (name: string) => boolean; readonly dead: boolean },
): AsyncGenerator<string> {
  const folder = join(root, below);
  const real = await realpath(folder).catch(() => folder);
  if (above.includes(real)) return;
  const { files, folders, dead } = await listFolder(folder);
  const prefix = below === '' ? '' : `${below}/`;
  for (const file of options.dead ? [...files, ...dead].sort(compareNames) : files)
    if (options.accept(file)) yield prefix + file;
  for (const name of folders) yield* walk(root, prefix + name, [...above, real], options);
}

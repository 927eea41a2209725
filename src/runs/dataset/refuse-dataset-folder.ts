import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Dataset } from '../../datasets/index.js';
import { DatumError } from '../../errors.js';
import { isLitter, markerOf, ownNamesIn } from '../../own-results.js';

/**
 * Refuses to write into a folder of the dataset's own that holds its files: they would lie among the results. A folder in
 * the dataset that is new, or empty, or holds nothing but results of before, is passed over by every reader.
 *
 * @throws DatumError (`output`)
 */
export async function refuseDatasetFolder(folder: string, dataset: Dataset): Promise<void> {
  const out = await realOf(resolve(folder));
  const roots = await Promise.all((dataset.folders ?? [dataset.root]).map(realOf));
  if (!roots.some((root) => isWithin(root, out))) return;
  const there = await readdir(out).catch(() => []);
  const marker = await markerOf(out);
  if (marker?.whole === true && marker.holds !== 'demo') return;
  const isOwn = await ownNamesIn(out, there);
  const other = there.find((name) => !isLitter(name) && !isOwn(name));
  if (other === undefined) return;
  throw new DatumError(
    'output',
    `${folder} holds files of the dataset (${other}): results would lie among them; choose a folder of their own.`,
    { file: folder, option: 'out' },
  );
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return !way.startsWith('..') && !isAbsolute(way);
}

/** The folder's own path, or the one that it is going to have. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return dirname(path) === path ? path : join(await realOf(dirname(path)), basename(path));
  }
}

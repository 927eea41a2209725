import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { DatumError } from '../errors.js';
import { colonBeforeModule, isModulePath } from '../plugins/module-path.js';
import { detectFormat } from './detect.js';
import { opened } from './opened.js';
import type { DatasetFormat } from './format.js';
import { completeFormat, loadFormatModule, type FormatPlugin } from './plugin.js';
import { findFormat, formatNames, FORMATS, isFormatName } from './registry.js';
import { refuseShares } from './shares.js';
import { unreadNotes } from './unread.js';
import { unwrap } from './unwrap.js';
import type { Dataset } from './types.js';

export interface DatasetTarget {
  readonly path: string;
  /** Name of the format or path of its module, or null to detect it. */
  readonly format: string | null;
}

/**
 * Splits `path:format`. A colon belongs to the path where no format's name follows, so `C:\data` and `a:b/c` are paths.
 */
export function parseTarget(target: string): DatasetTarget {
  const colon = target.lastIndexOf(':');
  const name = target.slice(colon + 1);
  return (colon > 0 && isFormatName(name)) || colonBeforeModule(target) > 0
    ? { path: target.slice(0, colon), format: name }
    : { path: target, format: null };
}

/** How to open a dataset. */
export interface OpenDatasetOptions {
  /** Name of the format, path of a module with one, or a format of the caller's own. */
  readonly format?: string | FormatPlugin | undefined;
}

/**
 * Opens a dataset: a folder, or the main file of one, whose format is told by its content or named behind a colon.
 *
 * @param target `path` or `path:format`, such as `data/voc` or `data/instances_val.json:coco`; with `options.format` a path.
 * @throws DatumError (`dataset`) when there is no such path, the format is not clear, or a file is malformed.
 */
export async function openDataset(target: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  if (options.format !== undefined) {
    const { format } = options;
    const named = typeof format === 'string' ? await formatNamed(format) : completeFormat(format);
    if (!(await exists(target))) throw noSuchPath(target, target);
    return openAs(target, named);
  }
  // A path that exists as it stands wins over the colon in it.
  const { path, format } = (await exists(target)) ? { path: target, format: null } : parseTarget(target);
  if (!(await exists(path))) {
    const unknown = await unknownFormatOf(target);
    throw unknown === null ? noSuchPath(target, path) : noSuchFormat(unknown);
  }
  if (format !== null) return openAs(path, await formatNamed(format));
  const { folder: absolute, notes: beside } = await unwrap(
    resolve(path),
    await Promise.all(FORMATS.map((entry) => entry.load())),
  );
  const detected = await detectFormat(absolute);
  const dataset = await detected.format.open(absolute);
  await refuseShares(dataset);
  const notes = [...dataset.notes, ...beside, ...detected.notes, ...(await unreadNotes(absolute, dataset))];
  const folder = (await stat(absolute)).isDirectory() ? absolute : null;
  return opened({ ...dataset, notes, reason: detected.reason }, { folder });
}

/** Opens what a folder holds, or the one folder in it, as the format that was named. */
async function openAs(path: string, format: DatasetFormat): Promise<Dataset> {
  const { folder: absolute, notes: beside } = await unwrap(resolve(path), [format]);
  const dataset = await format.open(absolute);
  await refuseShares(dataset);
  const notes = [...dataset.notes, ...beside, ...(await unreadNotes(absolute, dataset, { isNamed: true }))];
  const folder = (await stat(absolute)).isDirectory() ? absolute : null;
  return opened({ ...dataset, notes }, { folder });
}

/**
 * @param name of a format, or the path of a module with one.
 * @throws DatumError (`dataset`) when there is no such format.
 */
export async function formatNamed(name: string): Promise<DatasetFormat> {
  if (isModulePath(name)) return loadFormatModule(name);
  const format = await findFormat(name);
  if (format !== null) return format;
  throw noSuchFormat(name);
}

/** The word behind the colon of `path:word` where there is such a path and no such format; else null. */
export async function unknownFormatOf(target: string): Promise<string | null> {
  const [, before, word] = WORD_BEHIND.exec(target) ?? [];
  if (before === undefined || word === undefined || isFormatName(word)) return null;
  return (await exists(before)) ? word : null;
}

/** More than a drive letter, a colon, and what may be meant as a format. */
const WORD_BEHIND = /^(.{2,}):([\w-]+)$/;

function noSuchFormat(name: string): DatumError {
  return new DatumError('dataset', `there is no dataset format '${name}': there are ${formatNames().join(', ')}.`, {
    option: 'format',
  });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function noSuchPath(target: string, path: string): DatumError {
  // `data:cocoo` is more likely a wrong format than a file with a colon.
  const [, before, after] = WORD_BEHIND.exec(target) ?? [];
  const hint =
    before !== undefined && after !== undefined && path === target
      ? ` (if '${after}' was meant as a format: there are ${formatNames().join(', ')})`
      : '';
  return new DatumError('dataset', `${path}: there is no such file or folder${hint}.`, { file: path });
}

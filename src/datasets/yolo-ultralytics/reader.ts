import { basename, dirname, join, resolve } from 'node:path';

import { DatumError } from '../../errors.js';
import { subFolder } from '../folders.js';
import { isFile, isFolder, walkImages } from '../image-files.js';
import { unixPath, UniqueIds } from '../item-id.js';
import { malformed } from '../malformed.js';
import { isPartFolder } from '../subset-names.js';
import { listFolder } from '../walk.js';
import { readLines, readText } from '../text.js';
import type { Dataset } from '../types.js';
import {
  eachImageOnce,
  labelsBesideImages,
  repeatedNotes,
  readYoloItem,
  withTxt,
  type YoloEntry,
} from '../yolo/items.js';
import { withLabelsAlone, type LabelFolders } from '../yolo/label-folders.js';
import { sameNameNotes } from '../yolo/class-list.js';
import { readConfig, type UltralyticsConfig } from './config.js';

/**
 * Opens a dataset for Ultralytics' YOLO: `data.yaml` names the subsets' image folders or lists, and the labels of
 * `images/a/1.jpg` are in `labels/a/1.txt`. An image without a label file has nothing on it, as for the trainer.
 */
export async function openYoloUltralytics(path: string): Promise<Dataset> {
  const file = (await isFile(path)) ? path : await findConfig(path);
  if (file === null)
    throw new DatumError('dataset', `${path}: there is no data.yaml with 'train' or 'val' and 'names'.`, {
      file: path,
    });
  const config = await readConfig(file);
  const others = file === path ? [] : (await findConfigs(path)).filter((other) => other !== file);
  for (const other of others) await refuseOtherNames(file, config, other);
  const base = await baseFolder(dirname(file), config.path);
  const notes = others.map((other) => `${other} is not read beside ${basename(file)}; name it by its path to read it.`);
  notes.push(...config.notes);
  const sources = new Map<string, readonly string[]>();
  const taken = new Set<string>();
  for (const [subset, written] of config.subsets) {
    const found: string[] = [];
    for (const one of written) {
      const source = await resolveSource(base, dirname(file), one, subset);
      if (source === null) notes.push(`${file}: ${subset} names '${one}', which is not there; it was left out.`);
      else if (!found.includes(source.path) && !taken.has(source.path)) found.push(source.path);
      else notes.push(`${file}: ${subset} names '${one}' again; its images are read once.`);
      if (source?.isWritten === false) {
        notes.push(`${file}: ${subset} names '${one}', which is not there; ${source.path} is read in its place.`);
      }
    }
    for (const source of found) taken.add(source);
    if (found.length > 0) sources.set(subset, found);
  }
  if (sources.size === 0)
    throw malformed(file, null, 'none of the images that it names are there', "check 'path', 'train' and 'val'");
  const lists: string[] = [];
  for (const source of [...sources.values()].flat()) if (await isFile(source)) lists.push(source);
  notes.push(...(await repeatedNotes(base, lists)), ...sameNameNotes(file, config.names));
  return {
    format: 'yolo_ultralytics',
    root: base,
    labelNames: config.names.map((name) => name.normalize('NFC')),
    subsets: [...sources.keys()],
    count: null,
    notes,
    items: () => eachImageOnce(readItems(base, sources, config)),
  };
}

/** Two files of one folder that number other classes: which of them its label files are of, nothing tells. */
async function refuseOtherNames(file: string, { names }: UltralyticsConfig, other: string): Promise<void> {
  const theirs = await readConfig(other).catch(() => null);
  if (theirs === null || theirs.names.join('\n') === names.join('\n')) return;
  throw malformed(
    other,
    null,
    `its classes (${theirs.names.slice(0, 3).join(', ')}...) differ from those of ${file} (${names.slice(0, 3).join(', ')}...)`,
    'name one of the two files',
  );
}

/** The YAML file in a folder that names subsets and classes; `data.yaml` before others. */
export async function findConfig(folder: string): Promise<string | null> {
  return (await findConfigs(folder))[0] ?? null;
}

async function findConfigs(folder: string): Promise<string[]> {
  const found: string[] = [];
  const files = (await listFolder(folder)).files.filter((name) => /\.ya?ml$/i.test(name));
  files.sort((a, b) => Number(b.startsWith('data.')) - Number(a.startsWith('data.')));
  for (const name of files) {
    // The keys alone, so that a file with a mistake in it is still found, and the mistake is named when it is read.
    const text = await readText(join(folder, name)).catch(() => '');
    if (/^(train|val|valid|validation|test)\s*:/m.test(text) && /^(names|nc)\s*:/m.test(text))
      found.push(join(folder, name));
  }
  return found;
}

/** `path:` counts from the file; a path of another machine falls back to the file's folder. */
async function baseFolder(folder: string, path: string | null): Promise<string> {
  const base = path === null ? folder : resolve(folder, unixPath(path));
  return (await isFolder(base)) ? base : folder;
}

/**
 * A folder or list. `../train/images` is also looked for without `../`, as Roboflow's files are meant; of a path of
 * another machine, its longest end that is there counts; and a subset's folder may be spelled or lie otherwise
 * (`valid/images` for `images/val`).
 */
async function resolveSource(
  base: string,
  folder: string,
  written: string,
  subset: string,
): Promise<FoundSource | null> {
  const unix = unixPath(written);
  const candidates = [resolve(base, unix), resolve(folder, unix), resolve(base, unix.replace(/^(\.\.\/)+/, ''))];
  const parts = unix
    .replace(/^[A-Za-z]:/, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  const isForeign = unix.startsWith('/') || /^[A-Za-z]:/.test(unix);
  if (isForeign) candidates.push(...parts.slice(1).map((_, i) => join(base, ...parts.slice(i + 1))));
  for (const path of candidates) if ((await isFile(path)) || (await isFolder(path))) return { path, isWritten: true };
  // A path that speaks of the subset, or of images, is a spelling of it; any other is a mistake.
  const speaks = parts.some((part) => isPartFolder(part) || SPELLINGS[subset]?.includes(part.toLowerCase()) === true);
  const other = speaks ? await subsetFolder(base, subset) : null;
  return other === null ? null : { path: other, isWritten: false };
}

/** Where the images of a source lie, and whether that is where the file says. */
interface FoundSource {
  readonly path: string;
  readonly isWritten: boolean;
}

/** How the folder of a subset is spelled, in any case of letters. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  train: ['train', 'training'],
  val: ['val', 'valid', 'validation'],
  test: ['test', 'testing'],
};

/** `train/images/`, `images/train/` or `train/`, as the subset's folder is spelled. */
async function subsetFolder(base: string, subset: string): Promise<string | null> {
  const own = await subFolder(base, SPELLINGS[subset] ?? [subset]);
  const inside = own === null ? null : await subFolder(own, ['images']);
  const images = await subFolder(base, ['images']);
  return inside ?? (images === null ? null : await subFolder(images, SPELLINGS[subset] ?? [subset])) ?? own;
}

function readItems(base: string, sources: ReadonlyMap<string, readonly string[]>, config: UltralyticsConfig) {
  const ids = new UniqueIds();
  const options = { classes: config.names.length, keypoints: config.keypoints };
  const entries = async function* (folders: LabelFolders): AsyncGenerator<YoloEntry> {
    for (const [subset, paths] of sources) {
      for (const source of paths) {
        yield* entriesOf(base, subset, source);
        const labels = dirname(labelsBesideImages(join(source, 'x')));
        if (labels !== source && (await isFolder(source))) await folders.addBelow(subset, labels, source);
      }
    }
  };
  return withLabelsAlone(base, entries, (entry) => readYoloItem(entry, options, ids), idNameOf);
}

/** The path without the folders that all images of the subset share. */
function idNameOf(name: string, subset: string): string {
  return name.replace(new RegExp(`^(.*/)?images/(${subset}/)?`), '');
}

async function* entriesOf(base: string, subset: string, source: string): AsyncGenerator<YoloEntry> {
  if (await isFolder(source)) {
    for await (const name of walkImages(source, { dead: true })) yield entry(subset, name, name, [source]);
    return;
  }
  const hasData = await isFolder(join(base, 'data'));
  for await (const { text } of readLines(source)) {
    // CVAT writes `data/` in front, for the folder itself.
    const name = unixPath(text).replace(/^(\.\/)?data\/(?=images\/)/, (data) => (hasData ? data : ''));
    yield entry(subset, name, idNameOf(name, subset), [dirname(source), base]);
  }
}

function entry(subset: string, name: string, idName: string, folders: readonly string[]): YoloEntry {
  return {
    subset,
    name,
    idName,
    folders,
    labelFiles: (imagePath) => (imagePath === null ? [] : [labelsBesideImages(imagePath), withTxt(imagePath)]),
    unlabelledIsEmpty: true,
  };
}

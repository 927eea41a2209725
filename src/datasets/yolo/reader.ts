import { basename, dirname, join } from 'node:path';

import { DatumError } from '../../errors.js';
import { isFile, isImageName, walkImages } from '../image-files.js';
import { unixPath, UniqueIds, withoutExtension } from '../item-id.js';
import { malformed } from '../malformed.js';
import { listFolder } from '../walk.js';
import { readLines } from '../text.js';
import type { Dataset, DatasetItem } from '../types.js';
import { readClassList, sameNameNotes } from './class-list.js';
import { withLabelsAlone } from './label-folders.js';
import { isTextName } from './label-text.js';
import { eachImageOnce, labelsBesideImages, readYoloItem, repeatedNotes, withTxt, type YoloEntry } from './items.js';

/** Members of `obj.data` that name lists of images. */
const SUBSETS = ['train', 'valid', 'test'] as const;

interface YoloLayout {
  readonly root: string;
  readonly namesFile: string;
  readonly subsets: readonly YoloSubset[];
}

/** A subset is a list of images, or, where there is no list, a folder with label files. */
interface YoloSubset {
  readonly name: string;
  readonly list: string | null;
  readonly folder: string | null;
}

/**
 * Opens Darknet's YOLO (https://github.com/AlexeyAB/darknet): `obj.data` names `obj.names` and the lists `train.txt`
 * and `valid.txt`; the labels of `a/1.jpg` are in `a/1.txt` beside it. Without `obj.data`, the folders
 * `obj_<subset>_data` beside `obj.names` are the subsets.
 */
export async function openYolo(path: string): Promise<Dataset> {
  const layout = await findLayout(path);
  const { names, notes } = await readClassList(layout.namesFile);
  const repeated = await repeatedNotes(
    layout.root,
    layout.subsets.flatMap(({ list }) => (list === null ? [] : [list])),
  );

  return {
    format: 'yolo',
    root: layout.root,
    labelNames: names,
    subsets: layout.subsets.map(({ name }) => name),
    count: null,
    notes: [...notes, ...sameNameNotes(layout.namesFile, names), ...repeated],
    items: () => eachImageOnce(readItems(layout, names.length)),
  };
}

function readItems({ root, subsets }: YoloLayout, classes: number): AsyncGenerator<DatasetItem> {
  const ids = new UniqueIds();
  const entries = async function* (): AsyncGenerator<YoloEntry> {
    for (const subset of subsets) yield* entriesOf(root, subset);
  };
  return withLabelsAlone(root, entries, (entry) => readYoloItem(entry, { classes, keypoints: false }, ids), idNameOf);
}

/** The path without the folder of a subset. */
const idNameOf = (name: string): string => name.replace(/^.*\bobj_\w+_data\//, '');

async function findLayout(path: string): Promise<YoloLayout> {
  const dataFile = (await isFile(path)) ? path : await findDataFile(path);
  const root = dataFile === null ? path : dirname(dataFile);
  if (dataFile !== null) {
    const members = await readDataFile(dataFile);
    const subsets: YoloSubset[] = [];
    for (const name of SUBSETS) {
      const list = members.get(name);
      if (list !== undefined) subsets.push({ name, list: await resolveMember(root, list, dataFile), folder: null });
    }
    const namesFile = await resolveMember(root, members.get('names') ?? 'obj.names', dataFile);
    if (subsets.length === 0) throw malformed(dataFile, null, "neither 'train' nor 'valid' is given");
    return { root, namesFile, subsets };
  }
  const { files, folders } = await listFolder(path);
  const subsets = folders.flatMap((folder) => {
    const name = /^obj_(\w+)_data$/.exec(folder)?.[1];
    return name === undefined ? [] : [{ name, list: null, folder: join(path, folder) }];
  });
  if (!files.includes('obj.names') || subsets.length === 0) {
    throw new DatumError(
      'dataset',
      `${path}: there is no obj.data, nor obj.names with obj_train_data/; give the folder that holds them.`,
      { file: path },
    );
  }
  return { root, namesFile: join(path, 'obj.names'), subsets };
}

async function findDataFile(folder: string): Promise<string | null> {
  for (const name of (await listFolder(folder)).files) {
    if (!name.endsWith('.data')) continue;
    const members = await readDataFile(join(folder, name));
    if (members.has('names') || members.has('train') || members.has('valid')) return join(folder, name);
  }
  return null;
}

/** Lines of `key = value`; `#` starts a comment. */
async function readDataFile(path: string): Promise<ReadonlyMap<string, string>> {
  const members = new Map<string, string>();
  for await (const { text } of readLines(path)) {
    const [, key, value] = /^([^#=]+?)\s*=\s*(.+?)$/.exec(text) ?? [];
    if (key !== undefined && value !== undefined) members.set(key, value);
  }
  return members;
}

/** Paths count from the folder of obj.data; the leading `data/` of Darknet's own examples stands for that folder. */
async function resolveMember(root: string, member: string, dataFile: string): Promise<string> {
  const unix = unixPath(member);
  const candidates = [
    member,
    unix,
    join(root, unix),
    join(root, unix.replace(/^(\.\/)?data\//, '')),
    join(root, basename(unix)),
  ];
  for (const candidate of candidates) if (await isFile(candidate)) return candidate;
  throw malformed(dataFile, null, `it names '${member}', which is not there`);
}

async function* entriesOf(root: string, subset: YoloSubset): AsyncGenerator<YoloEntry> {
  if (subset.list !== null) {
    for await (const { text } of readLines(subset.list)) {
      const name = unixPath(text).replace(/^(\.\/)?data\//, '');
      yield entry(subset.name, name, [root, dirname(subset.list), join(root, 'data')], null);
    }
    return;
  }
  const folder = subset.folder!;
  const stems = new Map<string, string>();
  for (const file of (await listFolder(folder)).files) {
    if (isTextName(file)) stems.set(withoutExtension(file), withoutExtension(file) + '.jpg');
  }
  for await (const image of walkImages(folder, { dead: true })) stems.set(withoutExtension(image), image);
  for (const image of stems.values()) yield entry(subset.name, image, [folder, join(root, 'images'), root], folder);
}

/** @param labelFolder where label files are when they are not beside the images. */
function entry(subset: string, name: string, folders: readonly string[], labelFolder: string | null): YoloEntry {
  return {
    subset,
    name,
    idName: idNameOf(name),
    folders,
    labelFiles: (imagePath) => [
      ...(labelFolder === null ? [] : [join(labelFolder, withTxt(name))]),
      ...(imagePath === null ? [] : [withTxt(imagePath), labelsBesideImages(imagePath)]),
      ...folders.map((folder) => join(folder, withTxt(name))),
    ],
    unlabelledIsEmpty: false,
  };
}

/** Whether a folder looks like Darknet's YOLO; the reason in words, or null. */
export async function recogniseYolo(folder: string): Promise<string | null> {
  const { files, folders } = await listFolder(folder);
  const dataFile = await findDataFile(folder);
  if (dataFile !== null) return `${basename(dataFile)} names lists of images`;
  const labelled = folders.filter((name) => /^obj_\w+_data$/.test(name));
  if (!files.includes('obj.names') || labelled.length === 0) return null;
  const inside = (await listFolder(join(folder, labelled[0]!))).files;
  return inside.some((name) => isTextName(name) || isImageName(name))
    ? `obj.names and ${labelled[0]!}/ are there`
    : null;
}

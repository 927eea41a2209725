import { basename, dirname, join } from 'node:path';

import { DatumError } from '../../errors.js';
import { LabelList } from '../label-list.js';
import { findImage, isFile } from '../image-files.js';
import { ImageFolders } from '../image-folders.js';
import { itemId, unixPath, UniqueIds } from '../item-id.js';
import { malformed } from '../malformed.js';
import { listFolder } from '../walk.js';
import { readLines } from '../text.js';
import { joinTwice } from '../twice.js';
import type { Dataset, DatasetItem } from '../types.js';

/** List of class names, by line. */
export const SYNSETS = 'synsets.txt';

/** Other lists of class names, by line. */
const NAME_LISTS = ['labels.txt', 'classes.txt', 'class_names.txt', 'classnames.txt', 'names.txt'];

/** Class numbers above this are something else, such as sizes or ids. */
const MAX_LABEL = 1_000_000;

/** A line of a list: an image and its labels. */
export interface ListedImage {
  readonly image: string;
  readonly labels: readonly number[];
}

/**
 * Opens Datumaro's `imagenet_txt`: lists `<subset>.txt` of `image label [label...]`, `synsets.txt` with a class name a
 * line, and `images/`. Without names, classes are `class-0`, `class-1`... The lists are read once to count and check
 * them, and again for the items.
 */
export async function openImagenetTxt(path: string): Promise<Dataset> {
  const single = await isFile(path);
  const root = single ? dirname(path) : path;
  const lists = single ? [path] : await findLists(root);
  if (lists.length === 0) {
    throw new DatumError(
      'dataset',
      `${path}: there is no list of images and labels (lines such as 'cat.jpg 3' in a .txt file).`,
      { file: path },
    );
  }
  const namesFile = await findNames(root);
  const names = namesFile === null ? null : await readNames(namesFile);
  let count = 0;
  let largest = -1;
  const known = new Set<string>();
  let isRepeated = false;
  for (const list of lists) {
    for await (const { image, labels } of readList(list, names, namesFile)) {
      count++;
      const own = unixPath(image).slice(unixPath(image).lastIndexOf('/') + 1);
      isRepeated ||= known.has(own);
      known.add(own);
      for (const label of labels) largest = Math.max(largest, label);
    }
  }
  const labelNames = names ?? new LabelList(Array.from({ length: largest + 1 }, (_, i) => `class-${i}`)).names;
  const items = async function* (): AsyncGenerator<DatasetItem> {
    const ids = new UniqueIds();
    const imageFolders = new ImageFolders(root);
    for (const list of lists) {
      for await (const listed of readList(list, labelNames, namesFile)) {
        const subset = subsetOf(list);
        yield await readItem(await imageFolders.of(root, subset), subset, listed, ids);
      }
    }
  };
  return {
    format: 'imagenet_txt',
    root,
    labelNames,
    subsets: lists.map(subsetOf),
    count: isRepeated ? null : count,
    notes: notesOn(root, namesFile),
    items: isRepeated ? joinTwice(items) : items,
  };
}

function notesOn(root: string, namesFile: string | null): string[] {
  if (namesFile === null) return [`${root}: there is no ${SYNSETS}, so classes are called class-0, class-1...`];
  if (basename(namesFile) === SYNSETS) return [];
  return [`${root}: the class names are the lines of ${basename(namesFile)}, counted from 0.`];
}

/** The list of class names; one that lists images or numbers is none. */
async function findNames(root: string): Promise<string | null> {
  if (await isFile(join(root, SYNSETS))) return join(root, SYNSETS);
  const { files } = await listFolder(root);
  for (const name of NAME_LISTS) {
    const file = files.find((one) => one.toLowerCase() === name);
    if (file === undefined) continue;
    for await (const { text } of readLines(join(root, file))) {
      if (!/\s\d+$/.test(text) && parseLine(text) === null) return join(root, file);
      break;
    }
  }
  return null;
}

const subsetOf = (list: string): string => basename(list).replace(/\.txt$/i, '');

async function findLists(root: string): Promise<string[]> {
  const lists: string[] = [];
  for (const name of (await listFolder(root)).files) {
    if (!name.toLowerCase().endsWith('.txt') || name === SYNSETS) continue;
    for await (const { text } of readLines(join(root, name))) {
      if (parseLine(text) !== null) lists.push(join(root, name));
      break;
    }
  }
  return lists;
}

async function readNames(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { text } of readLines(path)) names.push(text.normalize('NFC'));
  return names;
}

async function* readList(
  path: string,
  names: readonly string[] | null,
  namesFile: string | null,
): AsyncGenerator<ListedImage> {
  const classes = names?.length ?? null;
  for await (const { text, number } of readLines(path)) {
    const listed = parseLine(text);
    if (listed === null) {
      throw malformed(path, { line: number }, `'${text.slice(0, 80)}' is not an image and its label numbers`);
    }
    const unknown = classes === null ? undefined : listed.labels.find((label) => label >= classes);
    if (unknown !== undefined) {
      throw malformed(
        path,
        { line: number },
        `label ${unknown} has no name, since ${basename(namesFile ?? SYNSETS)} has ${classes ?? 0} lines`,
      );
    }
    const absurd = listed.labels.find((label) => label > MAX_LABEL);
    if (absurd !== undefined) throw malformed(path, { line: number }, `${absurd} is too large for a class number`);
    yield listed;
  }
}

/** `a/b.jpg 3 7`, or `"name with spaces".jpg 3` as Datumaro writes it, or the quotes around it all. */
export function parseLine(text: string): ListedImage | null {
  const quoted = /^"([^"]+)"(\S*)((?:\s+\d+)*)$/.exec(text);
  const [, image, labels] = quoted
    ? ['', quoted[1]! + quoted[2]!, quoted[3]!]
    : (/^(.*?\S)((?:\s+\d+)*)$/.exec(text) ?? []);
  if (image === undefined || labels === undefined) return null;
  const numbers = labels.trim() === '' ? [] : labels.trim().split(/\s+/).map(Number);
  // A name alone is an image without label only when it looks like an image.
  return numbers.length === 0 && !/\.\w{2,5}$/.test(image) ? null : { image, labels: numbers };
}

async function readItem(
  folders: readonly string[],
  subset: string,
  { image, labels }: ListedImage,
  ids: UniqueIds,
): Promise<DatasetItem> {
  const { imagePath, missing } = await findImage(folders, image);
  return {
    id: ids.claim(itemId(image), subset),
    subset,
    imagePath,
    missing,
    size: null,
    annotated: labels.length > 0,
    labels: labels.map((label) => ({ label, attributes: {} })),
    boxes: [],
    attributes: {},
  };
}

import { findImage, isFile, measureImage } from '../image-files.js';
import { itemId, plainPath, type UniqueIds } from '../item-id.js';
import { readAnnotations } from '../malformed.js';
import { readLines } from '../text.js';
import type { DatasetItem } from '../types.js';
import { readLabelFile, type LabelFileOptions } from './label-file.js';

/** An image as a list or a folder names it. */
export interface YoloEntry {
  readonly subset: string;
  /** Path of the image as the dataset writes it. */
  readonly name: string;
  /** Name for the id: the path without the folders that all images of the subset share. */
  readonly idName: string;
  /** Absolute folders where the image may be, best first. */
  readonly folders: readonly string[];
  /** Absolute paths where the labels may be, best first, given the image's path (null when it is missing). */
  readonly labelFiles: (imagePath: string | null) => readonly string[];
  /** Whether an image without a label file was looked at and has nothing on it. */
  readonly unlabelledIsEmpty: boolean;
}

/** Reads an image's size and its label file: YOLO's boxes have no pixels without the size. */
export async function readYoloItem(entry: YoloEntry, options: LabelFileOptions, ids: UniqueIds): Promise<DatasetItem> {
  const found = await findImage(entry.folders, entry.name);
  let labels: string | null = null;
  for (const candidate of entry.labelFiles(found.imagePath).flatMap(spellingsOf)) {
    if (labels === null && (await isFile(candidate))) labels = candidate;
  }
  const image = labels === null ? { ...found, size: null } : await measureImage(found);
  return {
    id: ids.claim(itemId(entry.idName), entry.subset),
    subset: entry.subset,
    ...image,
    annotated: labels !== null || entry.unlabelledIsEmpty,
    labels: [],
    attributes: {},
    ...(await readAnnotations(() =>
      labels === null || image.size === null ? { boxes: [] } : readLabelFile(labels, image.size, options),
    )),
  };
}

/** The items of images that were not given before: a list may name an image twice, and two lists may. */
export async function* eachImageOnce(items: AsyncIterable<DatasetItem>): AsyncGenerator<DatasetItem> {
  const given = new Set<string>();
  for await (const item of items) {
    if (item.imagePath !== null && given.has(item.imagePath)) continue;
    if (item.imagePath !== null) given.add(item.imagePath);
    yield item;
  }
}

/** What is said of lists that name images more than once, each or together. */
export async function repeatedNotes(root: string, lists: readonly string[]): Promise<string[]> {
  const named = new Set<string>();
  let again = 0;
  for (const list of lists) {
    for await (const { text } of readLines(list)) {
      const name = plainPath(text);
      if (named.has(name)) again++;
      named.add(name);
    }
  }
  return again === 0
    ? []
    : [`${root}: lists name images again (${again} lines); each image is read once, where it is named first.`];
}

/**
 * `a/images/b/1.jpg` becomes `a/labels/b/1.txt`, at the last `images` folder; as both families of tools look for it.
 * `Images` becomes `Labels`, and `IMAGES` `LABELS`.
 */
export function labelsBesideImages(imagePath: string): string {
  const text = withTxt(imagePath);
  return text.replace(/^(.*[/\\])(images|Images|IMAGES)([/\\])/, (_, before: string, name: string, after: string) => {
    const labels = name === 'IMAGES' ? 'LABELS' : name === 'Images' ? 'Labels' : 'labels';
    return `${before}${labels}${after}`;
  });
}

/** Systems and people differ in the letters of an extension. */
const spellingsOf = (path: string): string[] => ['.txt', '.TXT', '.Txt'].map((end) => path.replace(/\.txt$/, end));

/** The path with `.txt` in place of the image's extension. */
export function withTxt(imagePath: string): string {
  return `${imagePath.replace(/\.[^./\\]*$/, '')}.txt`;
}

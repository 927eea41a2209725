import { findImage, isFile, measureImage } from '../image-files.js';
import { itemId, type UniqueIds } from '../item-id.js';
import { readAnnotations } from '../malformed.js';
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
  for (const candidate of entry.labelFiles(found.imagePath)) {
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

/** The path with `.txt` in place of the image's extension. */
export function withTxt(imagePath: string): string {
  return `${imagePath.replace(/\.[^./\\]*$/, '')}.txt`;
}

import { basename, join, relative } from 'node:path';

import type { Box } from '../../annotations/index.js';
import { DatumError } from '../../errors.js';
import { findImage, measureImage, walkImages, type FoundImage } from '../image-files.js';
import { itemId, unixPath, UniqueIds } from '../item-id.js';
import { LabelList } from '../label-list.js';
import { PassedOver } from '../passed-over.js';
import { stemOfPath, subsetOfPath } from '../pairs.js';
import { joinTwice } from '../twice.js';
import type { Attributes, Dataset, DatasetItem, ImageSize, TrueBox } from '../types.js';
import { unannotatedItem } from '../unannotated.js';
import { compareNames } from '../walk.js';
import type { AnnotationFile, FoundFiles } from './files.js';

/** An object as a file has it, its class by name. */
export interface ListedObject {
  readonly label: string;
  readonly box: Box;
  /** Rings of its outline, in the box's units; none where only the box is known. */
  readonly polygons?: readonly (readonly number[])[];
  readonly attributes?: Attributes;
}

/** What a file says of one image. */
export interface ListedImage {
  /** Names under which the image may be found: as the file writes it first, the best for people last. */
  readonly names: readonly string[];
  readonly size?: ImageSize | null;
  /** Whether boxes are shares of the image's width and height; pixels otherwise. */
  readonly relative?: boolean;
  /** Whether somebody looked; default: yes. */
  readonly annotated?: boolean;
  /** Classes of the whole image, with what is said of them. */
  readonly labels?: readonly { readonly label: string; readonly attributes?: Attributes }[];
  readonly objects: readonly ListedObject[];
  readonly attributes?: Attributes;
  /** What of its annotations is not read. */
  readonly unread?: Unread;
  /** Why its annotations cannot be read. */
  readonly malformed?: string;
}

/** What of an image's annotations is not read, as `PassedOver` counts it, classes by name. */
export class Unread {
  readonly parts: { readonly kind: string; readonly label: string | null; readonly count: number }[] = [];

  /**
   * @param kind in words, of several
   * @param label class of an object that is there and has no usable place
   */
  add(kind: string, label: string | null = null, count = 1): void {
    if (count > 0) this.parts.push({ kind, label, count });
  }
}

/** How a format reads one of its files; may be called again. */
export type ReadFile = (file: AnnotationFile) => AsyncIterable<ListedImage>;

/** A dataset of annotation files that list images. */
export interface ListedDataset extends FoundFiles {
  readonly format: string;
  readonly read: ReadFile;
  /** Names of the classes where they are written down; otherwise they are collected, and sorted. */
  readonly labelNames?: readonly string[];
  readonly notes?: readonly string[];
}

/**
 * A dataset whose files list images with what is on them. Each is read once to know classes and numbers, and again for
 * the items, of which one is in memory at a time. Images below the root that no file names are items that nobody has
 * annotated.
 */
export async function listedDataset({ format, root, files, read, ...known }: ListedDataset): Promise<Dataset> {
  const labels = new Set<string>();
  const listed = new Set<string>();
  let count = 0;
  const twice = { inFile: 0, inFiles: 0 };
  for (const file of files) {
    const here = new Set<string>();
    for await (const image of read(file)) {
      for (const { label } of [...(image.labels ?? []), ...image.objects, ...(image.unread?.parts ?? [])]) {
        if (label !== null) labels.add(label.normalize('NFC'));
      }
      const { imagePath } = await findByNames(file.imageFolders, image.names);
      if (imagePath !== null && listed.has(imagePath)) {
        twice.inFiles++;
        continue;
      }
      count++;
      if (imagePath === null) continue;
      if (here.has(imagePath)) {
        twice.inFile++;
        count--;
      }
      here.add(imagePath);
    }
    for (const image of here) listed.add(image);
  }
  const subsets = new Set(count === 0 ? [] : files.map(({ subset }) => subset));
  for await (const image of unlisted(root, listed)) {
    count++;
    subsets.add(subsetOfPath(image));
  }
  const labelList = new LabelList(known.labelNames ?? [...labels].sort(compareNames));
  const items = async function* (): AsyncGenerator<DatasetItem> {
    const ids = new UniqueIds();
    const before = new Set<string>();
    for (const file of files) {
      const here: string[] = [];
      for await (const image of read(file)) {
        const found = await findByNames(file.imageFolders, image.names);
        if (found.imagePath !== null && before.has(found.imagePath)) continue;
        // Where there is one file alone, nothing comes after it.
        if (found.imagePath !== null && files.length > 1) here.push(found.imagePath);
        yield await itemOf(root, file, { ...image, found }, labelList, ids);
      }
      for (const image of here) before.add(image);
    }
    for await (const image of unlisted(root, listed)) {
      const subset = subsetOfPath(image);
      yield unannotatedItem(ids.claim(stemOfPath(image), subset), subset, join(root, image));
    }
  };
  return {
    format,
    root,
    labelNames: labelList.names,
    subsets: [...subsets],
    count,
    notes: [...(known.notes ?? []), ...twiceNotes(root, twice)],
    items: twice.inFile > 0 ? joinTwice(items) : items,
  };
}

function twiceNotes(root: string, { inFiles }: { inFiles: number }): string[] {
  if (inFiles === 0) return [];
  return [`${root}: images that several files name (${inFiles}) are read once, as the first has them.`];
}

async function* unlisted(root: string, listed: ReadonlySet<string>): AsyncGenerator<string> {
  for await (const image of walkImages(root)) if (!listed.has(join(root, image))) yield image;
}

/** What is read of an image; a mistake in its annotations is its own, and the others are read. */
export function listedImage(
  names: readonly string[],
  read: (unread: Unread) => Omit<ListedImage, 'names' | 'unread'>,
): ListedImage {
  const unread = new Unread();
  try {
    return { names, ...read(unread), unread };
  } catch (error) {
    if (!(error instanceof DatumError) || error.kind !== 'dataset') throw error;
    return { names, objects: [], malformed: error.message };
  }
}

/** The error where a folder has no file of a format. */
export function noFiles(path: string, what: string): DatumError {
  return new DatumError('dataset', `${path}: there is no ${what}; give the folder that holds it, or the file.`, {
    file: path,
  });
}

async function findByNames(folders: readonly string[], names: readonly string[]): Promise<FoundImage> {
  const first = await findImage(folders, names[0] ?? '');
  if (first.imagePath !== null) return first;
  for (const name of names.slice(1)) {
    const other = await findImage(folders, name);
    if (other.imagePath !== null) return other;
  }
  return first;
}

async function itemOf(
  root: string,
  { subset }: AnnotationFile,
  image: ListedImage & { readonly found: FoundImage },
  labelList: LabelList,
  ids: UniqueIds,
): Promise<DatasetItem> {
  const { found } = image;
  const own = found.imagePath === null ? null : unixPath(relative(root, found.imagePath));
  const needsSize = image.relative === true && (image.size ?? null) === null && image.objects.length > 0;
  const measured = needsSize ? await measureImage(found) : { ...found, size: image.size ?? null };
  const { size } = measured;
  const scale = image.relative === true ? size : { width: 1, height: 1 };
  // The file's own name where the image is missing, or lies outside.
  const name =
    own === null || own.startsWith('..') ? itemId(basename(unixPath(image.names.at(-1) ?? ''))) : stemOfPath(own);
  const item = {
    id: ids.claim(name, subset),
    subset,
    ...measured,
    attributes: image.attributes ?? {},
  };
  if (image.malformed !== undefined)
    return { ...item, annotated: false, labels: [], boxes: [], malformed: image.malformed };
  const passedOver = new PassedOver();
  for (const { kind, label, count } of image.unread?.parts ?? []) {
    passedOver.add(kind, label === null ? null : labelList.add(label), count);
  }
  return {
    ...item,
    ...passedOver.ofItem,
    annotated: image.annotated ?? true,
    labels: (image.labels ?? []).map(({ label, attributes = {} }) => ({ label: labelList.add(label), attributes })),
    boxes: scale === null ? [] : image.objects.map((object) => boxOf(object, labelList.add(object.label), scale)),
  };
}

function boxOf({ box, polygons, attributes = {} }: ListedObject, label: number, { width, height }: ImageSize): TrueBox {
  const scaled = polygons?.map((ring) => ring.map((value, i) => value * (i % 2 === 0 ? width : height)));
  return {
    x: box.x * width,
    y: box.y * height,
    width: box.width * width,
    height: box.height * height,
    label,
    attributes,
    segmentation: scaled === undefined ? null : { kind: 'polygons', polygons: scaled },
  };
}

import { join } from 'node:path';

import { DatumError } from '../../errors.js';
import { LabelList } from '../label-list.js';
import { isFile, walkImages } from '../image-files.js';
import { itemIdOfFile, UniqueIds } from '../item-id.js';
import { malformed } from '../malformed.js';
import { readLines } from '../text.js';
import type { Dataset, DatasetItem } from '../types.js';
import { itemOfFolder } from '../unannotated.js';
import { findClassFolders, type ImagenetLayout } from './layout.js';

/** Images that belong to no class, as Datumaro names their folder. */
const NO_LABEL = 'no_label';

/** Lists of `n01440764 tench, Tinca tinca`, as they come with ImageNet. */
const SYNSET_FILES = ['LOC_synset_mapping.txt', 'synset_words.txt', 'words.txt'];

/**
 * Opens a folder with one sub-folder a class, as ImageNet and torchvision's ImageFolder have it, or with one such
 * folder a subset (Datumaro's `imagenet_with_subset_dirs`). Classes are numbered in the order of their folders' names.
 * Folders named by synset (`n01440764`) get its words where a list of them is in the root. The images of a subset
 * may lie in its folder: their classes are then in `<subset>.txt`, by number or by folder name, or not known.
 */
export async function openImagenet(path: string): Promise<Dataset> {
  const layout = await findClassFolders(path);
  const subsets = layout?.subsets ?? [];
  const folders = [...new Set(subsets.flatMap(({ classes }) => classes))].filter((name) => name !== NO_LABEL).sort();
  if (folders.length === 0)
    throw new DatumError('dataset', `${path}: there are no class folders with images.`, { file: path });
  const words = await readSynsets(path);
  const labelList = new LabelList(folders.map((folder) => words.names.get(folder) ?? folder));
  const filesRead = [...words.files];
  const listed = new Map<string, ReadonlyMap<string, number>>();
  const notes: string[] = layout === null ? [] : besideNotes(path, layout);
  for (const { name, folder, flat } of subsets) {
    if (flat.length === 0) continue;
    if (folder === '') {
      notes.push(
        `${path}: ${flat.length === 1 ? '1 image lies beside the class folders and has no class' : `${flat.length} images lie beside the class folders and have no class`} (${flat.slice(0, 3).join(', ')}${flat.length > 3 ? ' and others' : ''}).`,
      );
      continue;
    }
    const list = await readSubsetList(path, name, folders);
    listed.set(name, list?.labels ?? new Map());
    if (list !== null) filesRead.push(list.file);
    const without = flat.filter((image) => list?.labels.has(image) !== true).length;
    if (without > 0)
      notes.push(`${join(path, name)}: images in no class folder and in no ${name}.txt have no class (${without}).`);
    if (list?.byNumber === true) {
      notes.push(
        `${list.file}: its numbers are taken for the class folders in the order of their names, counted from 0.`,
      );
    }
  }
  return {
    format: 'imagenet',
    root: path,
    labelNames: labelList.names,
    subsets: subsets.map(({ name }) => name),
    count: null,
    notes,
    filesRead,
    async *items() {
      const ids = new UniqueIds();
      for (const { name: subset, folder, classes, flat } of subsets) {
        for (const own of classes) {
          const label = own === NO_LABEL ? null : labelList.find(words.names.get(own) ?? own);
          for await (const image of walkImages(join(path, folder, own), { dead: true })) {
            const id = ids.claim(itemIdOfFile(`${own}/${image}`), subset);
            yield await labelledItem(id, subset, join(path, folder, own, image), label);
          }
        }
        for (const image of flat) {
          const label = listed.get(subset)?.get(image) ?? null;
          yield await labelledItem(ids.claim(itemIdOfFile(image), subset), subset, join(path, folder, image), label);
        }
      }
    },
  };
}

/** What lies among folders of classes and is none. */
function besideNotes(path: string, { empty, thumbnails }: ImagenetLayout): string[] {
  const notes: string[] = [];
  const named = (names: readonly string[]): string =>
    `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  if (empty.length > 0) notes.push(`${path}: folders without images are no classes: ${named(empty)}.`);
  if (thumbnails.length > 0) notes.push(`${path}: small copies of images are not read: ${named(thumbnails)}.`);
  return notes;
}

async function labelledItem(id: string, subset: string, imagePath: string, label: number | null): Promise<DatasetItem> {
  const item = await itemOfFolder(id, subset, imagePath);
  return label === null ? item : { ...item, annotated: true, labels: [{ label, attributes: {} }] };
}

/**
 * The classes of images that lie in a subset's folder, from lines `<image> <class>` of `<subset>.txt`, as Caffe has
 * ImageNet's (`val.txt`).
 *
 * @throws DatumError (`dataset`) where a line is something else, or names a class that is not there.
 */
async function readSubsetList(
  root: string,
  subset: string,
  folders: readonly string[],
): Promise<{ file: string; labels: ReadonlyMap<string, number>; byNumber: boolean } | null> {
  for (const file of [join(root, `${subset}.txt`), join(root, subset, `${subset}.txt`)]) {
    if (!(await isFile(file))) continue;
    const labels = new Map<string, number>();
    let byNumber = false;
    for await (const { text, number } of readLines(file)) {
      const [, image, written] = /^(.*\S)[\s,]+(\S+)$/.exec(text) ?? [];
      if (image === undefined || written === undefined) {
        throw malformed(file, { line: number }, `'${text.slice(0, 80)}' is not an image and its class`);
      }
      const named = folders.indexOf(written);
      const label = named >= 0 ? named : /^\d+$/.test(written) ? Number(written) : -1;
      if (label < 0 || label >= folders.length) {
        throw malformed(
          file,
          { line: number },
          `there is no class '${written}' among the ${folders.length} class folders`,
        );
      }
      if (named < 0) byNumber = true;
      labels.set(image.slice(image.lastIndexOf('/') + 1), label);
    }
    return { file, labels, byNumber };
  }
  return null;
}

async function readSynsets(root: string): Promise<{ names: ReadonlyMap<string, string>; files: readonly string[] }> {
  const files: string[] = [];
  const words = new Map<string, string>();
  for (const name of SYNSET_FILES) {
    const path = join(root, name);
    if (!(await isFile(path))) continue;
    for await (const { text } of readLines(path)) {
      const [, synset, rest] = /^(n\d{8})\s+(.+)$/.exec(text) ?? [];
      // The synset stays in front: two synsets may have the same words.
      if (synset !== undefined && rest !== undefined) words.set(synset, `${synset} ${rest}`);
    }
    files.push(path);
    break;
  }
  return { names: words, files };
}

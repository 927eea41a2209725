import { join as joinPath } from 'node:path';

import { isImageName } from './image-files.js';
import { withoutExtension } from './item-id.js';
import { MaskFolders } from './masks.js';
import { isAnnotationFolder, isImageFolder, isPartFolder, isSubsetFolder, wordsOfFolder } from './subset-names.js';
import { DEFAULT_SUBSET } from './types.js';
import { compareNames, walkFiles } from './walk.js';

/** An image and the annotation file of its name, of which one may be missing; paths are below the root, with `/`. */
export interface Pair {
  readonly image: string | null;
  readonly annotation: string | null;
  readonly subset: string;
  /** The path without extension, without the folder of the subset and folders such as `images/`: for the id. */
  readonly stem: string;
}

/**
 * Pairs images with annotation files of the same name in all layouts that people have: side by side, `images/` beside
 * `annotations/` or `labels/`, whole or per subset, the subset above or below, in any case of letters. Two paths belong
 * together when they are the same but for such folders; where one of them has no subset, the name alone counts if it
 * occurs once. Every image below the root is in one pair, and so is every annotation file.
 *
 * @param accept names of annotation files.
 * @param options.isOne whether a file of such a name, absolute, is one.
 * @param options.dead whether links to images that are not there count.
 */
export async function pairFiles(
  root: string,
  accept: (name: string) => boolean,
  {
    isOne = () => Promise.resolve(true),
    dead = false,
  }: { readonly isOne?: (path: string) => Promise<boolean>; readonly dead?: boolean } = {},
): Promise<Pair[]> {
  const images: string[] = [];
  const annotations: string[] = [];
  const masks = new MaskFolders(root);
  for await (const path of walkFiles(root, (name) => isImageName(name) || accept(name), { dead })) {
    if (!isImageName(path)) {
      if (await isOne(joinPath(root, path))) annotations.push(path);
    } else if (!(await masks.holds(path))) images.push(path);
  }
  return pairPaths(images, annotations);
}

/** The same for paths that are known. */
export function pairPaths(images: readonly string[], annotations: readonly string[]): Pair[] {
  const free = new Set(images);
  const byKey = groupBy(images, keyOf);
  const pairs: Pair[] = [];
  const alone: string[] = [];
  const join = (annotation: string, image: string): void => {
    free.delete(image);
    pairs.push(pairOf(image, annotation));
  };
  for (const annotation of annotations) {
    const image = bestOf(
      (byKey.get(keyOf(annotation)) ?? []).filter((path) => free.has(path)),
      annotation,
    );
    if (image === null) alone.push(annotation);
    else join(annotation, image);
  }
  const byName = groupBy([...free], nameOf);
  for (const annotation of alone) {
    const [image, second] = (byName.get(nameOf(annotation)) ?? []).filter(
      (path) => free.has(path) && agree(keyOf(path), keyOf(annotation)),
    );
    if (image !== undefined && second === undefined) join(annotation, image);
    else pairs.push(pairOf(null, annotation));
  }
  for (const image of free) pairs.push(pairOf(image, null));
  return pairs.sort(
    (a, b) =>
      compareNames(a.subset, b.subset) ||
      compareNames(a.stem, b.stem) ||
      compareNames(a.image ?? a.annotation ?? '', b.image ?? b.annotation ?? ''),
  );
}

/** The subset that a path is in: its first folder of such a name. */
export function subsetOfPath(path: string): string {
  return foldersOf(path).find(isSubsetFolder) ?? DEFAULT_SUBSET;
}

/** The path for an id: without extension, the folder of the subset, and folders such as `images/`. */
export function stemOfPath(path: string): string {
  const subset = foldersOf(path).find(isSubsetFolder);
  const parts = keyOf(path).split('/');
  const at = subset === undefined ? -1 : parts.indexOf(subset.normalize('NFC'));
  return parts.filter((_, i) => i !== at || i === parts.length - 1).join('/');
}

function pairOf(image: string | null, annotation: string | null): Pair {
  const [path, other] = [image ?? annotation ?? '', annotation ?? image ?? ''];
  const own = subsetOfPath(path);
  return { image, annotation, subset: own === DEFAULT_SUBSET ? subsetOfPath(other) : own, stem: stemOfPath(path) };
}

/** The folders of a path; `train_images/` counts as `train/images/`. */
export function foldersOf(path: string): string[] {
  return path.split('/').slice(0, -1).flatMap(wordsOfFolder);
}

const nameOf = (path: string): string => withoutExtension(path.slice(path.lastIndexOf('/') + 1)).normalize('NFC');

/** The path without extension and without folders that say what is in them. */
function keyOf(path: string): string {
  const folders = foldersOf(path).filter((name) => !isPartFolder(name));
  return [...folders, nameOf(path)].join('/').normalize('NFC');
}

/** Whether one path's folders are all among the other's, in order: `train/a` and `a`, not `train/a` and `val/a`. */
function agree(a: string, b: string): boolean {
  const [few, many] = [foldersOf(a), foldersOf(b)].sort((one, other) => one.length - other.length);
  let at = 0;
  for (const folder of many ?? []) if (folder === few?.[at]) at++;
  return at === few?.length;
}

/** Of several images of one key: the one beside the file, else one in a folder of images, else the first. */
function bestOf(images: readonly string[], annotation: string): string | null {
  const own = foldersOf(annotation).join('/');
  return (
    images.find((path) => foldersOf(path).join('/') === own) ??
    images.find((path) => foldersOf(path).some(isImageFolder) && !foldersOf(path).some(isAnnotationFolder)) ??
    images[0] ??
    null
  );
}

function groupBy(paths: readonly string[], key: (path: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const group = groups.get(key(path));
    if (group === undefined) groups.set(key(path), [path]);
    else group.push(path);
  }
  return groups;
}

import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

import { isImageName, walkImages } from '../image-files.js';
import { withoutExtension } from '../item-id.js';
import { holdsMasks } from '../masks.js';
import {
  isAnnotationFolder,
  isAsideFolder,
  isPartFolder,
  isSubsetFolder,
  isThumbnailFolder,
  wordsOfFolder,
} from '../subset-names.js';
import { DEFAULT_SUBSET } from '../types.js';
import { compareNames, listFolder, walkFiles } from '../walk.js';

/** A subset: the folders of its classes, and the images that lie in none. */
export interface ImagenetSubset {
  readonly name: string;
  /** Below the root; empty for the root itself. */
  readonly folder: string;
  /** Names of the folders of classes: those that hold images, or nothing at all. */
  readonly classes: readonly string[];
  /** Images without a class folder, below the folder, with `/`. */
  readonly flat: readonly string[];
}

export interface ImagenetLayout {
  readonly subsets: readonly ImagenetSubset[];
  /** Folders among those of classes that hold no image, below the root, with `/` at the end. */
  readonly empty: readonly string[];
  /** Folders of small copies of images, below the root, with `/` at the end. */
  readonly thumbnails: readonly string[];
  /** Whether nothing beside them says that folders are no classes, as `images/` and `labels/` do. */
  readonly isClear: boolean;
  /** Classes with images of the subset that has most of them. */
  readonly largest: { readonly folder: string; readonly classes: readonly string[] };
}

/** What the folders in a folder are. */
interface Sorted {
  readonly classes: readonly string[];
  /** Folders with nothing in them: classes without an image. */
  readonly bare: readonly string[];
  /** Folders with other things than images in them. */
  readonly empty: readonly string[];
  readonly thumbnails: readonly string[];
  /** Folders that hold images and say that they are no classes: `images/`. */
  readonly parts: readonly string[];
  /** Folders such as `labels/` that are there. */
  readonly annotations: readonly string[];
}

/**
 * Where classes are folders: in the folder itself, or in one a subset. What holds no image takes no part in it.
 *
 * @param path absolute folder.
 * @returns null where there are no class folders.
 */
export async function findClassFolders(path: string): Promise<ImagenetLayout | null> {
  const root = await listFolder(path);
  const subsetNames = root.folders.filter(isSubsetFolder);
  const others = root.folders.filter((name) => !isSubsetFolder(name));
  const subsets = await Promise.all(
    subsetNames.map(async (name) => {
      const listing = await listFolder(join(path, name));
      return { name, listing, sorted: withSubsetNames(await sortFolders(join(path, name), listing.folders)) };
    }),
  );
  if (subsets.some(({ sorted }) => sorted.classes.length > 0)) {
    const beside = await sortFolders(path, others);
    const flat = [...root.files.filter(isImageName), ...(await imagesIn(path, [...beside.classes, ...beside.parts]))];
    const outside: ImagenetSubset = { name: DEFAULT_SUBSET, folder: '', classes: [], flat };
    return {
      subsets: [
        ...(flat.length > 0 ? [outside] : []),
        ...subsets.map(({ name, listing, sorted }) => ({
          name,
          folder: name,
          classes: [...sorted.classes, ...sorted.bare, ...sorted.parts].sort(compareNames),
          flat: listing.files.filter(isImageName),
        })),
      ],
      empty: subsets.flatMap(({ name, sorted }) => sorted.empty.map((one) => `${name}/${one}/`)),
      thumbnails: [
        ...beside.thumbnails.map((one) => `${one}/`),
        ...subsets.flatMap(({ name, sorted }) => sorted.thumbnails.map((one) => `${name}/${one}/`)),
      ],
      // `train/images/` and `train/labels/` are another layout.
      largest: subsets
        .map(({ name, sorted: { classes } }) => ({ folder: name, classes }))
        .reduce((most, one) => (one.classes.length > most.classes.length ? one : most)),
      isClear: subsets.every(({ sorted: { parts, annotations } }) => parts.length + annotations.length === 0),
    };
  }
  const { classes, bare, empty, thumbnails, parts, annotations } = await sortFolders(path, others);
  if (classes.length + parts.length === 0) return null;
  const flat = root.files.filter(isImageName);
  return {
    subsets: [
      { name: DEFAULT_SUBSET, folder: '', classes: [...classes, ...bare, ...parts].sort(compareNames), flat },
      ...subsets.flatMap(({ name, listing }) => {
        const images = listing.files.filter(isImageName);
        return images.length === 0 ? [] : [{ name, folder: name, classes: [], flat: images }];
      }),
    ],
    empty: empty.map((one) => `${one}/`),
    thumbnails: thumbnails.map((one) => `${one}/`),
    largest: { folder: '', classes },
    isClear: parts.length + annotations.length === 0,
  };
}

/**
 * Whether images above class folders are strays: fewer than those in the folders, and without files of their names that
 * may be their annotations.
 */
export async function areStrays(path: string, { subsets }: ImagenetLayout): Promise<boolean> {
  const { files } = await listFolder(path);
  const above = files.filter(isImageName);
  if (above.length === 0) return true;
  const stems = new Set(files.filter((name) => !isImageName(name)).map(withoutExtension));
  if (above.some((name) => stems.has(withoutExtension(name)))) return false;
  let inside = 0;
  for (const { folder, classes } of subsets) {
    for (const name of classes) {
      for await (const image of walkImages(join(path, folder, name)))
        if (image !== '' && ++inside > above.length) return true;
    }
  }
  return false;
}

async function sortFolders(parent: string, names: readonly string[]): Promise<Sorted> {
  const classes: string[] = [];
  const bare: string[] = [];
  const empty: string[] = [];
  const thumbnails: string[] = [];
  const parts: string[] = [];
  const annotations: string[] = [];
  for (const name of names) {
    if ((await leadsUp(parent, name)) || (await holdsMasks(parent, name))) continue;
    const hasImages = await holds(walkImages(join(parent, name), { dead: true }));
    const words = wordsOfFolder(name);
    if (words.some(isAnnotationFolder)) {
      if (hasImages || (await holds(walkFiles(join(parent, name), () => true)))) annotations.push(name);
    } else if (!hasImages) {
      const isBare = !isAsideFolder(name) && !(await holds(walkFiles(join(parent, name), () => true)));
      if (!isPartFolder(name)) (isBare ? bare : empty).push(name);
    } else if (isThumbnailFolder(name)) thumbnails.push(name);
    else if (words.length > 1 || isPartFolder(name) || isSubsetFolder(name)) parts.push(name);
    else if (await hasParts(join(parent, name))) parts.push(name);
    else classes.push(name);
  }
  return { classes, bare, empty, thumbnails, parts, annotations };
}

/** In a subset, a folder that is called as subsets are is a class among others: `train/train/` beside `train/bus/`. */
function withSubsetNames(sorted: Sorted): Sorted {
  if (sorted.classes.length === 0) return sorted;
  const named = sorted.parts.filter(isSubsetFolder);
  return {
    ...sorted,
    classes: [...sorted.classes, ...named].sort(compareNames),
    parts: sorted.parts.filter((name) => !named.includes(name)),
  };
}

/** Whether a folder holds no images but in folders such as `images/` and `train/`, as a dataset does. */
async function hasParts(folder: string): Promise<boolean> {
  const { files, folders } = await listFolder(folder);
  return !files.some(isImageName) && folders.some((name) => isPartFolder(name) || isSubsetFolder(name));
}

/** Whether a folder is a link to one that it lies in. */
async function leadsUp(parent: string, name: string): Promise<boolean> {
  const [above, own] = await Promise.all([realpath(parent), realpath(join(parent, name)).catch(() => '')]);
  return `${above}${sep}`.startsWith(`${own}${sep}`);
}

async function holds(files: AsyncGenerator<string>): Promise<boolean> {
  return (await files.next()).done !== true;
}

async function imagesIn(path: string, folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders)
    for await (const image of walkImages(join(path, folder))) found.push(`${folder}/${image}`);
  return found;
}

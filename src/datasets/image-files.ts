import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

import { messageOf } from '../errors.js';
import { readImageFrame, seenSize } from '../image/frame.js';
import { EXTENSIONS, isImageName } from './image-names.js';
import { unixPath } from './item-id.js';
import { MaskFolders } from './masks.js';
import { walkFiles } from './walk.js';
import type { ImageSize } from './types.js';

export { isImageName };

export interface FoundImage {
  readonly imagePath: string | null;
  /** Why there is none, for the user; null when there is one. */
  readonly missing: string | null;
}

/**
 * Finds the image that a dataset names. Tried in turn: the name in each folder, as written, with `/` for `\`, in the
 * other Unicode forms (file systems differ in them), with its extension in other letters, and decoded as an address. An absolute name that does not exist here comes from another
 * machine: the longest end of it that exists in a folder counts. A relative name is never shortened, so an image of
 * one subset cannot stand in for that of another. A name with `..` may lead out of the dataset when the file is there.
 *
 * @param folders absolute folders, best first.
 */
export async function findImage(folders: readonly string[], name: string): Promise<FoundImage> {
  for (const spelling of spellings(name)) {
    if (isAbsolute(spelling) && (await isFile(spelling))) return found(resolve(spelling));
    for (const tail of isForeign(spelling) ? tails(spelling) : [spelling]) {
      for (const folder of folders) {
        const path = join(folder, tail);
        if (await isFile(path)) return found(path);
      }
    }
  }
  return { imagePath: null, missing: `there is no image '${name}' in ${placesOf(folders)}` };
}

/** Finds the image of a name without extension, such as an id: the first extension that exists, in either case. */
export async function findImageByStem(folders: readonly string[], stem: string): Promise<FoundImage> {
  for (const spelling of spellings(stem)) {
    for (const folder of folders) {
      for (const extension of EXTENSIONS) {
        for (const suffix of [extension, extension.toUpperCase()]) {
          const path = join(folder, spelling + suffix);
          if (await isFile(path)) return found(path);
        }
      }
    }
  }
  return { imagePath: null, missing: `there is no image named '${stem}' in ${placesOf(folders)}` };
}

/**
 * All image files below a folder but masks, as {@link walkFiles} gives them.
 *
 * @param options.dead whether links to images that are not there count: the dataset has them, and they are missing.
 */
export async function* walkImages(folder: string, options: { readonly dead?: boolean } = {}): AsyncGenerator<string> {
  const masks = new MaskFolders(folder);
  for await (const image of walkFiles(folder, isImageName, options)) if (!(await masks.holds(image))) yield image;
}

/** A found image with its size, for formats whose boxes are relative to it. */
export interface MeasuredImage extends FoundImage {
  readonly size: ImageSize | null;
}

/** Adds the size of an image as it is seen, which relative boxes are of; one whose header cannot be read counts as missing, with the reason. */
export async function measureImage(image: FoundImage): Promise<MeasuredImage> {
  if (image.imagePath === null) return { ...image, size: null };
  try {
    return { ...image, size: seenSize(await readImageFrame(image.imagePath)) };
  } catch (error) {
    return { imagePath: null, missing: messageOf(error), size: null };
  }
}

const found = (imagePath: string): FoundImage => ({ imagePath, missing: null });

const placesOf = (folders: readonly string[]): string => [...new Set(folders)].join(' or ');

/** Whether a path is a plain file, or a link to one. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}

/** Whether a path is a folder, or a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

function spellings(name: string): readonly string[] {
  const unix = unixPath(name);
  const own = [name, unix, unix.normalize('NFC'), unix.normalize('NFD')];
  return [...new Set([...own, ...own.flatMap(otherExtensions), ...decoded(unix)])];
}

/** The same name with its extension in the other case of letters: systems differ in whether that is the same file. */
function otherExtensions(name: string): string[] {
  const extension = /\.\w+$/.exec(name)?.[0];
  if (extension === undefined) return [];
  const stem = name.slice(0, -extension.length);
  return [stem + extension.toLowerCase(), stem + extension.toUpperCase()];
}

/** What a name stands for that was written as in an address. */
function decoded(name: string): string[] {
  if (!/%[\da-f]{2}/i.test(name)) return [];
  try {
    const text = decodeURIComponent(name);
    return [text, text.normalize('NFC'), text.normalize('NFD')];
  } catch {
    return [];
  }
}

const isForeign = (path: string): boolean => path.startsWith('/') || /^[A-Za-z]:/.test(path);

/** `/a/b/c` gives `a/b/c`, `b/c`, `c`. */
function tails(path: string): readonly string[] {
  const parts = path
    .replace(/^[A-Za-z]:/, '')
    .split('/')
    .filter((part) => part !== '');
  return parts.map((_, from) => parts.slice(from).join('/'));
}

import { join } from 'node:path';

import { isImageName } from './image-names.js';
import { withoutExtension } from './item-id.js';
import { isAnnotationFolder, isMaskFolder, mayBeMaskFolder } from './subset-names.js';
import { listFolder, walkFiles } from './walk.js';

/** Formats of images that keep every number as it is; a mask in another one is none. */
const LOSSLESS = /\.(png|bmp|gif|tiff?)$/i;

/** Images of a folder that are compared with those beside it. */
const COMPARED = 20;

/**
 * Whether a folder holds masks, images in which every pixel's class is painted. Its name tells, or that it may hold
 * annotations and its images are kept without loss and called like those in a folder beside it, or above.
 *
 * @param parent absolute folder in which it lies.
 */
export async function holdsMasks(parent: string, name: string): Promise<boolean> {
  const folder = join(parent, name);
  if (isMaskFolder(name)) return (await firstImages(folder, 1)).length > 0;
  if (!mayBeMaskFolder(name)) return false;
  const own = await firstImages(folder, COMPARED);
  if (own.length === 0 || !own.every((image) => LOSSLESS.test(image))) return false;
  const { folders, files } = await listFolder(parent);
  const beside = new Set(files.filter(isImageName).map(stemOf));
  for (const other of folders) {
    if (other === name || isMaskFolder(other) || mayBeMaskFolder(other)) continue;
    for await (const image of walkFiles(join(parent, other), isImageName)) beside.add(stemOf(image));
  }
  return own.every((image) => isNamedIn(beside, stemOf(image)));
}

/** Tells images from masks by their folders, each of which is looked at once. */
export class MaskFolders {
  readonly #root: string;
  readonly #known = new Map<string, Promise<boolean>>();
  /** Folders of masks, below the root, as they were met. */
  readonly found: string[] = [];

  /** @param root absolute. */
  constructor(root: string) {
    this.#root = root;
  }

  /** @param image below the root, with `/`. */
  holds(image: string): Promise<boolean> {
    return this.areIn(image.slice(0, Math.max(0, image.lastIndexOf('/'))));
  }

  /** @param folder below the root, with `/`; the root itself is none. */
  areIn(folder: string): Promise<boolean> {
    if (folder === '') return Promise.resolve(false);
    let known = this.#known.get(folder);
    if (known === undefined) {
      known = this.#lookInto(folder);
      this.#known.set(folder, known);
    }
    return known;
  }

  async #lookInto(folder: string): Promise<boolean> {
    const above = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
    if (await this.areIn(above)) return true;
    const isOne = await holdsMasks(join(this.#root, above), folder.slice(folder.lastIndexOf('/') + 1));
    if (isOne) this.found.push(await this.#nameOf(folder));
    return isOne;
  }

  /** Of a folder of annotations, the one in it where the masks begin. */
  async #nameOf(folder: string): Promise<string> {
    const isOfMasks = !isAnnotationFolder(folder.slice(folder.lastIndexOf('/') + 1));
    const [first = ''] = isOfMasks ? [] : await firstImages(join(this.#root, folder), 1);
    return `${folder}/${first.slice(0, first.lastIndexOf('/') + 1)}`;
  }
}

/** `a_mask.png` is of `a.jpg`. */
function isNamedIn(stems: ReadonlySet<string>, stem: string): boolean {
  return stems.has(stem) || stems.has(stem.replace(/[-_](mask|gt|seg|label|labels|labelids|instanceids|color)$/i, ''));
}

const stemOf = (path: string): string => withoutExtension(path.slice(path.lastIndexOf('/') + 1)).normalize('NFC');

async function firstImages(folder: string, most: number): Promise<string[]> {
  const found: string[] = [];
  for await (const image of walkFiles(folder, isImageName)) {
    found.push(image);
    if (found.length === most) break;
  }
  return found;
}

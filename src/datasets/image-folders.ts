import { dirname, join } from 'node:path';

import { subFolder } from './folders.js';
import { isImageFolder } from './subset-names.js';
import { listFolder } from './walk.js';

/** Where the images of annotation files may be; each folder is looked at once, however many items ask. */
export class ImageFolders {
  readonly #root: string;
  readonly #known = new Map<string, Promise<readonly string[]>>();

  /** @param root absolute folder of the dataset. */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Absolute folders that are there, best first, in any case of letters: that of the annotation file, a folder of images
   * in it, whole or of the subset, then the same of the folder above and of the dataset.
   *
   * @param own absolute folder of the annotation file.
   */
  of(own: string, subset: string): Promise<readonly string[]> {
    const key = `${own}\n${subset}`;
    let folders = this.#known.get(key);
    if (folders === undefined) {
      folders = foldersOf(this.#root, own, subset);
      this.#known.set(key, folders);
    }
    return folders;
  }
}

async function foldersOf(root: string, own: string, subset: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of new Set([own, ...(own === root ? [] : [dirname(own)]), root])) {
    const inside = await partsOf(folder);
    for (const images of inside) {
      const ofSubset = await subFolder(images, [subset]);
      if (ofSubset !== null) found.push(ofSubset);
    }
    if (folder === own) found.push(folder);
    const ofSubset = await subFolder(folder, [subset]);
    if (ofSubset !== null) found.push(ofSubset, ...(await partsOf(ofSubset)));
    found.push(...inside, folder);
  }
  return [...new Set(found)];
}

/** Folders of images in a folder. */
async function partsOf(folder: string): Promise<string[]> {
  return (await listFolder(folder)).folders.filter(isImageFolder).map((name) => join(folder, name));
}

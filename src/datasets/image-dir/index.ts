import { join, resolve } from 'node:path';

import { DatumError } from '../../errors.js';
import type { DatasetFormat } from '../format.js';
import { isImageName, walkImages } from '../image-files.js';
import { itemIdOfFile, UniqueIds } from '../item-id.js';
import { DEFAULT_SUBSET, type Dataset } from '../types.js';
import { itemOfFolder } from '../unannotated.js';
import { walkFiles } from '../walk.js';

/** A folder of images without annotations, sub-folders included. */
export const imageDir: DatasetFormat = {
  name: 'image_dir',
  async detect(probe) {
    if (probe.file !== null) return null;
    const [first] = await probe.find(isImageName, { depth: 4, limit: 1 });
    return first === undefined ? null : { fit: 'fallback', reason: `${first} is an image` };
  },
  open: openImageDir,
};

async function openImageDir(path: string): Promise<Dataset> {
  const root = resolve(path);
  const { done } = await walkImages(root).next();
  if (done === true) {
    const { done: isEmpty } = await walkFiles(root, isImageName).next();
    const what = isEmpty === true ? 'there is no image' : 'there are masks alone and no image';
    throw new DatumError('dataset', `${path}: ${what} in this folder or below it.`, { file: path });
  }
  return {
    format: 'image_dir',
    root,
    labelNames: [],
    subsets: [DEFAULT_SUBSET],
    count: null,
    notes: [],
    async *items() {
      const ids = new UniqueIds();
      for await (const name of walkImages(root, { dead: true })) {
        yield await itemOfFolder(ids.claim(itemIdOfFile(name), DEFAULT_SUBSET), DEFAULT_SUBSET, join(root, name));
      }
    },
  };
}

import { basename, dirname, join, relative } from 'node:path';

import { unixPath, withoutExtension } from '../item-id.js';
import { isAnnotationFolder } from '../subset-names.js';
import { listFolder, walkFiles } from '../walk.js';
import type { DatasetItem } from '../types.js';
import type { YoloEntry } from './items.js';
import { glanceAtLabels, isTextName } from './label-text.js';

/** A label file without an image. */
interface LabelAlone {
  readonly subset: string;
  /** Absolute. */
  readonly file: string;
  /** The folder in which its image would be, absolute. */
  readonly images: string;
}

/** The folders that label files were looked for in, to tell those of them that no image is there for. */
export class LabelFolders {
  /** Paths of label files of images that the dataset names, absolute, without extension. */
  readonly #known = new Set<string>();
  readonly #folders = new Map<string, { readonly subset: string; readonly images: Set<string> }>();

  /**
   * Notes where the label file of an image may be.
   *
   * @param images folder of the image, absolute; null where it is not there.
   */
  add(subset: string, images: string | null, labelFiles: readonly string[]): void {
    for (const file of labelFiles) {
      this.#known.add(withoutExtension(file));
      if (images !== null) this.#folder(subset, dirname(file), images);
    }
  }

  /** Notes all folders of label files below one, with those of images that they mirror. */
  async addBelow(subset: string, labels: string, images: string): Promise<void> {
    for await (const file of walkFiles(labels, isTextName)) {
      const below = file.slice(0, Math.max(0, file.lastIndexOf('/')));
      this.#folder(subset, join(labels, below), join(images, below));
    }
  }

  #folder(subset: string, labels: string, images: string): void {
    const known = this.#folders.get(labels);
    if (known === undefined) this.#folders.set(labels, { subset, images: new Set([images]) });
    else known.images.add(images);
  }

  /** The label files of which no image of any kind is there, and none is named. */
  async *alone(): AsyncGenerator<LabelAlone> {
    for (const [folder, { subset, images }] of this.#folders) {
      const texts = (await listFolder(folder)).files.filter(isTextName);
      const unknown = texts.filter((name) => !this.#known.has(join(folder, withoutExtension(name))));
      if (unknown.length === 0) continue;
      const there = new Set<string>();
      for (const one of images)
        for (const name of (await listFolder(one)).files) if (!isTextName(name)) there.add(withoutExtension(name));
      for (const name of unknown) {
        const file = join(folder, name);
        if (there.has(withoutExtension(name))) continue;
        const holds = await glanceAtLabels(file);
        const isBlankOne = holds === 'blank' && folder.split(/[\\/]/).some(isAnnotationFolder);
        if (holds === 'boxes' || isBlankOne) yield { subset, file, images: [...images][0]! };
      }
    }
  }
}

/**
 * Gives items, and behind them one for each label file that no image is there for: an image that is missing.
 *
 * @param entries may note folders that are to be looked through.
 * @param read gives the item of an entry.
 * @param idNameOf makes a name for the id from the path of an image below the root.
 */
export async function* withLabelsAlone(
  root: string,
  entries: (folders: LabelFolders) => AsyncIterable<YoloEntry>,
  read: (entry: YoloEntry) => Promise<DatasetItem>,
  idNameOf: (below: string, subset: string) => string,
): AsyncGenerator<DatasetItem> {
  const folders = new LabelFolders();
  for await (const entry of entries(folders)) {
    const item = await read(entry);
    const { imagePath } = item;
    if (imagePath !== null) folders.add(entry.subset, dirname(imagePath), entry.labelFiles(imagePath));
    else
      for (const folder of entry.folders) folders.add(entry.subset, null, entry.labelFiles(join(folder, entry.name)));
    yield item;
  }
  for await (const { subset, file, images } of folders.alone()) {
    const name = `${withoutExtension(basename(file))}.jpg`;
    yield await read({
      subset,
      name,
      idName: idNameOf(unixPath(relative(root, join(images, name))), subset),
      folders: [images],
      labelFiles: () => [file],
      unlabelledIsEmpty: false,
    });
  }
}

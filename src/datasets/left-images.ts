import { join } from 'node:path';

import { isImageName, isUnreadImageName } from './image-names.js';
import { MaskFolders } from './masks.js';
import type { Dataset, DatasetItem, Reading, Tally } from './types.js';
import { walkFiles } from './walk.js';

/** What is said of images that lie in the folder of a dataset and are none of its items. */
const UNNAMED = 'in the folder that no annotation file names, and that are not read';
const UNREADABLE = 'in kinds of files that cannot be read';

/** Files that a tally names. */
const FIRST = 3;

/** Formats whose items are folders' images: what is left out of these is said by the format. */
const BY_FOLDERS: ReadonlySet<string> = new Set(['image_dir', 'imagenet']);

/** Watches the items of a dataset go by, to tell which images of its folder are none of them. */
export class LeftImages {
  readonly #folder: string;
  readonly #format: string;
  readonly #named = new Set<string>();

  /** @param folder absolute, in which images are looked for. */
  constructor(folder: string, format: string) {
    this.#folder = folder;
    this.#format = format;
  }

  add({ imagePath }: DatasetItem): void {
    if (imagePath !== null && !BY_FOLDERS.has(this.#format)) this.#named.add(imagePath.normalize('NFC'));
  }

  /** What is to be said, as remarks on a reading; to be asked when all items went by. */
  async remarks(): Promise<Reading['remarks']> {
    const unnamed = { count: 0, first: [] as string[] };
    const unreadable = { count: 0, first: [] as string[] };
    const note = (tally: { count: number; first: string[] }, path: string): void => {
      tally.count++;
      if (tally.first.length < FIRST) tally.first.push(path);
    };
    const masks = new MaskFolders(this.#folder);
    for await (const path of walkFiles(this.#folder, (name) => isImageName(name) || isUnreadImageName(name))) {
      if (!isImageName(path)) note(unreadable, path);
      else if (BY_FOLDERS.has(this.#format) || this.#named.has(join(this.#folder, path).normalize('NFC'))) continue;
      else if (!(await masks.holds(path))) note(unnamed, path);
    }
    return {
      ...(unnamed.count > 0 ? { [UNNAMED]: unnamed } : {}),
      ...(unreadable.count > 0 ? { [UNREADABLE]: unreadable } : {}),
    };
  }
}

/** What the last whole reading of a dataset's items left in its folder. */
const LEFT = new WeakMap<Dataset, () => Promise<Reading['remarks']>>();

/** Says how it is known what a dataset leaves in its folder. */
export function knowsLeft(dataset: Dataset, remarks: () => Promise<Reading['remarks']>): void {
  LEFT.set(dataset, remarks);
}

/** What the last whole reading of a dataset's items left in its folder, as remarks; none where that is not known. */
export async function leftOf(dataset: Dataset): Promise<Reading['remarks']> {
  return (await LEFT.get(dataset)?.()) ?? {};
}

/** A reading with remarks on what was left in the folder. */
export async function withLeft(reading: Reading, dataset: Dataset): Promise<Reading> {
  return { ...reading, remarks: { ...reading.remarks, ...(await leftOf(dataset)) } };
}

/** The remarks on several datasets as one. */
export async function leftOfAll(datasets: readonly Dataset[]): Promise<Reading['remarks']> {
  const all: Record<string, Tally> = {};
  for (const dataset of datasets) {
    for (const [remark, { count, first }] of Object.entries(await leftOf(dataset))) {
      const known = all[remark] ?? { count: 0, first: [] };
      all[remark] = { count: known.count + count, first: [...known.first, ...first].slice(0, FIRST) };
    }
  }
  return all;
}

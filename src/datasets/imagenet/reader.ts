import { join } from 'node:path';

import { DatumError } from '../../errors.js';
import { LabelList } from '../label-list.js';
import { isFile, walkImages } from '../image-files.js';
import { itemId, UniqueIds } from '../item-id.js';
import { listFolder } from '../walk.js';
import { isSubsetFolder } from '../subset-names.js';
import { readLines } from '../text.js';
import { DEFAULT_SUBSET, type Dataset } from '../types.js';
import { unannotatedItem } from '../unannotated.js';

/** Images that belong to no class, as Datumaro names their folder. */
const NO_LABEL = 'no_label';

/** Lists of `n01440764 tench, Tinca tinca`, as they come with ImageNet. */
const SYNSET_FILES = ['LOC_synset_mapping.txt', 'synset_words.txt', 'words.txt'];

interface ImagenetSubset {
  readonly name: string;
  /** Below the root; empty for the root itself. */
  readonly folder: string;
  /** Folders of the classes. */
  readonly classes: readonly string[];
}

/**
 * Opens a folder with one sub-folder a class, as ImageNet and torchvision's ImageFolder have it, or with one such
 * folder a subset (Datumaro's `imagenet_with_subset_dirs`). Classes are numbered in the order of their folders' names.
 * Folders named by synset (`n01440764`) get its words where a list of them is in the root.
 */
export async function openImagenet(path: string): Promise<Dataset> {
  const subsets = await findSubsets(path);
  const folders = [...new Set(subsets.flatMap(({ classes }) => classes))].filter((name) => name !== NO_LABEL).sort();
  if (folders.length === 0)
    throw new DatumError('dataset', `${path}: there are no class folders with images.`, { file: path });
  const words = await readSynsets(path);
  const labelList = new LabelList(folders.map((folder) => words.get(folder) ?? folder));
  return {
    format: 'imagenet',
    root: path,
    labelNames: labelList.names,
    subsets: subsets.map(({ name }) => name),
    count: null,
    notes: [],
    async *items() {
      const ids = new UniqueIds();
      for (const { name: subset, folder, classes } of subsets) {
        for (const own of classes) {
          const label = own === NO_LABEL ? null : labelList.find(words.get(own) ?? own);
          for await (const image of walkImages(join(path, folder, own))) {
            const id = ids.claim(itemId(`${own}/${image}`), subset);
            const item = unannotatedItem(id, subset, join(path, folder, own, image));
            yield label === null ? item : { ...item, annotated: true, labels: [{ label, attributes: {} }] };
          }
        }
      }
    },
  };
}

async function findSubsets(path: string): Promise<ImagenetSubset[]> {
  const { folders } = await listFolder(path);
  if (folders.length > 0 && folders.every(isSubsetFolder)) {
    return Promise.all(
      folders.map(async (name) => ({ name, folder: name, classes: (await listFolder(join(path, name))).folders })),
    );
  }
  return [{ name: DEFAULT_SUBSET, folder: '', classes: folders }];
}

async function readSynsets(root: string): Promise<ReadonlyMap<string, string>> {
  const words = new Map<string, string>();
  for (const name of SYNSET_FILES) {
    const path = join(root, name);
    if (!(await isFile(path))) continue;
    for await (const { text } of readLines(path)) {
      const [, synset, rest] = /^(n\d{8})\s+(.+)$/.exec(text) ?? [];
      // The synset stays in front: two synsets may have the same words.
      if (synset !== undefined && rest !== undefined) words.set(synset, `${synset} ${rest}`);
    }
    break;
  }
  return words;
}

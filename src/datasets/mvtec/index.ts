import { basename, join } from 'node:path';

import { DatumError } from '../../errors.js';
import type { DatasetFormat } from '../format.js';
import { isImageName, walkImages } from '../image-files.js';
import { itemIdOfFile, UniqueIds } from '../item-id.js';
import { LabelList } from '../label-list.js';
import { Probe } from '../probe.js';
import { compareNames, listFolder } from '../walk.js';
import type { Dataset } from '../types.js';
import { itemOfFolder } from '../unannotated.js';

/** The class of images without a defect, whose folder is in every subset. */
const GOOD = 'good';

/** MVTec AD: `train/good/`, `test/<defect>/`, `ground_truth/<defect>/`, for one product or a folder a product. */
export const mvtec: DatasetFormat = {
  name: 'mvtec',
  async detect(probe) {
    if (probe.file !== null) return null;
    for (const product of await productsIn(probe)) {
      const reason = `${product === '' ? '' : `${product}/`}train/good/, test/ and ground_truth/ are there`;
      return { fit: 'certain', reason };
    }
    return null;
  },
  open: openMvtec,
};

/** Folders of products below the path; the empty one where it is itself such a folder. */
async function productsIn(probe: Probe): Promise<string[]> {
  const isProduct = async (folder: string): Promise<boolean> => {
    const { folders } = await probe.list(folder);
    if (!folders.includes('train') || !folders.includes('test') || !folders.includes('ground_truth')) return false;
    const inside = folder === '' ? 'train' : `${folder}/train`;
    if (!(await probe.list(inside)).folders.includes(GOOD)) return false;
    return (await probe.list(`${inside}/${GOOD}`)).files.some(isImageName);
  };
  if (await isProduct('')) return [''];
  const products: string[] = [];
  for (const folder of (await probe.list()).folders) if (await isProduct(folder)) products.push(folder);
  return products;
}

interface MvtecFolder {
  /** Below the root. */
  readonly folder: string;
  readonly subset: string;
  readonly label: string;
}

/**
 * Opens MVTec AD (https://www.mvtec.com/company/research/datasets/mvtec-ad): an image's class is its folder, `good` or
 * the kind of defect. Where the defect is, which `ground_truth/` has as masks, is not read.
 */
async function openMvtec(path: string): Promise<Dataset> {
  const probe = await Probe.of(path);
  const products = await productsIn(probe);
  const folders: MvtecFolder[] = [];
  for (const product of products) {
    for (const subset of ['train', 'test', 'validation']) {
      const inside = join(product, subset);
      for (const label of (await listFolder(join(path, inside))).folders) {
        folders.push({ folder: join(inside, label), subset, label });
      }
    }
  }
  if (folders.length === 0) {
    throw new DatumError(
      'dataset',
      `${path}: there are no folders of MVTec; give the one that holds train/good/ and test/.`,
      {
        file: path,
      },
    );
  }
  const classes = new Set(folders.map(({ label }) => label));
  const labelList = new LabelList(
    [...classes].sort((a, b) => Number(b === GOOD) - Number(a === GOOD) || compareNames(a, b)),
  );
  let masks = 0;
  for (const product of products) {
    for await (const mask of walkImages(join(path, product, 'ground_truth'))) masks += mask === '' ? 0 : 1;
  }
  return {
    format: 'mvtec',
    root: path,
    labelNames: labelList.names,
    subsets: [...new Set(folders.map(({ subset }) => subset))],
    count: null,
    notes: masks === 0 ? [] : [`${path}: left out: masks of defects (${masks}), so defects have a class and no place.`],
    async *items() {
      const ids = new UniqueIds();
      for (const { folder, subset, label } of folders) {
        const product = folder.split(/[/\\]/).slice(0, -2).join('/');
        for await (const image of walkImages(join(path, folder), { dead: true })) {
          const id = ids.claim(
            itemIdOfFile([product, basename(folder), image].filter((part) => part !== '').join('/')),
            subset,
          );
          const item = await itemOfFolder(id, subset, join(path, folder, image));
          yield { ...item, annotated: true, labels: [{ label: labelList.add(label), attributes: {} }] };
        }
      }
    },
  };
}

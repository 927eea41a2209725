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
    const [product] = await productsIn(probe);
    if (product === undefined) return null;
    const { folder, subsets, masks } = product;
    const at = folder === '' ? '' : `${folder}/`;
    return {
      fit: 'certain',
      reason: `${at}${subsets[0]!}/good/, ${subsets[1]!}/ and ${masks[0]!.slice(at.length)}/ are there`,
    };
  },
  open: openMvtec,
};

/** The folders of a product. */
interface Product {
  /** Below the path; empty for the path itself. */
  readonly folder: string;
  /** Folders of subsets in it, as they are spelled. */
  readonly subsets: readonly string[];
  /** Folders of masks, below the path. */
  readonly masks: readonly string[];
}

const TRAIN = /^train$/i;
/** MVTec AD 2 has `test_public/` and two more. */
const TEST = /^test(_\w+)?$/i;
const VALIDATION = /^(val|valid|validation)$/i;
const MASKS = /^ground_?truth$/i;

/** Products below the path; the path itself where it is one. */
async function productsIn(probe: Probe): Promise<Product[]> {
  const own = await productIn(probe, '');
  if (own !== null) return [own];
  const products = await Promise.all((await probe.list()).folders.map((folder) => productIn(probe, folder)));
  return products.filter((product) => product !== null);
}

async function productIn(probe: Probe, folder: string): Promise<Product | null> {
  const pathOf = (...names: string[]): string => [folder, ...names].filter((name) => name !== '').join('/');
  const { folders } = await probe.list(folder);
  const train = folders.find((name) => TRAIN.test(name));
  const tests = folders.filter((name) => TEST.test(name));
  if (train === undefined || tests.length === 0) return null;
  const good = (await probe.list(pathOf(train))).folders.find(isGood);
  if (good === undefined || !(await probe.list(pathOf(train, good))).files.some(isImageName)) return null;
  const masks = folders.filter((name) => MASKS.test(name)).map((name) => pathOf(name));
  for (const test of tests)
    for (const name of (await probe.list(pathOf(test))).folders) if (MASKS.test(name)) masks.push(pathOf(test, name));
  if (masks.length === 0) return null;
  return { folder, subsets: [train, ...tests, ...folders.filter((name) => VALIDATION.test(name))], masks };
}

const isGood = (name: string): boolean => name.toLowerCase() === GOOD;

interface MvtecFolder {
  /** Below the root. */
  readonly folder: string;
  readonly subset: string;
  /** Null where images lie in no folder of a class. */
  readonly label: string | null;
  readonly product: string;
}

/**
 * Opens MVTec AD (https://www.mvtec.com/company/research/datasets/mvtec-ad): an image's class is its folder, `good` or
 * the kind of defect. Where the defect is, which `ground_truth/` has as masks, is not read.
 */
async function openMvtec(path: string): Promise<Dataset> {
  const probe = await Probe.of(path);
  const products = await productsIn(probe);
  const folders: MvtecFolder[] = [];
  for (const { folder, subsets } of products) {
    for (const subset of subsets) {
      const inside = join(folder, subset);
      const listing = await listFolder(join(path, inside));
      for (const name of listing.folders.filter((one) => !MASKS.test(one)))
        folders.push({ folder: join(inside, name), subset, label: isGood(name) ? GOOD : name, product: folder });
      if (listing.files.some(isImageName)) folders.push({ folder: inside, subset, label: null, product: folder });
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
  const classes = new Set(folders.flatMap(({ label }) => label ?? []));
  const labelList = new LabelList(
    [...classes].sort((a, b) => Number(b === GOOD) - Number(a === GOOD) || compareNames(a, b)),
  );
  let masks = 0;
  for (const folder of products.flatMap((product) => product.masks))
    for await (const mask of walkImages(join(path, folder))) masks += mask === '' ? 0 : 1;
  return {
    format: 'mvtec',
    root: path,
    labelNames: labelList.names,
    subsets: [...new Set(folders.map(({ subset }) => subset))],
    count: null,
    notes: masks === 0 ? [] : [`${path}: left out: masks of defects (${masks}), so defects have a class and no place.`],
    async *items() {
      const ids = new UniqueIds();
      for (const { folder, subset, label, product } of folders) {
        const images = label === null ? flatImages(join(path, folder)) : walkImages(join(path, folder), { dead: true });
        for await (const image of images) {
          const parts = [product, label === null ? '' : basename(folder), image];
          const id = ids.claim(itemIdOfFile(parts.filter((part) => part !== '').join('/')), subset);
          const item = await itemOfFolder(id, subset, join(path, folder, image));
          yield label === null
            ? item
            : { ...item, annotated: true, labels: [{ label: labelList.add(label), attributes: {} }] };
        }
      }
    },
  };
}

/** The images in a folder, and not in those in it. */
async function* flatImages(folder: string): AsyncGenerator<string> {
  const { files, dead } = await listFolder(folder);
  yield* [...files, ...dead].filter(isImageName);
}

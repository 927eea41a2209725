import { join } from 'node:path';

import { expect, describe, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { randomly, SPELLINGS, type Random } from './samples/random.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const WIDTH = 32;
const HEIGHT = 16;

const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const slash = (folder: string): string => (folder === '' ? '' : `${folder}/`);

/** Makes images of random names in a folder; what they are, below the root. */
async function makeNamed(root: string, folder: string, { of, below }: Random): Promise<string[]> {
  const paths: string[] = [];
  for (let i = 0, count = 1 + below(3); i < count; i++)
    paths.push(
      `${folder}${of(['img', 'März', 'a.v1', 'IMG 2', 'train'])}_${i}${of(['.jpg', '.png', '.PNG', '.jpeg'])}`,
    );
  for (const path of paths) await makeImage(join(root, path), WIDTH, HEIGHT);
  return paths;
}

const byPath = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);

describe('every image of MVTec once, with its class, and no mask, in any spelling', () => {
  it.each(seeds(20))('seed %i', async (seed) => {
    const root = await temporaryFolder();
    const random = randomly(seed);
    const { of, below } = random;
    const spell = of(SPELLINGS);
    const good = spell('good');
    const isSecond = below(3) === 0;
    const test = spell(isSecond ? 'test_public' : 'test');
    const products = of([[''], ['bottle'], ['bottle', 'Kabel grün']]);
    const expected: [string, string, string[]][] = [];
    const add = async (folder: string, subset: string, labels: string[]): Promise<string[]> => {
      const paths = await makeNamed(root, folder, random);
      expected.push(...paths.map((path): [string, string, string[]] => [join(root, path), subset, labels]));
      return paths;
    };
    for (const product of products) {
      const at = slash(product);
      const train = spell('train');
      await add(`${at}${train}/${good}/`, train, ['good']);
      const validation = spell('validation');
      if (below(2) === 0) await add(`${at}${validation}/${good}/`, validation, ['good']);
      await add(`${at}${test}/${good}/`, test, ['good']);
      if (isSecond && below(2) === 0) await add(`${at}test_private/`, 'test_private', []);
      for (const defect of of([['bad'], ['crack', 'poke hole'], ['broken_large', 'train']])) {
        const masks = `${at}${isSecond ? `${test}/` : ''}${spell('ground_truth')}/${defect}/`;
        for (const path of await add(`${at}${test}/${defect}/`, test, [defect])) {
          const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
          await makeImage(join(root, `${masks}${stem}${of(['_mask', ''])}.png`), WIDTH, HEIGHT);
        }
      }
    }
    const dataset = await openDataset(root);
    const read = (await collect(dataset.items())).map(({ imagePath, subset, labels }) => [
      imagePath,
      subset,
      labels.map(({ label }) => dataset.labelNames[label]),
    ]);
    expect([dataset.format, read.sort(byPath)]).toEqual(['mvtec', expected.sort(byPath)]);
  });
});

/** How lists of Darknet name images. */
const NAMES: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => `data/${path}`,
  (path) => `./${path}`,
  (path) => path.replaceAll('/', '\\'),
  (path) => `/content/darknet/data/${path}`,
  (path) => `D:\\work\\${path.replaceAll('/', '\\')}`,
];

describe('every image of Darknet’s YOLO once, with its own box, in any spelling', () => {
  it.each(seeds(20))('seed %i', async (seed) => {
    const root = await temporaryFolder();
    const random = randomly(seed);
    const { of, below } = random;
    const splits = of([['train'], ['train', 'valid'], ['train', 'valid', 'test']]);
    const layout = of([
      { images: 'obj_SPLIT_data/', labels: 'obj_SPLIT_data/' },
      { images: 'obj/SPLIT/', labels: 'obj/SPLIT/' },
      { images: 'images/SPLIT/', labels: 'labels/SPLIT/' },
      { images: 'SPLIT/images/', labels: 'SPLIT/labels/' },
    ]);
    const hasLists = !layout.images.startsWith('obj_') || below(2) === 0;
    const nameOf = of(NAMES);
    const end = of(['.txt', '.TXT']);
    const files: Record<string, string> = { 'obj.names': 'cat\n' };
    const data = ['classes = 1', 'names = data/obj.names', 'backup = backup/'];
    const expected: [string, string, number][] = [];
    for (const split of splits) {
      const folder = layout.images.replace('SPLIT', split);
      const paths = await makeNamed(root, folder, random);
      for (const path of paths) {
        const label = layout.labels.replace('SPLIT', split) + path.slice(folder.length).replace(/\.\w+$/, end);
        files[label] = `0 0.5 0.5 ${(expected.length + 1) / WIDTH} 0.5\n`;
        expected.push([join(root, path), split, expected.length + 1]);
      }
      const list = of(['', 'data/', 'lists/']);
      data.push(`${split} = ${of(['', 'data/', './'])}${list === 'lists/' ? list : ''}${split}.txt`);
      if (hasLists) files[`${list === 'lists/' ? list : ''}${split}.txt`] = paths.map(nameOf).join(of(['\n', '\r\n']));
    }
    if (hasLists) files[of(['obj.data', 'my.data'])] = data.join('\n');
    await makeFiles(root, files);
    const dataset = await openDataset(root);
    const read = (await collect(dataset.items())).map(({ imagePath, subset, boxes }) => [
      imagePath,
      subset,
      ...boxes.map(({ width }) => Math.round(width * 1000) / 1000),
    ]);
    expect([dataset.format, read.sort(byPath)]).toEqual(['yolo', expected.sort(byPath)]);
  });
});

describe('class folders that say little are classes all the same', () => {
  it('one class in several subsets', async () => {
    const root = await temporaryFolder();
    for (const path of ['train/cat/1.png', 'val/cat/2.png']) await makeImage(join(root, path), 8, 8);
    const dataset = await openDataset(root);
    const labels = (await collect(dataset.items())).map((item) => item.labels.map(({ label }) => label));
    expect([dataset.format, dataset.labelNames, dataset.subsets, labels]).toEqual([
      'imagenet',
      ['cat'],
      ['train', 'val'],
      [[0], [0]],
    ]);
  });

  it('a class called as subsets are', async () => {
    const root = await temporaryFolder();
    for (const split of ['train', 'val'])
      for (const name of ['train', 'bus']) await makeImage(join(root, `${split}/${name}/1.png`), 8, 8);
    const dataset = await openDataset(root);
    const items = await collect(dataset.items());
    expect([dataset.format, dataset.labelNames, dataset.subsets]).toEqual([
      'imagenet',
      ['bus', 'train'],
      ['train', 'val'],
    ]);
    for (const { imagePath, labels } of items)
      expect(imagePath).toContain(`/${dataset.labelNames[labels[0]!.label] ?? ''}/1.png`);
    expect(items).toHaveLength(4);
  });
});

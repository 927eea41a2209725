import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { pairPaths } from '../../src/datasets/pairs.js';
import { randomly, SPELLINGS, SPLITS, type Random } from './samples/random.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

/** A random tree: where each image and its annotation lie, below the root, without extension. */
interface Tree {
  readonly layout: string;
  readonly images: readonly { readonly image: string; readonly annotation: string; readonly subset: string }[];
}

const LAYOUTS = ['beside', 'part/split', 'split/part', 'parts', 'split'] as const;

function makeTree({ of, below }: Random, folders: { images: readonly string[]; labels: readonly string[] }): Tree {
  const spell = of(SPELLINGS);
  const [images, labels] = [spell(of(folders.images)), spell(of(folders.labels))];
  const layout = of(LAYOUTS);
  const splits = of(SPLITS);
  const deeper = of(['', '', 'cam 1/', 'a.b/']);
  const all: Tree['images'][number][] = [];
  const perSplit = layout.includes('split');
  for (const subset of perSplit ? splits : ['default']) {
    const count = 1 + below(3);
    for (let i = 0; i < count; i++) {
      const name = `${deeper}${of(['img', 'März', 'a.v1', 'IMG 2'])}_${perSplit && below(2) === 0 ? subset : ''}${i}`;
      const [at, by] = {
        beside: [name, name],
        'part/split': [`${images}/${subset}/${name}`, `${labels}/${subset}/${name}`],
        'split/part': [`${subset}/${images}/${name}`, `${subset}/${labels}/${name}`],
        parts: [`${images}/${name}`, `${labels}/${name}`],
        split: [`${subset}/${name}`, `${subset}/${name}`],
      }[layout] as [string, string];
      all.push({ image: `${at}${of(['.jpg', '.png', '.PNG', '.jpeg'])}`, annotation: by, subset });
    }
  }
  return { layout, images: all };
}

/** Writes a tree with a box of its own in every image: the n-th is n + 1 pixels wide. */
async function write(
  root: string,
  tree: Tree,
  extension: string,
  textOf: (width: number, image: string) => string | object,
): Promise<void> {
  for (const [n, { image, annotation }] of tree.images.entries()) {
    await makeImage(join(root, image), 32, 16);
    await makeFiles(root, { [`${annotation}${extension}`]: textOf(n + 1, image) });
  }
}

const voc = (width: number): string =>
  `<annotation><size><width>32</width><height>16</height></size><object><name>cat</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>${2 + width}</xmax><ymax>10</ymax></bndbox></object></annotation>`;
const yolo = (width: number): string => `0 ${(2 + width / 2) / 32} 0.375 ${width / 32} 0.5\n`;
const kitti = (width: number): string => `cat 0.00 0 -10 2 2 ${2 + width} 10 -1 -1 -1 -1000 -1000 -1000 -10\n`;
const labelMe = (width: number, image: string): object => ({
  version: '5.4.1',
  flags: {},
  shapes: [
    {
      label: 'cat',
      points: [
        [2, 2],
        [2 + width, 10],
      ],
      shape_type: 'rectangle',
    },
  ],
  // Of the folder that the annotation was in at first.
  imagePath: image.slice(image.lastIndexOf('/') + 1),
  imageData: null,
  imageWidth: 32,
  imageHeight: 16,
});
const labelMeXml = (width: number, image: string): string =>
  `<annotation><filename>${image.slice(image.lastIndexOf('/') + 1)}</filename><folder></folder><imagesize><nrows>16</nrows><ncols>32</ncols></imagesize><object><name>cat</name><deleted>0</deleted><polygon>${[
    [2, 2],
    [2 + width, 2],
    [2 + width, 10],
    [2, 10],
  ]
    .map(([x, y]) => `<pt><x>${x!}</x><y>${y!}</y></pt>`)
    .join('')}</polygon></object></annotation>`;

async function expectEveryImageOnce(root: string, tree: Tree, format: string): Promise<void> {
  const dataset = await openDataset(root);
  expect(dataset.format).toBe(format);
  const items = await collect(dataset.items());
  const read = items.map(({ imagePath, subset, annotated, boxes }) => ({
    image: imagePath,
    subset,
    annotated,
    widths: boxes.map(({ width }) => Math.round(width * 1000) / 1000),
  }));
  const there = tree.images.map(({ image, subset }, n) => ({
    image: join(root, image),
    subset,
    annotated: true,
    widths: [n + 1],
  }));
  const order = (a: { image: string | null }, b: { image: string | null }): number =>
    (a.image ?? '') < (b.image ?? '') ? -1 : 1;
  expect(read.sort(order)).toEqual(there.sort(order));
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
}

const FOLDERS = {
  voc: { images: ['images', 'JPEGImages', 'data', 'imgs'], labels: ['annotations', 'labels', 'xml'] },
  yolo: { images: ['images', 'data', 'imgs'], labels: ['labels', 'annotations', 'label'] },
  kitti: { images: ['image_2', 'images', 'data'], labels: ['label_2', 'labels', 'annotations'] },
  labelMe: { images: ['images', 'Images', 'imgs'], labels: ['annotations', 'labels', 'json'] },
};

describe('every image once, with its box, in any layout and spelling', () => {
  const seeds = Array.from({ length: 30 }, (_, i) => i + 1);
  it.each(seeds)('VOC, seed %i', async (seed) => {
    const root = await temporaryFolder();
    const tree = makeTree(randomly(seed), FOLDERS.voc);
    await write(root, tree, '.xml', voc);
    await expectEveryImageOnce(root, tree, 'voc');
  });

  it.each(seeds)('YOLO, seed %i', async (seed) => {
    const root = await temporaryFolder();
    const tree = makeTree(randomly(seed), FOLDERS.yolo);
    await write(root, tree, '.txt', yolo);
    await makeFiles(root, { 'classes.txt': 'cat\n' });
    await expectEveryImageOnce(root, tree, 'yolo_loose');
  });

  it.each(seeds)('KITTI, seed %i', async (seed) => {
    const root = await temporaryFolder();
    const tree = makeTree(randomly(seed), FOLDERS.kitti);
    await write(root, tree, '.txt', kitti);
    await expectEveryImageOnce(root, tree, 'kitti');
  });

  it.each(seeds)('LabelMe, seed %i', async (seed) => {
    const root = await temporaryFolder();
    const tree = makeTree(randomly(seed), FOLDERS.labelMe);
    const [extension, textOf] = seed % 2 === 0 ? (['.json', labelMe] as const) : (['.xml', labelMeXml] as const);
    await write(root, tree, extension, textOf);
    await expectEveryImageOnce(root, tree, 'label_me');
  });
});

it('pairs by folders that say a subset, and never across subsets', () => {
  const pairs = pairPaths(
    ['images/train/a.jpg', 'images/val/a.jpg', 'images/val/b.jpg'],
    ['labels/train/b.txt', 'labels/val/a.txt', 'c.txt'],
  );
  expect(pairs).toEqual([
    { image: null, annotation: 'c.txt', subset: 'default', stem: 'c' },
    { image: 'images/train/a.jpg', annotation: null, subset: 'train', stem: 'a' },
    { image: null, annotation: 'labels/train/b.txt', subset: 'train', stem: 'b' },
    { image: 'images/val/a.jpg', annotation: 'labels/val/a.txt', subset: 'val', stem: 'a' },
    { image: 'images/val/b.jpg', annotation: null, subset: 'val', stem: 'b' },
  ]);
});

it('pairs one list of images without subsets with annotations of subsets, where the names tell', () => {
  expect(pairPaths(['images/a.jpg', 'images/b.jpg'], ['labels/train/a.txt', 'labels/val/b.txt'])).toMatchObject([
    { image: 'images/a.jpg', annotation: 'labels/train/a.txt', subset: 'train' },
    { image: 'images/b.jpg', annotation: 'labels/val/b.txt', subset: 'val' },
  ]);
  expect(pairPaths(['images/train/a.jpg', 'images/val/a.jpg'], ['labels/a.txt'])).toMatchObject([
    { image: null, annotation: 'labels/a.txt' },
    { image: 'images/train/a.jpg', annotation: null },
    { image: 'images/val/a.jpg', annotation: null },
  ]);
});

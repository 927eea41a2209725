import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const BOX = '0 0.5 0.5 0.3 0.5\n';

/** Datasets with an image `a` and a link `dead` to one that is not there. */
const DATASETS: Readonly<
  Record<string, { images: string[]; dead: string[]; files: Readonly<Record<string, string>>; missing?: number }>
> = {
  image_dir: { images: ['a.jpg'], dead: ['dead.jpg'], files: {} },
  imagenet: { images: ['cat/a.jpg', 'dog/a.jpg'], dead: ['cat/dead.jpg', 'elk/dead.jpg'], files: {} },
  mvtec: {
    images: ['train/good/a.jpg', 'test/bad/a.jpg'],
    dead: ['train/good/dead.jpg'],
    files: { 'ground_truth/.keep': '' },
  },
  yolo_ultralytics: {
    images: ['images/train/a.jpg'],
    dead: ['images/train/dead.jpg', 'images/train/bare.jpg'],
    files: {
      'data.yaml': 'train: images/train\nnames: [cat]\n',
      'labels/train/a.txt': BOX,
      'labels/train/dead.txt': BOX,
    },
  },
  yolo: {
    images: ['obj_train_data/a.jpg'],
    dead: ['obj_train_data/dead.jpg', 'obj_train_data/bare.jpg'],
    files: { 'obj.names': 'cat', 'obj_train_data/a.txt': BOX, 'obj_train_data/dead.txt': BOX },
  },
  yolo_loose: {
    images: ['images/a.jpg'],
    dead: ['images/dead.jpg', 'images/bare.jpg'],
    files: { 'classes.txt': 'cat', 'labels/a.txt': BOX, 'labels/dead.txt': BOX },
  },
};

it.each(Object.entries(DATASETS))('%s: a link to an image that is not there is a missing image', async (format, of) => {
  const root = await temporaryFolder();
  for (const image of of.images) await makeImage(join(root, image), 100, 80);
  for (const link of of.dead) {
    await mkdir(dirname(join(root, link)), { recursive: true });
    await symlink('/nowhere/x.jpg', join(root, link));
  }
  await makeFiles(root, of.files);
  const dataset = await openDataset(root);
  const items = await collect(dataset.items());
  expect(dataset.format).toBe(format);
  expect(dataset.reading).toMatchObject({ images: of.images.length + of.dead.length, missing: of.dead.length });
  const missing = items.filter(({ imagePath }) => imagePath === null);
  expect(missing.map(({ missing: why }) => why).every((why) => /dead\.jpg|bare\.jpg/.test(why ?? ''))).toBe(true);
  if (format === 'imagenet') expect(dataset.labelNames).toEqual(['cat', 'dog', 'elk']);
});

import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const BOX = '0 0.5 0.5 0.3 0.5\n';

/** Makes a dataset of images 100 x 80 pixels large, and says what is read of it. */
async function readingOf(images: readonly string[], files: Readonly<Record<string, string>>) {
  const root = await temporaryFolder();
  await makeFiles(root, files);
  for (const image of images) await makeImage(join(root, image), 100, 80);
  const dataset = await openDataset(root);
  const items = await collect(dataset.items());
  return {
    format: dataset.format,
    reading: dataset.reading,
    items: items.map(({ id, subset, imagePath, boxes }) => [
      id,
      subset,
      imagePath?.slice(root.length + 1) ?? null,
      boxes.length,
    ]),
  };
}

const YAML = 'train: images/train\nval: images/val\nnames: [cat]\n';

it.each(['.TXT', '.Txt'])('Ultralytics: label files may end in %s', async (end) => {
  const { items } = await readingOf(['images/train/a.JPG', 'images/val/b.jpg'], {
    'data.yaml': YAML,
    [`labels/train/a${end}`]: BOX,
    'labels/val/b.txt': BOX,
  });
  expect(items).toEqual([
    ['a', 'train', 'images/train/a.JPG', 1],
    ['b', 'val', 'images/val/b.jpg', 1],
  ]);
});

it.each(['.TXT', '.Txt'])('Darknet: label files may end in %s', async (end) => {
  const label = { [`obj_train_data/a${end}`]: BOX };
  const expected = [['a', 'train', 'obj_train_data/a.JPG', 1]];
  const images = ['obj_train_data/a.JPG'];
  expect((await readingOf(images, { ...label, 'obj.names': 'cat' })).items).toEqual(expected);
  const lists = { 'obj.data': 'train = train.txt\nnames = obj.names\n', 'train.txt': 'data/obj_train_data/a.JPG' };
  expect((await readingOf(images, { ...label, 'obj.names': 'cat', ...lists })).items).toEqual(expected);
});

it('Ultralytics: a label file without an image is an image that is missing', async () => {
  const { items, reading } = await readingOf(['images/train/a.jpg', 'images/val/b.jpg', 'images/val/b.png'], {
    'data.yaml': YAML,
    'labels/train/a.txt': BOX,
    'labels/train/zzz.txt': BOX,
    'labels/train/deep/y.TXT': '',
    'labels/train/readme.txt': 'made by hand\n',
    'labels/train/p.txt': BOX,
    'images/train/p.ppm': '',
    'labels/val/b.txt': BOX,
    // Of a subset that the file does not name.
    'labels/test/t.txt': BOX,
  });
  expect(items).toEqual([
    ['a', 'train', 'images/train/a.jpg', 1],
    ['b', 'val', 'images/val/b.jpg', 1],
    ['val/b', 'val', 'images/val/b.png', 1],
    ['zzz', 'train', null, 0],
    ['deep/y', 'train', null, 0],
  ]);
  expect(reading).toMatchObject({ images: 5, missing: 2 });
});

it('Ultralytics: label files beside the images of a list without an image are told too', async () => {
  const { items } = await readingOf(['images/a.jpg', 'images/unlisted.jpg'], {
    'data.yaml': 'train: train.txt\nnames: [cat]\n',
    'train.txt': './images/a.jpg\n./images/gone.jpg\n',
    'labels/a.txt': BOX,
    'labels/gone.txt': BOX,
    'labels/unlisted.txt': BOX,
    'labels/zzz.txt': BOX,
  });
  expect(items).toEqual([
    ['a', 'train', 'images/a.jpg', 1],
    ['gone', 'train', null, 0],
    ['zzz', 'train', null, 0],
  ]);
});

it('Darknet: a label file without an image is an image that is missing', async () => {
  const { items } = await readingOf(['obj_train_data/a.jpg', 'obj_train_data/unlisted.jpg'], {
    'obj.data': 'train = train.txt\nnames = obj.names\n',
    'obj.names': 'cat',
    'train.txt': 'obj_train_data/a.jpg\nobj_train_data/gone.jpg\n',
    'obj_train_data/a.txt': BOX,
    'obj_train_data/unlisted.txt': BOX,
    'obj_train_data/gone.txt': BOX,
    'obj_train_data/zz.txt': BOX,
  });
  expect(items).toEqual([
    ['a', 'train', 'obj_train_data/a.jpg', 1],
    ['gone', 'train', null, 0],
    ['zz', 'train', null, 0],
  ]);
});

import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

/** Width of the box on an image 100 pixels wide. */
const BOX = '0 0.5 0.5 0.3 0.5\n';

/** Makes a dataset of images 100 x 80 pixels large, and says what is read of it. */
async function readingOf(images: readonly string[], files: Readonly<Record<string, string>>) {
  const root = await temporaryFolder();
  await makeFiles(root, files);
  for (const image of images) await makeImage(join(root, image), 100, 80);
  const dataset = await openDataset(root);
  const items = (await collect(dataset.items())).map(({ imagePath, missing, annotated, boxes }) => [
    imagePath === null ? `missing: ${missing ?? ''}` : imagePath.slice(root.length + 1),
    annotated,
    boxes.map(({ width }) => Math.round(width)),
  ]);
  return { root, dataset, items, notes: dataset.notes.join('\n') };
}

const NAMES = [
  ...['test', 'train', 'val', 'valid', 'labels', 'notes', 'readme', 'license', 'requirements', 'README-1'],
  ...['classes', 'predefined_classes', '_darknet.labels', 'obj.names', 'a'],
];

it.each([
  ['labels/', 'images/'],
  ['', ''],
])('a label file is read whatever its image is called (%s)', async (labels, images) => {
  const { dataset, items } = await readingOf(
    NAMES.map((name) => `${images}${name}.jpg`),
    {
      ...Object.fromEntries(NAMES.map((name) => [`${labels}${name}.txt`, BOX])),
      ...(labels === '' ? { 'data/names.yaml': '' } : { 'classes.txt': 'cat\n' }),
    },
  );
  expect(dataset.format).toBe('yolo_loose');
  expect(items.filter(([, annotated]) => annotated !== true)).toEqual([]);
  expect(items.map(([, , boxes]) => boxes)).toEqual(NAMES.map(() => [30]));
  expect(dataset.labelNames).toEqual([labels === '' ? 'class-0' : 'cat']);
});

it('an image called as lists of classes are may have nothing on it', async () => {
  const { dataset, items } = await readingOf(['images/classes.jpg', 'images/a.jpg'], {
    'labels/classes.txt': '',
    'labels/a.txt': BOX,
    'classes.txt': 'cat\n',
  });
  expect(dataset.labelNames).toEqual(['cat']);
  expect(items).toEqual([
    ['images/a.jpg', true, [30]],
    ['images/classes.jpg', true, []],
  ]);
});

it('texts beside images of their names are no label files without boxes', async () => {
  const { items } = await readingOf(['train.jpg', 'notes.jpg', 'a.jpg'], {
    'train.txt': 'a.jpg\n',
    'notes.txt': 'taken in May\n',
    'a.txt': BOX,
    'classes.txt': 'cat\n',
  });
  expect(items.map(([image, annotated]) => [image, annotated])).toEqual([
    ['a.jpg', true],
    ['notes.jpg', false],
    ['train.jpg', false],
  ]);
});

it('a label file in labels/ wins over one beside the image, which is told and no item', async () => {
  const { items, notes, root } = await readingOf(['images/a.jpg', 'images/b.jpg'], {
    'classes.txt': 'cat\n',
    'images/a.txt': '0 0.5 0.5 0.1 0.1\n',
    'images/b.txt': BOX,
    'labels/a.txt': BOX,
  });
  expect(items).toEqual([
    ['images/a.jpg', true, [30]],
    ['images/b.jpg', true, [30]],
  ]);
  expect(notes).toContain(
    `${root}: images have a second label file, which is not read beside that in labels/ (1: images/a.txt).`,
  );
});

it('one label file is that of all images of its name', async () => {
  const { items } = await readingOf(['images/a.jpg', 'images/a.png', 'more/a.jpg'], {
    'classes.txt': 'cat\n',
    'labels/a.txt': BOX,
  });
  expect(items).toEqual([
    ['images/a.jpg', true, [30]],
    ['images/a.png', true, [30]],
    ['more/a.jpg', false, []],
  ]);
});

it.each(['train_images train_labels val_images val_labels', 'images_train labels_train images-val labels-val'])(
  'folders may say their subset and what is in them: %s',
  async (folders) => {
    const [one, oneLabels, two, twoLabels] = folders.split(' ') as [string, string, string, string];
    const { dataset, items } = await readingOf([`${one}/a.jpg`, `${two}/a.jpg`], {
      'classes.txt': 'cat\n',
      [`${oneLabels}/a.txt`]: BOX,
      [`${twoLabels}/a.txt`]: '0 0.5 0.5 0.2 0.1\n',
    });
    expect([dataset.format, dataset.subsets, items]).toEqual([
      'yolo_loose',
      ['train', 'val'],
      [
        [`${one}/a.jpg`, true, [30]],
        [`${two}/a.jpg`, true, [20]],
      ],
    ]);
  },
);

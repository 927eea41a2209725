import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { randomly } from './samples/random.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

/** What lies in folders of datasets and is no data. */
const NEIGHBOURS: readonly Record<string, string>[] = [
  { 'notebooks/explore.ipynb': '{}' },
  { 'weights/best.pt': 'x', 'weights/last.pt': 'x' },
  { 'models/model.onnx': 'x' },
  { 'logs/events.out.tfevents.1': 'x', 'logs/log.txt': 'epoch 1' },
  { 'train.py': 'x', 'run.sh': 'x', 'requirements.txt': 'numpy' },
  { 'my experiments/deep/er/model.bin': 'x' },
  { '.git/config': 'x', LICENSE: 'x' },
];

/** Datasets with images `a`, `b`... and what is to be read of each: its class. */
const TREES = {
  classes: { format: 'imagenet', images: { 'cat/a.png': 'cat', 'cat/b.png': 'cat', 'dog/c.png': 'dog' }, files: {} },
  subsets: {
    format: 'imagenet',
    images: { 'train/cat/a.png': 'cat', 'train/dog/b.png': 'dog', 'val/dog/c.png': 'dog' },
    files: {},
  },
  yolo: {
    format: 'yolo_ultralytics',
    images: { 'images/train/a.png': 'cat', 'images/val/b.png': 'dog' },
    files: {
      'labels/train/a.txt': '0 .5 .5 .5 .5',
      'labels/val/b.txt': '1 .5 .5 .5 .5',
      'data.yaml': 'train: images/train\nval: images/val\nnames: [cat, dog]\n',
    },
  },
  list: {
    format: 'csv',
    images: { 'images/a.png': 'cat', 'images/b.png': 'dog' },
    files: { 'labels.csv': 'filename,class,xmin,ymin,xmax,ymax\na.png,cat,1,1,5,5\nb.png,dog,1,1,5,5\n' },
  },
} as const;

async function makeTree(root: string, tree: (typeof TREES)[keyof typeof TREES]): Promise<void> {
  for (const path of Object.keys(tree.images)) await makeImage(join(root, path), 8, 8);
  await makeFiles(root, tree.files);
}

/** The class of every image, by its path below a folder. */
async function classesIn(root: string, folder: string): Promise<{ format: string; read: object; notes: string[] }> {
  const dataset = await openDataset(root);
  const items = await collect(dataset.items());
  const read = Object.fromEntries(
    items.map(({ imagePath, labels, boxes }) => [
      imagePath?.slice(join(root, folder, '/').length) ?? 'none',
      dataset.labelNames[[...labels, ...boxes][0]?.label ?? -1] ?? 'no class',
    ]),
  );
  expect(Object.keys(read)).toHaveLength(items.length);
  return { format: dataset.format, read, notes: [...dataset.notes] };
}

describe.each(Object.entries(TREES))('what holds no data takes no part: %s', (_, tree) => {
  it.each(Array.from({ length: 12 }, (__, i) => i + 1))('seed %i', async (seed) => {
    const root = await temporaryFolder();
    const { of, below } = randomly(seed);
    const folder = of(['', '', 'my dataset', 'archive/data set']);
    await makeTree(join(root, folder), tree);
    for (let i = 0; i < 3; i++) await makeFiles(of([root, join(root, folder)]), NEIGHBOURS[below(NEIGHBOURS.length)]!);
    const { format, read } = await classesIn(root, folder);
    expect([format, read]).toEqual([tree.format, tree.images]);
  });
});

it('a stray image beside class folders is an item without a class, and said', async () => {
  for (const name of ['classes', 'subsets'] as const) {
    const root = await temporaryFolder();
    await makeTree(root, TREES[name]);
    await makeImage(join(root, 'sample.png'), 8, 8);
    const { format, read, notes } = await classesIn(root, '');
    expect([format, read]).toEqual(['imagenet', { ...TREES[name].images, 'sample.png': 'no class' }]);
    expect(notes).toEqual([`${root}: 1 image lies beside the class folders and has no class (sample.png).`]);
  }
});

it('a stray image beside the folder of a dataset is said', async () => {
  const root = await temporaryFolder();
  await makeTree(join(root, 'proj'), TREES.yolo);
  await makeImage(join(root, 'sample.png'), 8, 8);
  const { format, read, notes } = await classesIn(root, 'proj');
  expect([format, read]).toEqual(['yolo_ultralytics', TREES.yolo.images]);
  expect(notes).toEqual([
    `${root}: 1 image lies beside proj/, which is read as the dataset, and is not read (sample.png).`,
  ]);
});

it('folders of other images beside those of subsets have no class; small copies are left out, and said', async () => {
  const root = await temporaryFolder();
  await makeTree(root, TREES.subsets);
  await makeImage(join(root, 'more/d.png'), 8, 8);
  await makeImage(join(root, 'thumbs/a.png'), 8, 8);
  const { read, notes } = await classesIn(root, '');
  expect(read).toEqual({ ...TREES.subsets.images, 'more/d.png': 'no class' });
  expect(notes.join()).toMatch(/small copies of images are not read: thumbs\/.*1 image lies beside/);
});

it('as many images above folders as in them are no strays', async () => {
  const root = await temporaryFolder();
  await makeTree(root, TREES.classes);
  for (const name of 'abc') await makeImage(join(root, `${name}.png`), 8, 8);
  expect((await openDataset(root)).format).toBe('image_dir');
});

it('a folder of other files is no class, an empty one is', async () => {
  const root = await temporaryFolder();
  await makeTree(root, TREES.classes);
  await makeFiles(root, { 'models/x.pt': 'x', 'bird/.keep': '' });
  const dataset = await openDataset(root);
  expect(dataset.labelNames).toEqual(['bird', 'cat', 'dog']);
  expect(dataset.notes).toEqual([`${root}: folders without images are no classes: models/.`]);
});

/** Folders of masks, as people call them. */
const MASKS = ['masks', 'SegmentationClass', 'gt', 'gt_masks', 'labels', 'annotations/png', 'ground_truth', 'mask'];

describe.each(MASKS)('masks in %s are no images', (folder) => {
  const formats = {
    image_dir: {},
    csv: { 'a.csv': 'filename,class,xmin,ymin,xmax,ymax\na.png,cat,1,1,5,5\n' },
    yolo_loose: { 'images/a.txt': '0 .5 .5 .5 .5', 'classes.txt': 'cat' },
    kitti: { 'label_2/a.txt': 'Car 0 0 0 1 1 5 5 1 1 1 1 1 1 1' },
    via: { 'x.json': { a: { filename: 'a.png', size: 1, regions: [], file_attributes: {} } } },
    label_me: { 'x.json': { version: '5', flags: {}, shapes: [], imagePath: 'images/a.png' } },
  };
  it.each(Object.entries(formats))('in %s', async (format, files: Record<string, string | object>) => {
    const root = await temporaryFolder();
    for (const name of ['a', 'b']) {
      await makeImage(join(root, `images/${name}.png`), 8, 8);
      await makeImage(join(root, folder, `${name}.png`), 8, 8);
    }
    await makeFiles(root, files);
    const dataset = await openDataset(root);
    const paths = (await collect(dataset.items())).map(({ imagePath }) => imagePath);
    expect([dataset.format, paths.sort()]).toEqual([format, [join(root, 'images/a.png'), join(root, 'images/b.png')]]);
    expect(dataset.notes.join()).toContain(`masks are not read: ${folder}/`);
  });
});

it('takes faces with a mask and without for classes', async () => {
  const root = await temporaryFolder();
  for (const name of ['mask', 'no_mask']) await makeImage(join(root, `${name}/1.jpg`), 8, 8);
  expect((await openDataset(root)).labelNames).toEqual(['mask', 'no_mask']);
});

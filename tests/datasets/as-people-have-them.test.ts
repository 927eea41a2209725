import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { vocXml, yoloLines } from './samples/formats.js';
import { collect, DETECTION, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const ONE = DETECTION[0]!.boxes;
const VOC = vocXml('one', ONE);
const YOLO = yoloLines('one', ONE);

const coco = (...names: readonly string[]): object => ({
  images: names.map((name, id) => ({ id, file_name: name, width: 64, height: 32 })),
  annotations: names.flatMap((_, image_id) =>
    ONE.map(([label, ...bbox], i) => ({ id: 2 * image_id + i, image_id, category_id: label === 'cat' ? 1 : 2, bbox })),
  ),
  categories: [
    { id: 1, name: 'cat' },
    { id: 2, name: 'dog' },
  ],
});

const labelMe = (imagePath: string): object => ({
  version: '5.0',
  flags: {},
  shapes: ONE.map(([label, x, y, w, h]) => ({
    label,
    points: [
      [x, y],
      [x + w, y + h],
    ],
    shape_type: 'rectangle',
  })),
  imagePath,
});

/** A dataset with one image that has the boxes of the first sample. */
interface Case {
  readonly what: string;
  readonly format: string;
  readonly image: string;
  readonly files: Readonly<Record<string, string | object>>;
  readonly subset?: string;
}

const CASES: readonly Case[] = [
  {
    what: 'COCO in the folders of an archive, beside those of another system',
    format: 'coco',
    image: 'archive/my data/images/one.jpg',
    files: {
      'archive/my data/annotations/instances_default.json': coco('one.jpg'),
      '__MACOSX/archive/._one.jpg': 'x',
      '.DS_Store': 'x',
      'archive/README.md': 'hello',
    },
  },
  {
    what: 'VOC with its development kit around it',
    format: 'voc',
    image: 'VOCdevkit/VOC2012/JPEGImages/one.jpg',
    files: { 'VOCdevkit/VOC2012/Annotations/one.xml': VOC, 'VOCdevkit/VOC2012/ImageSets/Main/val.txt': 'one\n' },
    subset: 'val',
  },
  {
    what: 'YOLO in the folder of an export',
    format: 'yolo_ultralytics',
    image: 'export/valid/images/one.jpg',
    files: {
      'export/data.yaml': 'train: ../train/images\nval: ../valid/images\nnames: [cat, dog]\n',
      'export/valid/labels/one.txt': YOLO,
    },
    subset: 'val',
  },
  {
    what: 'an extension in other letters',
    format: 'coco',
    image: 'images/one.JPG',
    files: { 'x/coco.json': coco('one.jpg') },
    subset: 'x',
  },
  {
    what: 'a name that was written as in an address',
    format: 'coco',
    image: 'images/one März.jpg',
    files: { 'annotations.json': coco('one%20M%C3%A4rz.jpg') },
  },
  {
    what: 'a name that looks like an address and is none',
    format: 'coco',
    image: 'images/one%20.jpg',
    files: { 'annotations.json': coco('one%20.jpg') },
  },
  {
    what: 'CVAT’s list of Ultralytics',
    format: 'yolo_ultralytics',
    image: 'images/train/one.jpg',
    files: {
      'data.yaml': 'path: .\ntrain: train.txt\nnames: [cat, dog]\n',
      'train.txt': 'data/images/train/one.jpg\n',
      'labels/train/one.txt': YOLO,
    },
    subset: 'train',
  },
  {
    what: 'classes as numpy writes them',
    format: 'yolo_loose',
    image: 'one.jpg',
    files: {
      'one.txt': YOLO.replaceAll(/^(\d) /gm, '$1.000000000000000000e+00 '),
      'classes.txt': '\uFEFFcat\r\ndog\r\npotted plant\r\n',
    },
  },
  {
    what: 'labelme’s file that was moved with its image',
    format: 'label_me',
    image: 'one.jpg',
    files: { 'one.json': labelMe('..\\of\\before\\one.jpg'), 'Thumbs.db': 'x' },
  },
  {
    what: 'VOC lists with extensions',
    format: 'voc',
    image: 'JPEGImages/one.jpg',
    files: { 'Annotations/one.xml': VOC, 'ImageSets/Main/train.txt': 'one.jpg\n' },
    subset: 'train',
  },
  {
    what: 'VOC lists of annotation files in capitals',
    format: 'voc',
    image: 'JPEGImages/one.jpg',
    files: { 'Annotations/one.XML': VOC, 'ImageSets/Main/train.txt': 'one\n' },
    subset: 'train',
  },
  {
    what: 'VOC lists of paths',
    format: 'voc',
    image: 'JPEGImages/one.jpg',
    files: { 'Annotations/one.xml': VOC, 'ImageSets/Main/train.txt': 'VOC2012/JPEGImages/one.jpg\n' },
    subset: 'train',
  },
];

it.each(CASES)('reads $what', async ({ format, image, files, subset = 'default' }) => {
  const root = await temporaryFolder();
  await makeFiles(root, files);
  await makeImage(join(root, image), 64, 32);
  // Told by content and named: as it is imported, and as it is opened again.
  for (const target of [root, `${root}:${format}`]) {
    const dataset = await openDataset(target);
    expect(dataset.format).toBe(format);
    const items = await collect(dataset.items());
    expect(items.map((item) => [item.subset, item.imagePath, item.missing])).toEqual([
      [subset, join(root, image), null],
    ]);
    const boxes = items[0]!.boxes.map(({ label, x, y, width, height }) => [
      dataset.labelNames[label],
      x,
      y,
      width,
      height,
    ]);
    expect(boxes).toEqual(ONE);
  }
});

it('reads an image that several files of COCO list once, and those of one name in folders of their own all', async () => {
  const root = await temporaryFolder();
  for (const name of ['a', 'b', 'c']) await makeImage(join(root, `images/${name}.jpg`), 64, 32);
  await makeFiles(root, {
    'annotations/all.json': coco('a.jpg', 'b.jpg', 'c.jpg'),
    'annotations/train.json': coco('a.jpg', 'b.jpg'),
    'annotations/val.json': coco('c.jpg'),
  });
  const dataset = await openDataset(root);
  const read = async (): Promise<unknown> =>
    (await collect(dataset.items())).map(({ id, subset, boxes }) => [id, subset, boxes.length]);
  expect([dataset.subsets, dataset.count]).toEqual([['train', 'val'], 3]);
  expect(await read()).toEqual([
    ['a', 'train', 2],
    ['b', 'train', 2],
    ['c', 'val', 2],
  ]);
  expect(dataset.notes).toContain('all.json: 3 images of 3 are in train.json, val.json too, and read as there.');

  const apart = await temporaryFolder();
  for (const folder of ['train', 'val']) await makeImage(join(apart, folder, 'a.jpg'), 64, 32);
  await makeFiles(apart, {
    'annotations/instances_train.json': coco('a.jpg'),
    'annotations/instances_val.json': coco('a.jpg'),
  });
  expect(await collect((await openDataset(apart)).items())).toHaveLength(2);
  expect((await openDataset(apart)).notes).toEqual([]);
});

it('reads an image that several files of a list name once, and says so', async () => {
  const root = await temporaryFolder();
  for (const name of ['a', 'b']) await makeImage(join(root, `${name}.jpg`), 64, 32);
  const rows = (...names: readonly string[]): string =>
    ['filename,class,xmin,ymin,xmax,ymax', ...names.map((name) => `${name},cat,1,2,9,12`)].join('\n');
  await makeFiles(root, { 'all.csv': rows('a.jpg', 'b.jpg'), 'train.csv': rows('a.jpg'), 'val.csv': rows('b.jpg') });
  const dataset = await openDataset(root);
  expect((await collect(dataset.items())).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(dataset.count).toBe(2);
  expect(dataset.notes).toEqual([`${root}: images that several files name (2) are read once, as the first has them.`]);
});

it.each([
  ['labels.csv', ';', '\uFEFF', '2,5'],
  ['labels.csv', '\t', '', '2.5'],
  ['labels.tsv', '\t', '', '2,5'],
])('reads %s with "%s" between cells', async (file, sign, mark, left) => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'a.jpg'), 64, 32);
  const rows = [
    ['filename', 'width', 'height', 'class', 'xmin', 'ymin', 'xmax', 'ymax'],
    ['a.jpg', '64', '32', 'Käfer', left, '2', '9', '12'],
    ['a.jpg', '64', '32', '"cat; big"', '1', '2', '9', '12'],
  ];
  await makeFiles(root, { [file]: `${mark}${rows.map((row) => row.join(sign)).join('\r\n')}\r\n` });
  const dataset = await openDataset(root);
  expect(dataset.labelNames).toEqual(['Käfer', 'cat; big']);
  expect(await collect(dataset.items())).toMatchObject([
    {
      boxes: [
        { x: 2.5, width: 6.5 },
        { x: 1, width: 8 },
      ],
    },
  ]);
});

it.each([
  ['labels.csv', 'filename,class,xmin,ymin,xmax,ymax\na.jpg,cat,1,2,9,12\n'],
  ['annotations/instances_val.json', JSON.stringify(coco('a.jpg'))],
  ['a.txt', '0 0.5 0.5 0.5 0.5\n'],
])('refuses %s in UTF-16 by name', async (file, text) => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'a.jpg'), 64, 32);
  await makeFiles(root, { [file]: '' });
  await writeFile(join(root, file), Buffer.from(`\uFEFF${text}`, 'utf16le'));
  const read = openDataset(root).then((dataset) => collect(dataset.items()));
  const says = 'the text is in UTF-16; save it in UTF-8.';
  const problem = await read.then(
    (items) => items[0]?.malformed ?? '',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
  expect(problem).toBe(`${join(root, file)}: ${says}`);
});

it('of two images of one name VOC\u2019s boxes are on the one that the file names', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'a.xml': VOC.replace(/<filename>[^<]*/, '<filename>a.png') });
  for (const name of ['a.jpg', 'a.png']) await makeImage(join(root, name), 64, 32);
  const items = await collect((await openDataset(root)).items());
  const boxes = items.map(({ imagePath, boxes: { length } }) => [imagePath?.slice(root.length + 1), length]);
  expect(boxes.sort()).toEqual([
    ['a.jpg', 0],
    ['a.png', ONE.length],
  ]);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const categories = [
  { id: 1, name: 'cat' },
  { id: 90, name: 'toothbrush' },
];

async function read(json: object, images: readonly string[] = []) {
  const root = await temporaryFolder();
  await makeFiles(root, { 'annotations/instances_val.json': { categories, ...json } });
  for (const image of images) await makeImage(join(root, image), 8, 8);
  const dataset = await openDataset(root);
  return { root, dataset, items: await collect(dataset.items()) };
}

const image = (id: number | string, file_name: string, more: object = {}) => ({
  id,
  file_name,
  width: 20,
  height: 10,
  ...more,
});
const box = (image_id: number | string, more: object = {}) => ({
  image_id,
  category_id: 1,
  bbox: [1, 2, 3, 4],
  ...more,
});

it('keeps crowds, with their run lengths, as boxes that say so', async () => {
  const { items } = await read({
    images: [image(1, 'a.jpg')],
    annotations: [
      box(1, { iscrowd: 1, segmentation: { counts: [10, 5, 185], size: [10, 20] } }),
      box(1, { iscrowd: 0 }),
    ],
  });
  expect(items[0]?.boxes).toEqual([
    {
      x: 1,
      y: 2,
      width: 3,
      height: 4,
      label: 0,
      attributes: { crowd: true },
      segmentation: { kind: 'rle', width: 20, height: 10, counts: [10, 5, 185] },
    },
    { x: 1, y: 2, width: 3, height: 4, label: 0, attributes: {}, segmentation: null },
  ]);
});

it('reads compressed run lengths, and makes a box from a mask without one', async () => {
  // 3 background, 4 foreground down the first column, the rest background, as the COCO API encodes it.
  const { items } = await read({
    images: [image(1, 'a.jpg')],
    annotations: [{ image_id: 1, category_id: 90, segmentation: { counts: '34Q6', size: [10, 20] } }],
  });
  expect(items[0]?.boxes[0]).toMatchObject({
    x: 0,
    y: 3,
    width: 1,
    height: 4,
    label: 1,
    segmentation: { counts: [3, 4, 193] },
  });
});

it('counts run lengths that do not fill the mask, and keeps the box', async () => {
  const { items } = await read({
    images: [image(1, 'a.jpg'), image(2, 'b.jpg')],
    annotations: [box(1, { segmentation: { counts: [1, 2], size: [10, 20] } }), box(2)],
  });
  expect(items[0]).toMatchObject({ annotated: true, boxes: [{ segmentation: null }] });
  expect(items[0]?.passedOver).toEqual({ 'masks that cannot be read': 1 });
  expect(items[1]).toMatchObject({ annotated: true, boxes: [{}] });
});

it('does not know a size that is missing or a placeholder', async () => {
  const { items } = await read({
    images: [
      { id: 1, file_name: 'a.jpg' },
      image(2, 'b.jpg', { width: 0, height: 0 }),
      image(3, 'c.jpg', { width: null }),
    ],
    annotations: [],
  });
  expect(items.map(({ size }) => size)).toEqual([null, null, null]);
});

it('leaves boxes as they are that lead out of the image, and counts those without area', async () => {
  const { items } = await read({
    images: [image(1, 'a.jpg')],
    annotations: [box(1, { bbox: [-5, 8, 100, 50.5] }), box(1, { bbox: [3, 3, 0, 0] })],
  });
  expect(items[0]?.boxes.map(({ x, y, width: w, height: h }) => [x, y, w, h])).toEqual([[-5, 8, 100, 50.5]]);
  expect(items[0]).toMatchObject({ passedOver: { 'boxes without area': 1 }, withoutPlace: [0] });
});

it('finds nested images, Windows separators and absolute names of another machine, but never one of another folder', async () => {
  const { root, items } = await read(
    {
      images: [
        image(1, 'a/b/1.jpg'),
        image(2, 'a\\b\\2.jpg'),
        image(3, '/home/me/set/a/b/3.jpg'),
        image(4, 'D:\\set\\a\\4.jpg'),
        image(5, 'c/1.jpg'),
      ],
      annotations: [],
    },
    ['images/a/b/1.jpg', 'images/a/b/2.jpg', 'images/a/b/3.jpg', 'images/a/4.jpg', 'images/1.jpg'],
  );
  expect(items.map(({ imagePath }) => imagePath?.replace(root, ''))).toEqual([
    '/images/a/b/1.jpg',
    '/images/a/b/2.jpg',
    '/images/a/b/3.jpg',
    '/images/a/4.jpg',
    undefined,
  ]);
  expect(items.map(({ id }) => id)).toEqual(['a/b/1', 'a/b/2', 'home/me/set/a/b/3', 'set/a/4', 'c/1']);
});

it('follows a name out of the dataset when the image is there, with an id that stays inside', async () => {
  const outer = await temporaryFolder();
  await makeImage(join(outer, 'elsewhere/x.jpg'), 8, 8);
  await makeFiles(outer, {
    'set/instances.json': {
      categories,
      images: [image(1, '../elsewhere/x.jpg'), image(2, '../../../etc/passwd')],
      annotations: [],
    },
  });
  const items = await collect((await openDataset(join(outer, 'set'))).items());
  expect(items[0]).toMatchObject({ id: 'elsewhere/x', imagePath: join(outer, 'elsewhere/x.jpg') });
  expect(items[1]?.id).toBe('etc/passwd');
});

it('matches names whatever Unicode form the file system has', async () => {
  const { items } = await read(
    { images: [image(1, 'žluť.jpg'.normalize('NFD')), image(2, 'kůň.jpg'.normalize('NFC'))], annotations: [] },
    [`images/${'žluť.jpg'.normalize('NFC')}`, `images/${'kůň.jpg'.normalize('NFD')}`],
  );
  expect(items.map(({ imagePath }) => imagePath === null)).toEqual([false, false]);
  expect(items.map(({ id }) => id)).toEqual(['žluť', 'kůň'].map((id) => id.normalize('NFC')));
});

it('gives images of one name different ids', async () => {
  const { items } = await read({
    images: [image(1, 'a.jpg'), image(2, 'a.png'), image(3, 'a.bmp')],
    annotations: [box(2)],
  });
  expect(items.map(({ id, boxes }) => [id, boxes.length])).toEqual([
    ['a', 0],
    ['val/a', 1],
    ['a~2', 0],
  ]);
});

it('takes texts for ids, and says which annotations were left out', async () => {
  const { root, dataset, items } = await read({
    images: [image('7', 'a.jpg'), image('x', 'b.jpg')],
    annotations: [box(7), box('x'), box(99), { image_id: 7, caption: 'a cat' }],
  });
  expect(items.map(({ boxes }) => boxes.length)).toEqual([1, 1]);
  const file = join(root, 'annotations/instances_val.json');
  expect(dataset.notes).toEqual([
    `${file}: 1 annotation without category_id was left out.`,
    `${file}: 1 annotation of images that are not listed was left out.`,
  ]);
});

it('reads image labels from labels_*.json beside the boxes', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'annotations/instances_val.json': { categories, images: [image(1, 'a.jpg')], annotations: [box(1)] },
    // Its category ids are its own.
    'annotations/labels_val.json': {
      categories: [{ id: 1, name: 'toothbrush' }],
      images: [image(1, 'a.jpg'), image(2, 'b.jpg')],
      annotations: [{ image_id: 1, category_id: 1 }],
    },
    'annotations/captions_val.json': { images: [image(1, 'a.jpg')], annotations: [{ image_id: 1, caption: 'x' }] },
  });
  const dataset = await openDataset(root);
  expect(dataset.subsets).toEqual(['val']);
  expect(await collect(dataset.items())).toMatchObject([
    { id: 'a', boxes: [{ label: 0 }], labels: [{ label: 1 }] },
    { id: 'b', boxes: [], labels: [] },
  ]);
});

it("reads Roboflow's folders as subsets, and a single file by its path", async () => {
  const root = await temporaryFolder();
  for (const subset of ['train', 'valid']) {
    await makeFiles(root, {
      [`${subset}/_annotations.coco.json`]: { categories, images: [image(1, 'a.jpg')], annotations: [] },
    });
    await makeImage(join(root, subset, 'a.jpg'), 8, 8);
  }
  const dataset = await openDataset(root);
  expect(dataset.subsets).toEqual(['train', 'valid']);
  const items = await collect(dataset.items());
  expect(items.map(({ id, imagePath }) => [id, imagePath])).toEqual([
    ['a', join(root, 'train/a.jpg')],
    ['valid/a', join(root, 'valid/a.jpg')],
  ]);
  const single = await openDataset(join(root, 'train/_annotations.coco.json'));
  expect(await collect(single.items())).toHaveLength(1);
});

it('reads a file with a byte order mark, without annotations, and with members that it does not know', async () => {
  const root = await temporaryFolder();
  const json = JSON.stringify({
    info: { a: ['}', '"', '\\'] },
    videos: [[1], { b: 2 }],
    images: [image(1, 'a.jpg')],
    categories,
  });
  await writeFile(join(root, 'x.json'), `\uFEFF${json}\n`);
  const dataset = await openDataset(root);
  expect(dataset.labelNames).toEqual(['cat', 'toothbrush']);
  expect(await collect(dataset.items())).toHaveLength(1);
});

it('reads the things of a panoptic file, and counts its stuff', async () => {
  const segments = [
    { id: 7, category_id: 1, iscrowd: 0, bbox: [8, 8, 16, 16] },
    { id: 8, category_id: 9, iscrowd: 0, bbox: [0, 0, 64, 64] },
    { id: 9, category_id: 1, iscrowd: 1, bbox: [1, 2, 3, 4] },
  ];
  const root = await temporaryFolder();
  await makeFiles(root, {
    'annotations/panoptic_val2017.json': {
      images: [image(1, 'a.jpg'), image(2, 'b.jpg')],
      annotations: [{ image_id: 1, file_name: 'a.png', segments_info: segments }],
      categories: [
        { id: 1, name: 'cat', isthing: 1 },
        { id: 9, name: 'sky', isthing: 0 },
      ],
    },
  });
  const dataset = await openDataset(root);
  expect(dataset.subsets).toEqual(['val2017']);
  expect(await collect(dataset.items())).toMatchObject([
    {
      annotated: true,
      passedOver: { 'areas of stuff': 1 },
      boxes: [
        { x: 8, y: 8, width: 16, height: 16, label: 0, attributes: {} },
        { x: 1, y: 2, width: 3, height: 4, label: 0, attributes: { crowd: true } },
      ],
    },
    { annotated: true, boxes: [] },
  ]);
});

it('takes images of a file without annotations for images that nobody looked at', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'annotations/image_info_test2017.json': { images: [image(1, 'a.jpg')], categories } });
  const dataset = await openDataset(root);
  expect(dataset.subsets).toEqual(['test2017']);
  expect(await collect(dataset.items())).toMatchObject([{ id: 'a', annotated: false, boxes: [] }]);
});

it('reads key points for their boxes, one kind of file for each subset, and says which were not read', async () => {
  const root = await temporaryFolder();
  const images = [image(1, 'a.jpg')];
  await makeFiles(root, {
    'annotations/person_keypoints_val.json': {
      images,
      categories,
      annotations: [box(1, { keypoints: [1, 2, 2], num_keypoints: 1 })],
    },
    'annotations/captions_val.json': { images, annotations: [{ image_id: 1, caption: 'a cat' }] },
  });
  const dataset = await openDataset(root);
  expect(dataset.notes).toEqual([
    `${join(root, 'annotations')}: not read beside person_keypoints_val.json: captions_val.json; name one by its path to read it.`,
  ]);
  expect(await collect(dataset.items())).toMatchObject([
    { id: 'a', boxes: [{ x: 1, width: 3 }], passedOver: { "key points, beside objects' boxes": 1 } },
  ]);
});

it('reads LVIS, whose images have an address and no name, and says what its annotators did not look for', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'annotations/lvis_v1_val.json': {
      categories,
      images: [
        {
          id: 397133,
          coco_url: 'http://images.cocodataset.org/val2017/000000397133.jpg',
          width: 8,
          height: 8,
          neg_category_ids: [90],
          not_exhaustive_category_ids: [],
        },
      ],
      annotations: [box(397133)],
    },
  });
  await makeImage(join(root, 'val2017/000000397133.jpg'), 8, 8);
  const dataset = await openDataset(root);
  expect(dataset.notes).toEqual([expect.stringMatching(/did not look for every class in every image/)]);
  expect(await collect(dataset.items())).toMatchObject([
    { imagePath: join(root, 'val2017/000000397133.jpg'), boxes: [{ label: 0 }] },
  ]);
});

it('keeps the box of an object whose outline is odd, short or not in a list', async () => {
  const { items } = await read({
    images: [1, 2, 3, 4].map((id) => image(id, `${id}.jpg`, { width: 20, height: 20 })),
    annotations: [
      box(1, { segmentation: [1, 2, 4, 2, 4, 6] }),
      box(2, { segmentation: [[8, 8]] }),
      box(3, { segmentation: [[1, 2, 4, 2, 4, 6, 1]] }),
      { image_id: 4, category_id: 1, segmentation: [[1, 2, 4, 2, 4]] },
    ],
  });
  expect(items.map(({ boxes, labels, passedOver }) => [boxes.length, labels.length, passedOver !== undefined])).toEqual(
    [
      [1, 0, false],
      [1, 0, true],
      [1, 0, true],
      [0, 0, true],
    ],
  );
  expect(items[0]?.boxes[0]?.segmentation).toEqual({ kind: 'polygons', polygons: [[1, 2, 4, 2, 4, 6]] });
  expect(items[2]?.boxes[0]?.segmentation).toBeNull();
});

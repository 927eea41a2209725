import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const categories = {
  label: {
    labels: [
      { name: 'cat', parent: '' },
      { name: 'dog', parent: '' },
    ],
  },
};

async function read(items: readonly object[]) {
  const root = await temporaryFolder();
  await makeFiles(root, { 'annotations/train.json': { infos: {}, categories, items } });
  await makeImage(join(root, 'images/train/a b.png'), 20, 10);
  return collect((await openDataset(root)).items());
}

it('joins shapes of one group and label, and keeps others apart', async () => {
  const [item] = await read([
    {
      id: 'a b',
      attr: { frame: 7, nested: {} },
      image: { path: '', size: [10, 20] },
      annotations: [
        { type: 'label', label_id: 1, attributes: { score: 0.5 } },
        {
          type: 'bbox',
          label_id: 0,
          bbox: [1, 1, 5, 5],
          group: 1,
          attributes: { is_crowd: false, occluded: false, color: 'red' },
        },
        { type: 'polygon', label_id: 0, points: [1, 1, 6, 1, 6, 6], group: 1 },
        { type: 'polygon', label_id: 1, points: [2, 2, 4, 2, 4, 4], group: 1 },
        {
          type: 'mask',
          label_id: 1,
          rle: { counts: '34Q6', size: [10, 20] },
          group: 0,
          attributes: { is_crowd: true },
        },
        { type: 'caption', caption: 'x' },
        { type: 'bbox', label_id: null, bbox: [0, 0, 1, 1] },
      ],
    },
  ]);
  expect(item).toMatchObject({
    id: 'a b',
    imagePath: expect.stringContaining('a b.png') as string,
    size: { width: 20, height: 10 },
    attributes: { frame: 7 },
    labels: [{ label: 1, attributes: { score: 0.5 } }],
  });
  expect(item?.boxes).toEqual([
    {
      x: 1,
      y: 1,
      width: 5,
      height: 5,
      label: 0,
      attributes: { color: 'red' },
      segmentation: { kind: 'polygons', polygons: [[1, 1, 6, 1, 6, 6]] },
    },
    {
      x: 2,
      y: 2,
      width: 2,
      height: 2,
      label: 1,
      attributes: {},
      segmentation: { kind: 'polygons', polygons: [[2, 2, 4, 2, 4, 4]] },
    },
    {
      x: 0,
      y: 3,
      width: 1,
      height: 4,
      label: 1,
      attributes: { crowd: true },
      segmentation: { kind: 'rle', width: 20, height: 10, counts: [3, 4, 193] },
    },
  ]);
});

it('names a type that it does not know, and reads the other items', async () => {
  const items = await read([
    { id: 'a', annotations: [{ type: 'blob', label_id: 0 }] },
    { id: 'b', annotations: [{ type: 'label', label_id: 0 }] },
  ]);
  expect(items[0]?.malformed).toMatch(
    /train\.json, items\[0\]\.annotations\[0\]: the annotation type 'blob' is not known/,
  );
  expect(items[1]).toMatchObject({ annotated: true, labels: [{ label: 0 }] });
  expect(items[1]).not.toHaveProperty('malformed');
});

it('refuses subsets whose labels differ', async () => {
  const root = await temporaryFolder();
  const other = { label: { labels: [{ name: 'dog' }] } };
  await makeFiles(root, {
    'annotations/a.json': { categories, items: [] },
    'annotations/b.json': { categories: other, items: [] },
  });
  await expect(openDataset(root)).rejects.toThrow(/b\.json, categories: the labels differ from those of .*a\.json/);
});

/** What Datumaro's releases write around the same items. */
const GENERATIONS: readonly {
  readonly name: string;
  readonly head: object;
  readonly media: object;
  readonly at: string;
}[] = [
  {
    name: '0.1',
    head: { info: {} },
    media: { path: 'images/', image: { path: 'sub/a.jpg', size: [16, 32] } },
    at: 'images/sub/a.jpg',
  },
  {
    name: '0.3',
    head: { info: {} },
    media: { image: { path: 'sub/a.jpg', size: [16, 32] } },
    at: 'images/train/sub/a.jpg',
  },
  { name: '0.5, without media', head: { infos: {} }, media: { image: { path: '' } }, at: 'images/train/sub/a.jpg' },
  {
    name: '1.0, media of no kind',
    head: { infos: {} },
    media: { media: { path: 'sub/a.jpg' } },
    at: 'images/train/sub/a.jpg',
  },
  {
    name: '1.11 and later',
    head: { dm_format_version: '1.0', media_type: 2, infos: {} },
    media: { image: { path: 'sub_a.jpg', size: [16, 32] } },
    at: 'images/train/sub_a.jpg',
  },
];

it.each(GENERATIONS)('reads what Datumaro $name writes', async ({ head, media, at }) => {
  const root = await temporaryFolder();
  await makeImage(join(root, at), 32, 16);
  const shape = (type: string, more: object): object => ({
    id: 0,
    type,
    attributes: {},
    group: 0,
    label_id: 0,
    ...more,
  });
  await makeFiles(root, {
    'annotations/train.json': {
      ...head,
      categories: { label: { labels: [{ name: 'cat', parent: '', attributes: [] }], attributes: [] } },
      items: [
        {
          id: 'sub/a',
          annotations: [
            shape('bbox', { bbox: [1, 2, 8, 9], z_order: 0 }),
            shape('points', { points: [1, 2], visibility: [2] }),
            shape('cuboid_2d', { points: Array.from({ length: 8 }, () => [0, 0]) }),
            shape('cuboid_3d', { position: [0, 0, 0], rotation: [0, 0, 0], scale: [1, 1, 1] }),
            { id: 0, type: 'caption', attributes: {}, group: 0, caption: 'hi' },
          ],
          ...media,
        },
      ],
    },
  });
  const dataset = await openDataset(root);
  expect(dataset.format).toBe('datumaro');
  expect(await collect(dataset.items())).toMatchObject([
    {
      id: 'sub/a',
      imagePath: join(root, at),
      boxes: [{ x: 1, y: 2, width: 8, height: 9 }],
      passedOver: { points: 1, cuboids: 2, captions: 1 },
    },
  ]);
});

it('says of media that are no images what they are, and keeps a mistake of one item to itself', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/good.jpg'), 8, 8);
  await makeFiles(root, {
    'annotations/default.json': {
      infos: {},
      categories: { label: { labels: [{ name: 'cat' }] } },
      items: [
        { id: 'a', annotations: [], point_cloud: { path: 'a.pcd' } },
        { id: 'b', annotations: [], video_frame: { video_path: 'v.mp4', frame_index: 3 } },
        { id: 'good', annotations: [{ type: 'bbox', label_id: 0, bbox: [1, 2, 3] }], image: { path: 'good.jpg' } },
      ],
    },
  });
  const items = await collect((await openDataset(root)).items());
  expect(items.map(({ missing }) => missing)).toEqual([
    'the item is a point cloud, which is not read',
    'the item is a frame of a video, which is not read',
    null,
  ]);
  expect(items[2]?.malformed).toMatch(/items\[2\]\.annotations\[0\]\.bbox/);
});

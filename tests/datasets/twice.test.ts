import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const cvatImage = (id: number, name: string, label: string, right: number): string =>
  `<image id="${id}" name="${name}" width="32" height="16"><box label="cat" xtl="1" ytl="1" xbr="5" ybr="5"/><box label="${label}" xtl="2" ytl="2" xbr="${right}" ybr="6"/></image>`;

const labelMe = (label: string, right: number): object => ({
  version: '5',
  flags: {},
  imagePath: 'p.png',
  shapes: [
    {
      label: 'cat',
      shape_type: 'rectangle',
      points: [
        [1, 1],
        [5, 5],
      ],
    },
    {
      label,
      shape_type: 'rectangle',
      points: [
        [2, 2],
        [right, 6],
      ],
    },
  ],
});

const OPEN_IMAGES = 'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\n';

/** Datasets that name `p.png` twice: with a cat in both, a dog 4 wide in one and a bird 5 wide in the other. */
const FORMATS: Readonly<Record<string, Record<string, string | object>>> = {
  coco: {
    'a.json': {
      images: [
        { id: 1, file_name: 'p.png', width: 32, height: 16 },
        { id: 7, file_name: './p.png', width: 32, height: 16 },
      ],
      annotations: [
        { id: 1, image_id: 1, category_id: 1, bbox: [1, 1, 4, 4] },
        { id: 2, image_id: 1, category_id: 2, bbox: [2, 2, 4, 4] },
        { id: 3, image_id: 7, category_id: 1, bbox: [1, 1, 4, 4] },
        { id: 4, image_id: 7, category_id: 3, bbox: [2, 2, 5, 4] },
      ],
      categories: ['cat', 'dog', 'bird'].map((name, i) => ({ id: i + 1, name })),
    },
  },
  label_me: { 'a.json': labelMe('dog', 6), 'b.json': labelMe('bird', 7) },
  cvat: {
    'annotations.xml': `<annotations><version>1.1</version>${cvatImage(0, 'p.png', 'dog', 6)}${cvatImage(1, './p.png', 'bird', 7)}</annotations>`,
  },
  datumaro: {
    'annotations/default.json': {
      infos: {},
      categories: { label: { labels: [{ name: 'cat' }, { name: 'dog' }, { name: 'bird' }] } },
      items: [
        {
          id: 'x',
          image: { path: '../p.png' },
          annotations: [
            { type: 'bbox', label_id: 0, bbox: [1, 1, 4, 4] },
            { type: 'bbox', label_id: 1, bbox: [2, 2, 4, 4] },
          ],
        },
        {
          id: 'y',
          image: { path: '../p.png' },
          annotations: [
            { type: 'bbox', label_id: 0, bbox: [1, 1, 4, 4] },
            { type: 'bbox', label_id: 2, bbox: [2, 2, 5, 4] },
          ],
        },
      ],
    },
  },
  create_ml: {
    'x.json': [
      ['dog', 4],
      ['bird', 5],
    ].map(([label, width]) => ({
      image: 'p.png',
      annotations: [
        { label: 'cat', coordinates: { x: 3, y: 3, width: 4, height: 4 } },
        { label, coordinates: { x: 2 + Number(width) / 2, y: 4, width, height: 4 } },
      ],
    })),
  },
  imagefolder: {
    'metadata.jsonl': [
      ['dog', 4],
      ['bird', 5],
    ]
      .map(([label, width]) =>
        JSON.stringify({
          file_name: 'p.png',
          objects: {
            bbox: [
              [1, 1, 4, 4],
              [2, 2, width, 4],
            ],
            categories: ['cat', label],
          },
        }),
      )
      .join('\n'),
  },
  open_images: {
    'annotations/train-annotations-bbox.csv': `${OPEN_IMAGES}p,x,cat,1,${1 / 32},${5 / 32},${1 / 16},${5 / 16}\np,x,dog,1,${2 / 32},${6 / 32},${2 / 16},${6 / 16}\n`,
    'annotations/validation-annotations-bbox.csv': `${OPEN_IMAGES}p,x,cat,1,${1 / 32},${5 / 32},${1 / 16},${5 / 16}\np,x,bird,1,${2 / 32},${7 / 32},${2 / 16},${6 / 16}\n`,
  },
};

describe.each(Object.entries(FORMATS))('an image that is named twice is one item: %s', (format, files) => {
  it('with all that is said of it, once, and told', async () => {
    const root = await temporaryFolder();
    await makeImage(join(root, 'p.png'), 32, 16);
    await makeFiles(root, files);
    const dataset = await openDataset(root);
    for (const _ of [1, 2]) {
      const items = await collect(dataset.items());
      const boxes = items.map((item) =>
        item.boxes.map(({ label, width }) => `${dataset.labelNames[label]!} ${width}`).sort(),
      );
      expect([dataset.format, boxes]).toEqual([format, [['bird 5', 'cat 4', 'dog 4']]]);
    }
    const said = [...dataset.notes, ...Object.keys(dataset.reading?.remarks ?? {})].join();
    expect(said).toMatch(/more than once|again/);
  });
});

it('keeps apart images of one id in folders of their own', async () => {
  const root = await temporaryFolder();
  const row = (name: string): string => `${OPEN_IMAGES}p,x,${name},1,.1,.5,.1,.5\n`;
  for (const split of ['train', 'validation']) await makeImage(join(root, split, 'data/p.png'), 32, 16);
  await makeFiles(root, { 'train/labels/d.csv': row('cat'), 'validation/labels/d.csv': row('dog') });
  const dataset = await openDataset(root);
  const items = await collect(dataset.items());
  expect(items.map(({ subset, boxes }) => [subset, boxes.map(({ label }) => dataset.labelNames[label])])).toEqual([
    ['train', ['cat']],
    ['validation', ['dog']],
  ]);
});

it('fails an image that is named twice with other sizes', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'p.png'), 32, 16);
  const text = FORMATS['cvat']!['annotations.xml'] as string;
  await makeFiles(root, { 'annotations.xml': text.replace('width="32"', 'width="64"') });
  const [item] = await collect((await openDataset(root)).items());
  expect(item?.malformed).toMatch(/name it twice, with 64 x 16 and 32 x 16 pixels/);
});

it('reads images that lists of image names, of classes or of YOLO, name again once', async () => {
  const root = await temporaryFolder();
  for (const image of ['images/p.png', 'images/q.png']) await makeImage(join(root, image), 32, 16);
  await makeFiles(root, { 'val.txt': 'p.png 0\nq.png 0\nimages/p.png 1\n', 'synsets.txt': 'cat\ndog\n' });
  const lists = await openDataset(root);
  expect((await collect(lists.items())).map(({ labels }) => labels.map(({ label }) => label))).toEqual([[0, 1], [0]]);
  const yolo = await temporaryFolder();
  await makeImage(join(yolo, 'images/p.png'), 32, 16);
  await makeFiles(yolo, {
    'labels/p.txt': '0 .5 .5 .5 .5',
    'data.yaml': 'train: train.txt\nval: val.txt\nnames: [cat]\n',
    'train.txt': 'images/p.png\n./images/p.png\n',
    'val.txt': 'images/p.png\n',
  });
  const dataset = await openDataset(yolo);
  expect((await collect(dataset.items())).map(({ id, subset }) => [id, subset])).toEqual([['p', 'train']]);
  expect(dataset.notes.join()).toContain('lists name images again (2 lines)');
});

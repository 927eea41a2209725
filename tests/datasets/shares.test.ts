import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

type Box = readonly [number, number, number, number];

/** The files of a dataset of `a.png` and `b.png` with a box each: left, top, width, height. */
const FORMATS: Readonly<Record<string, (boxes: readonly [Box, Box]) => Record<string, string | object>>> = {
  coco: (boxes) => ({
    'a.json': {
      images: boxes.map((_, i) => ({ id: i, file_name: 'ab'[i]! + '.png', width: 32, height: 16 })),
      annotations: boxes.map((bbox, i) => ({ id: i, image_id: i, category_id: 1, bbox })),
      categories: [{ id: 1, name: 'cat' }],
    },
  }),
  voc: (boxes) =>
    Object.fromEntries(
      boxes.map(([x, y, w, h], i) => [
        'ab'[i]! + '.xml',
        `<annotation><object><name>cat</name><bndbox><xmin>${x}</xmin><ymin>${y}</ymin><xmax>${x + w}</xmax><ymax>${y + h}</ymax></bndbox></object></annotation>`,
      ]),
    ),
  datumaro: (boxes) => ({
    'annotations/default.json': {
      dm_format_version: '1.0',
      infos: {},
      categories: { label: { labels: [{ name: 'cat', parent: '', attributes: [] }], attributes: [] } },
      items: boxes.map((bbox, i) => ({
        id: 'ab'[i],
        annotations: [{ id: 0, type: 'bbox', attributes: {}, group: 0, label_id: 0, bbox }],
        image: { path: 'ab'[i]! + '.png', size: [16, 32] },
      })),
    },
  }),
  create_ml: (boxes) => ({
    'x.json': boxes.map(([x, y, width, height], i) => ({
      image: 'ab'[i]! + '.png',
      annotations: [{ label: 'cat', coordinates: { x: x + width / 2, y: y + height / 2, width, height } }],
    })),
  }),
  label_me: (boxes) =>
    Object.fromEntries(
      boxes.map(([x, y, w, h], i) => [
        'ab'[i]! + '.json',
        {
          version: '5',
          flags: {},
          imagePath: 'ab'[i]! + '.png',
          shapes: [
            {
              label: 'cat',
              shape_type: 'rectangle',
              points: [
                [x, y],
                [x + w, y + h],
              ],
            },
          ],
        },
      ]),
    ),
  via: (boxes) => ({
    'x.json': Object.fromEntries(
      boxes.map(([x, y, width, height], i) => [
        i,
        {
          filename: 'ab'[i]! + '.png',
          size: 1,
          file_attributes: {},
          regions: [{ shape_attributes: { name: 'rect', x, y, width, height }, region_attributes: { class: 'cat' } }],
        },
      ]),
    ),
  }),
  imagefolder: (boxes) => ({
    'metadata.jsonl': boxes
      .map((bbox, i) =>
        JSON.stringify({ file_name: 'ab'[i]! + '.png', objects: { bbox: [bbox], categories: ['cat'] } }),
      )
      .join('\n'),
  }),
  cvat: (boxes) => ({
    'annotations.xml': `<annotations><version>1.1</version><meta><task><labels><label><name>cat</name></label></labels></task></meta>${boxes
      .map(
        ([x, y, w, h], i) =>
          `<image id="${i}" name="${'ab'[i]!}.png" width="32" height="16"><box label="cat" xtl="${x}" ytl="${y}" xbr="${x + w}" ybr="${y + h}"/></image>`,
      )
      .join('')}</annotations>`,
  }),
};

const SHARES: Box = [0.25, 0.25, 0.5, 0.5];

async function makeTree(files: Record<string, string | object>): Promise<string> {
  const root = await temporaryFolder();
  for (const name of ['a.png', 'b.png']) await makeImage(join(root, name), 32, 16);
  await makeFiles(root, files);
  return root;
}

describe.each(Object.entries(FORMATS))('shares of the image are no pixels: %s', (format, filesOf) => {
  it('refuses a dataset that has nothing else', async () => {
    const root = await makeTree(filesOf([SHARES, [0, 0, 1, 0.125]]));
    const message = `${root}: all boxes are in shares of the image (0 to 1), and ${format} has pixels: multiply x and width by the image's width, y and height by its height.`;
    await expect(openDataset(root)).rejects.toThrow(message);
    await expect(openDataset(root, { format })).rejects.toThrow(message);
  });

  it('fails an image that has nothing else among others', async () => {
    const dataset = await openDataset(await makeTree(filesOf([[1, 2, 8, 4], SHARES])));
    const [a, b] = await collect(dataset.items());
    expect([dataset.format, a?.boxes.length, a?.malformed]).toEqual([format, 1, undefined]);
    expect([b?.boxes, b?.annotated]).toEqual([[], false]);
    expect(b?.malformed).toMatch(/shares of the image/);
  });

  it.each([
    ['leaves out boxes without area', [0, 0, 0, 0], 0],
    ['keeps a box of one pixel', [0, 0, 1, 1], 1],
  ] as const)('%s where there is nothing else, and beside shares', async (_, box, kept) => {
    const dataset = await openDataset(await makeTree(filesOf([box, box])));
    const items = await collect(dataset.items());
    expect(items.map(({ boxes, malformed }) => [boxes.length, malformed])).toEqual(items.map(() => [kept, undefined]));
    expect(dataset.reading?.passedOver['boxes without area']?.count ?? 0).toBe(kept === 0 ? 2 : 0);
    await expect(openDataset(await makeTree(filesOf([box, SHARES])))).rejects.toThrow(/shares of the image/);
  });

  it('keeps boxes of one pixel, and small ones further in', async () => {
    const dataset = await openDataset(
      await makeTree(
        filesOf([
          [0, 0, 1, 1],
          [3.25, 3.25, 0.5, 0.5],
        ]),
      ),
    );
    expect((await collect(dataset.items())).map(({ boxes }) => boxes.length)).toEqual([1, 1]);
  });
});

it('takes no box without area for shares in a CSV file, and no whole pixel', async () => {
  const rows = ['a.png,cat,0,0,0,0', 'a.png,cat,0.5,0.5,0.5,0.5', 'b.png,cat,0,0,1,1', 'a.png,cat,5,5,20,10'];
  const root = await makeTree({ 'x.csv': ['filename,class,xmin,ymin,xmax,ymax', ...rows].join('\n') });
  const items = await collect((await openDataset(root)).items());
  expect(items.map(({ boxes, passedOver }) => [boxes.length, passedOver])).toEqual([
    [1, { 'boxes without area': 2 }],
    [1, undefined],
  ]);
});

it('takes small shares of the image for what they are, in formats that have shares', async () => {
  const root = await makeTree({ 'a.txt': '0 .01 .01 .02 .02', 'b.txt': '0 .01 .01 .02 .02', 'classes.txt': 'cat' });
  const dataset = await openDataset(root);
  expect((await collect(dataset.items())).map(({ boxes }) => boxes.length)).toEqual([1, 1]);
});

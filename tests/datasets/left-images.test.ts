import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { describeReading } from '../../src/datasets/describe-reading.js';
import { joinDatasets } from '../../src/datasets/joined-dataset.js';
import { openDataset } from '../../src/datasets/open.js';
import type { Dataset } from '../../src/datasets/types.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

/** Formats that name their images, each with `a.png` alone. */
const FORMATS: Readonly<Record<string, Record<string, string | object>>> = {
  coco: {
    'a.json': {
      images: [{ id: 1, file_name: 'a.png', width: 8, height: 8 }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [1, 1, 4, 4] }],
      categories: [{ id: 1, name: 'cat' }],
    },
  },
  open_images: {
    'annotations/boxes.csv': 'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\na,x,/m/01yrx,1,.1,.5,.1,.5\n',
  },
  yolo_ultralytics: {
    'data.yaml': 'train: train.txt\nval: train.txt\nnames: [cat]\n',
    'train.txt': 'images/a.png\n',
    'labels/a.txt': '0 .5 .5 .5 .5',
  },
  datumaro: {
    'annotations/default.json': {
      infos: {},
      categories: { label: { labels: [{ name: 'cat' }] } },
      items: [{ id: 'a', image: { path: 'a.png' }, annotations: [{ type: 'bbox', label_id: 0, bbox: [1, 1, 4, 4] }] }],
    },
  },
  cvat: {
    'annotations.xml':
      '<annotations><version>1.1</version><image id="0" name="a.png" width="8" height="8"></image></annotations>',
  },
  imagenet_txt: { 'val.txt': 'a.png 0\n', 'synsets.txt': 'cat\n' },
};

describe.each(Object.entries(FORMATS))('images that nothing names are told: %s', (format, files) => {
  it('in the reading, and not where all are named', async () => {
    const root = await temporaryFolder();
    await makeImage(join(root, 'images/a.png'), 8, 8);
    await makeFiles(root, files);
    const whole = await openDataset(root);
    await collect(whole.items());
    expect([whole.format, whole.reading?.images, whole.reading?.remarks]).toEqual([format, 1, {}]);
    for (const name of ['b.png', 'c.JPG', 'd.jpg']) await makeImage(join(root, 'images', name), 8, 8);
    await writeFile(join(root, 'images/e.dng'), 'x');
    const dataset = await openDataset(root);
    await collect(dataset.items());
    const said = describeReading(dataset, dataset.reading!);
    expect(said).toContain(
      'Images in the folder that no annotation file names, and that are not read: 3 (images/b.png, images/c.JPG, images/d.jpg).',
    );
    expect(said).toContain('Images in kinds of files that cannot be read: 1 (images/e.dng).');
  });
});

it('are told of each part of joined datasets', async () => {
  const parts = new Map<string, Dataset>();
  for (const name of ['x', 'y']) {
    const root = await temporaryFolder();
    for (const image of ['a.png', 'b.png']) await makeImage(join(root, image), 8, 8);
    await makeFiles(root, FORMATS['coco']!);
    parts.set(name, await openDataset(root));
  }
  const joined = joinDatasets(parts, '/');
  await collect(joined.items());
  expect(Object.values(joined.reading?.remarks ?? {})).toEqual([{ count: 2, first: ['b.png', 'b.png'] }]);
});

it('reads a JPEG called .jpe, and tells files of kinds that cannot be read beside bare images', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'a.jpg'), 8, 8);
  await writeFile(join(root, 'b.jpe'), await readFile(join(root, 'a.jpg')));
  for (const name of ['c.ppm', 'd.jp2']) await writeFile(join(root, name), 'x');
  const dataset = await openDataset(root);
  expect((await collect(dataset.items())).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(dataset.reading?.remarks).toEqual({
    'in kinds of files that cannot be read': { count: 2, first: ['c.ppm', 'd.jp2'] },
  });
});

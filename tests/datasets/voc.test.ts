import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const object = (name: string, more = '') =>
  `<object><name>${name}</name>${more}<bndbox><xmin>1.5</xmin><ymin>2</ymin><xmax>11</xmax><ymax>22</ymax></bndbox></object>`;

it('keeps flags that are set, the pose, and the attributes that CVAT adds', async () => {
  const root = await temporaryFolder();
  const more =
    '<difficult>1</difficult><truncated>0</truncated><occluded>1</occluded><pose>Left</pose><attributes><attribute><name>color</name><value>red</value></attribute></attributes>';
  await makeFiles(root, { 'Annotations/a.xml': `<annotation>${object('cat', more)}</annotation>` });
  const [item] = await collect((await openDataset(`${root}:voc`)).items());
  expect(item?.boxes).toEqual([
    {
      x: 1.5,
      y: 2,
      width: 9.5,
      height: 20,
      label: 7,
      attributes: { pose: 'Left', color: 'red', difficult: true, occluded: true },
      segmentation: null,
    },
  ]);
});

it('numbers the challenge’s classes in its order, and others by name', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'Annotations/a.xml': `<annotation>${object('person')}</annotation>` });
  expect((await openDataset(`${root}:voc`)).labelNames).toHaveLength(20);
  await makeFiles(root, { 'Annotations/b.xml': `<annotation>${object('zebra')}${object('&lt;ant&gt;')}</annotation>` });
  expect((await openDataset(`${root}:voc`)).labelNames).toEqual(['<ant>', 'person', 'zebra']);
});

it('takes the classes of labelmap.txt, and fails an image with a class that is not in it', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'labelmap.txt': '# label:color_rgb:parts:actions\nbackground:0,0,0::\nzebra:1,2,3::\nant:::\n',
    'Annotations/a.xml': `<annotation>${object('ant')}</annotation>`,
  });
  expect((await openDataset(`${root}:voc`)).labelNames).toEqual(['zebra', 'ant']);
  await makeFiles(root, { 'Annotations/b.xml': `<annotation>${object('bee')}</annotation>` });
  const [, b] = await collect((await openDataset(`${root}:voc`)).items());
  expect(b?.malformed).toMatch(/b\.xml: the class 'bee' is not in labelmap.txt/);
});

it('lists images that nobody annotated, and annotations without image', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'Annotations/a.xml': `<annotation><filename>other.png</filename>${object('cat')}</annotation>`,
  });
  await makeImage(join(root, 'JPEGImages/b.JPG'), 8, 8);
  expect(await collect((await openDataset(root)).items())).toMatchObject([
    { id: 'a', annotated: true, imagePath: null, missing: expect.stringContaining("'other.png'") as string },
    { id: 'b', annotated: false, imagePath: join(root, 'JPEGImages/b.JPG'), boxes: [] },
  ]);
});

it('reads nested files, another encoding, and a dataset from above VOC2012', async () => {
  const root = await temporaryFolder();
  const latin1 = `<?xml version="1.0" encoding="ISO-8859-1"?>\n<annotation>${object('café')}</annotation>`;
  await mkdir(join(root, 'VOC2012/Annotations'), { recursive: true });
  await writeFile(join(root, 'VOC2012/Annotations/a.xml'), latin1, 'latin1');
  await makeFiles(root, { 'VOC2012/Annotations/sub/b.v1.xml': `<annotation>${object('cat')}</annotation>` });
  await makeImage(join(root, 'VOC2012/JPEGImages/sub/b.v1.png'), 8, 8);
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ root: join(root, 'VOC2012'), labelNames: ['café', 'cat'] });
  expect(await collect(dataset.items())).toMatchObject([
    { id: 'a' },
    { id: 'sub/b.v1', imagePath: join(root, 'VOC2012/JPEGImages/sub/b.v1.png') },
  ]);
});

it('leaves out a box that ends before it starts, and counts it', async () => {
  const root = await temporaryFolder();
  const box = '<bndbox><xmin>5</xmin><ymin>2</ymin><xmax>1</xmax><ymax>22</ymax></bndbox>';
  await makeFiles(root, {
    'Annotations/a.xml': `<annotation>\n<object><name>cat</name>\n${box}</object></annotation>`,
  });
  const [item] = await collect((await openDataset(`${root}:voc`)).items());
  expect(item).toMatchObject({ boxes: [], passedOver: { 'boxes without area': 1 } });
});

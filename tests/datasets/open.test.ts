import { mkdir as makeFolder } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { messageOf } from '../../src/errors.js';
import { openDataset, parseTarget } from '../../src/datasets/open.js';
import { findFormat, formatNames, isFormatName } from '../../src/datasets/registry.js';
import { SAMPLES } from './samples/formats.js';
import { makeFiles, makeImage, temporaryFolder } from './samples/world.js';

it.each([
  ['data/voc', 'data/voc', null],
  ['data/voc:coco', 'data/voc', 'coco'],
  ['C:\\data', 'C:\\data', null],
  ['C:\\data:VOC', 'C:\\data', 'VOC'],
  ['C:coco', 'C', 'coco'],
  ['a:b/c', 'a:b/c', null],
  [':coco', ':coco', null],
  ['data:pascal_voc', 'data', 'pascal_voc'],
  ['data:toString', 'data:toString', null],
])('splits %s', (target, path, format) => {
  expect(parseTarget(target)).toEqual({ path, format });
});

it('knows formats by name and other names, in any case', async () => {
  for (const name of formatNames()) expect((await findFormat(name))?.name).toBe(name);
  expect((await findFormat('Pascal_VOC'))?.name).toBe('voc');
  expect(await findFormat('constructor')).toBeNull();
  expect(isFormatName('imagenet_with_subset_dirs')).toBe(true);
});

it('prefers a path with a colon that exists', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'photos:coco/a.jpg'), 8, 8);
  expect((await openDataset(join(root, 'photos:coco'))).format).toBe('image_dir');
});

it('asks for the format when several fit', async () => {
  const root = await temporaryFolder();
  for (const format of ['coco', 'voc']) await SAMPLES.find((sample) => sample.format === format)!.make(root);
  await expect(openDataset(root)).rejects.toMatchObject({
    kind: 'dataset',
    message: `${root}: this can be read as coco (annotations/instances_val.json has COCO's images), voc (Annotations/bare.xml is a VOC annotation); name one, such as '${root}:coco'.`,
  });
  expect((await openDataset(`${root}:voc`)).format).toBe('voc');
});

it('says what to do about a path that is no dataset, or not there', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'a.txt': 'hello', 'b.json': '[1]', 'c.xml': '<a/>', 'd.csv': 'a,b', 'e.yaml': 'train: 1' });
  await expect(openDataset(root)).rejects.toThrow(
    /this is no dataset of a known format; name the format as 'path:format'/,
  );
  await expect(openDataset(join(root, 'none'))).rejects.toThrow(
    `${join(root, 'none')}: there is no such file or folder.`,
  );
  await expect(openDataset(`${root}:cocoo`)).rejects.toMatchObject({
    kind: 'dataset',
    message: `there is no dataset format 'cocoo': there are ${formatNames().join(', ')}.`,
  });
  await expect(openDataset(join(root, 'none:cocoo'))).rejects.toThrow(
    /there is no such file or folder \(if 'cocoo' was meant as a format: there are coco/,
  );
});

it('says of what looks like a dataset what is wrong with it', async () => {
  const root = await temporaryFolder();
  const coco = { images: [], annotations: [], categories: [] };
  await makeFiles(root, {
    'cut/annotations/instances_val.json': '{"type": "inst',
    'cut.json': '{"categories": [{"id": 1, "na',
    'none/a.json': coco,
    'none.json': { annotations: [], categories: [{ id: 1, name: 'a' }] },
    'other/tsconfig.json': '{ // no dataset',
  });
  await makeFolder(join(root, 'empty'));
  const message = async (path: string): Promise<string> =>
    openDataset(join(root, path)).then(
      () => 'opened',
      (error: unknown) => messageOf(error).replaceAll(`${root}/`, ''),
    );
  expect(await message('empty')).toBe('empty is empty: name a folder with a dataset or with images.');
  expect(await message('cut')).toBe(
    'cut/annotations/instances_val.json, byte 14: the file ends in the middle of its JSON; get the whole file again.',
  );
  expect(await message('cut.json')).toMatch(/^cut.json, byte 29: the file ends in the middle of its JSON/);
  expect(await message('none')).toBe('none/a.json has no images: list them under "images", or name another file.');
  expect(await message('none.json')).toMatch(/^none.json has no images/);
  expect(await message('other')).toMatch(/^other: this is no dataset of a known format/);
});

it('tells formats by content: a JSON of COCO called .JSON, an XML of something else', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'x.JSON': { images: [], annotations: [], categories: [{ id: 1, name: 'a' }] },
    'pom.xml': '<project/>',
  });
  expect((await openDataset(root)).format).toBe('coco');
});

it('says what a weaker format would read beside the one that is read', async () => {
  const label = '0 .5 .5 .5 .5';
  const csv = { 'a.csv': 'filename,class,xmin,ymin,xmax,ymax\na.png,cat,1,1,5,5\n' };
  const xml = {
    'annotations/a.xml':
      '<annotation><filename>a.png</filename><object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object></annotation>',
  };
  const cases = [
    { files: { ...csv, 'a.txt': label }, images: ['a.png'], passedBy: '1 label file of YOLO (a.txt)' },
    {
      files: { ...xml, 'labels/a.txt': label, 'labels/b.txt': label },
      images: ['images/a.png', 'images/b.png'],
      passedBy: '2 label files of YOLO (labels/a.txt...)',
    },
    {
      files: xml,
      images: ['train/cat/a.png', 'train/dog/b.png'],
      passedBy: '2 folders of classes (train/cat/, train/dog/)',
    },
  ];
  for (const { files, images, passedBy } of cases) {
    const root = await temporaryFolder();
    for (const image of images) await makeImage(join(root, image), 8, 8);
    await makeFiles(root, files);
    const { format, notes } = await openDataset(root);
    expect(notes.join()).toContain(`${root}: not read beside the annotations of ${format}: ${passedBy}; name it as`);
  }
  // The label files of Ultralytics are not another format's.
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/a.png'), 8, 8);
  await makeFiles(root, { 'labels/a.txt': label, 'data.yaml': 'train: images\nval: images\nnames: [cat]\n' });
  expect((await openDataset(root)).notes.join()).not.toContain('not read');
});

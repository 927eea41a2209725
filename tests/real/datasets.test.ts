import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { describeMatch, matchLabels } from '../../src/datasets/match-labels.js';
import { openDataset } from '../../src/datasets/open.js';
import { writeDataset } from '../../src/datasets/write.js';
import type { Dataset } from '../../src/datasets/types.js';
import { collect, summarise, temporaryFolder, type Summary } from '../datasets/samples/world.js';

const assets = fileURLToPath(new URL('../../../shared/assets/', import.meta.url));
const voc = join(assets, 'voc2012-50');

const byId = async (dataset: Dataset): Promise<Map<string, Summary>> =>
  new Map((await collect(dataset.items())).map((item) => [item.id, summarise(dataset, item)]));

/** The YOLO labels with the images and lists that a complete dataset has. */
async function completeYolo(): Promise<string> {
  const root = await temporaryFolder();
  await cp(join(voc, 'yolo'), root, { recursive: true });
  const images = await readdir(join(voc, 'JPEGImages'));
  for (const image of images) await copyFile(join(voc, 'JPEGImages', image), join(root, 'obj_train_data', image));
  await writeFile(join(root, 'obj.data'), 'classes = 20\nnames = data/obj.names\ntrain = data/train.txt\n');
  await writeFile(join(root, 'train.txt'), images.map((image) => `data/obj_train_data/${image}`).join('\n'));
  return root;
}

/** The same for Ultralytics: the labels beside images/, and data.yaml. */
async function completeUltralytics(): Promise<string> {
  const root = await temporaryFolder();
  await cp(join(voc, 'yolo/obj_train_data'), join(root, 'labels/train'), { recursive: true });
  await cp(join(voc, 'JPEGImages'), join(root, 'images/train'), { recursive: true });
  await mkdir(join(root, 'images/val'), { recursive: true });
  const { labelNames } = await openDataset(await completeYolo());
  await writeFile(join(root, 'data.yaml'), `path: .\ntrain: images/train\nnames: ${JSON.stringify(labelNames)}\n`);
  return root;
}

/**
 * The same ids, and for each box one of the same class within a pixel: VOC and COCO have whole pixels, YOLO six
 * decimals of the image's width. The boxes of one image stand in any order.
 */
function expectSame(actual: ReadonlyMap<string, Summary>, expected: ReadonlyMap<string, Summary>): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [id, { boxes }] of expected) {
    const left = [...actual.get(id)!.boxes];
    for (const [label, ...place] of boxes) {
      const match = left.findIndex(
        ([other, ...there]) => other === label && place.every((edge, i) => Math.abs(edge - there[i]!) <= 1),
      );
      expect(match, `${id}: ${label} at ${place.join(', ')}`).not.toBe(-1);
      left.splice(match, 1);
    }
    expect(left, id).toEqual([]);
  }
}

describe.skipIf(!existsSync(voc))('50 photos of VOC 2012', () => {
  it('are the same items in VOC, COCO and both forms of YOLO', async () => {
    const expected = await byId(await openDataset(`${voc}:voc`));
    expect(expected.size).toBe(50);
    expect([...expected.values()].reduce((sum, { boxes }) => sum + boxes.length, 0)).toBe(135);
    for (const path of [`${voc}:coco`, await completeYolo(), await completeUltralytics()]) {
      expectSame(await byId(await openDataset(path)), expected);
    }
  });

  it('are told apart: the folder holds two formats', async () => {
    await expect(openDataset(voc)).rejects.toThrow(/can be read as coco .*, voc .*; name one/);
    expect((await openDataset(join(voc, 'annotations/instances_default.json'))).format).toBe('coco');
    expect((await openDataset(await completeYolo())).format).toBe('yolo');
  });

  it.each(['coco', 'datumaro'])('survive being written as %s', async (format) => {
    const source = await openDataset(`${voc}:voc`);
    const root = await temporaryFolder();
    await writeDataset(format, root, source.items(), source.labelNames);
    const written = await openDataset(root);
    expectSame(await byId(written), await byId(source));
    for await (const { imagePath } of written.items()) expect(imagePath).toContain(join(voc, 'JPEGImages'));
  });

  it('have classes that all are in COCO’s 80', async () => {
    const { labelNames } = await openDataset(`${voc}:voc`);
    const coco = (await readFile(join(assets, 'labels/coco80.txt'), 'utf8')).split('\n').filter((line) => line !== '');
    const match = matchLabels(labelNames, coco);
    expect(match.unmatchedDataset).toEqual([]);
    expect(match.toModel.every((model) => model.length === 1)).toBe(true);
    expect(describeMatch(match)).toBe(
      "20 of 20 classes of the dataset are in the model (aeroplane = airplane; motorbike = motorcycle; sofa = couch; tvmonitor = tv; diningtable = dining table; pottedplant = potted plant); 60 of the model's 80 are not in the dataset.",
    );
  });
});

describe.skipIf(!existsSync(join(assets, 'coco-39769')))('a photo of COCO 2017', () => {
  it('has its boxes', async () => {
    const dataset = await openDataset(join(assets, 'coco-39769'));
    const [item] = await collect(dataset.items());
    expect(item).toMatchObject({ id: '000000039769', size: { width: 640, height: 480 }, attributes: { id: 39769 } });
    expect(item?.imagePath).toBe(join(assets, 'coco-39769/000000039769.png'));
    expect(item?.boxes.map(({ label }) => dataset.labelNames[label])).toEqual([
      'remote',
      'remote',
      'couch',
      'bed',
      'cat',
      'cat',
    ]);
  });
});

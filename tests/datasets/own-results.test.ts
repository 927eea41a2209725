import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../src/datasets/open.js';
import { markResults } from '../../src/own-results.js';
import { refuseDatasetFolder } from '../../src/runs/dataset/refuse-dataset-folder.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const idsOf = async (path: string): Promise<string[]> =>
  (await collect((await openDataset(path)).items())).map(({ id }) => id).sort();

/** What a run and its report write. */
async function results(folder: string, { marked }: { readonly marked: boolean }): Promise<void> {
  if (marked) await makeFiles(folder, { '.keep': '' });
  if (marked) await markResults(folder, 'run');
  await makeFiles(folder, {
    'run.json': {},
    'items.jsonl': '',
    'summary.json': {},
    'findings.json': {},
    'index.html': '',
    'report.html': '',
    'items/a/a-explanation.json': {},
  });
  await makeImage(join(folder, 'items/a/a-maps.png'), 4, 4);
  await makeImage(join(folder, 'items/a/a-overlay-0.png'), 4, 4);
}

/** Layouts of several formats, each with two images: folder of the images, files. */
const LAYOUTS: Readonly<Record<string, { images: string[]; files: Record<string, string | object> }>> = {
  image_dir: { images: ['a.png', 'sub/b.png'], files: {} },
  imagenet: { images: ['cat/a.png', 'dog/b.png'], files: {} },
  voc: {
    images: ['JPEGImages/a.png', 'JPEGImages/b.png'],
    files: { 'Annotations/a.xml': '<annotation><size><width>8</width><height>8</height></size></annotation>' },
  },
  label_me: {
    images: ['a.png', 'b.png'],
    files: { 'a.json': { version: '5', flags: {}, shapes: [], imagePath: 'a.png', imageHeight: 8, imageWidth: 8 } },
  },
  yolo_ultralytics: {
    images: ['images/a.png', 'images/b.png'],
    files: { 'data.yaml': 'train: images\nval: images\nnames: [cat]\n' },
  },
  coco: {
    images: ['images/a.png', 'images/b.png'],
    files: {
      'annotations/instances_val.json': {
        images: [
          { id: 1, file_name: 'a.png' },
          { id: 2, file_name: 'b.png' },
        ],
        annotations: [],
        categories: [{ id: 1, name: 'cat' }],
      },
    },
  },
};

describe.each(Object.entries(LAYOUTS))('%s', (format, { images, files }) => {
  it.each([true, false])(
    'is read without the results that lie in it (marked: %s), and without litter',
    async (marked) => {
      const root = await temporaryFolder();
      for (const name of images) await makeImage(join(root, name), 8, 8);
      await makeFiles(root, files);
      const before = await openDataset(root);
      const ids = await idsOf(root);
      expect(before.format).toBe(format);
      // In the root, and beside the images.
      for (const folder of [join(root, 'out'), join(root, images[0]!, '../out')]) await results(folder, { marked });
      for (const litter of ['__MACOSX', '.ipynb_checkpoints', '@eaDir']) {
        await makeImage(join(root, litter, images[0]!), 8, 8);
        await makeImage(join(root, images[0]!, '..', litter, 'x.png'), 8, 8);
      }
      await makeFiles(root, { 'Thumbs.db': '', '.DS_Store': '' });
      // And of single images, beside their image.
      const beside = join(root, images[0]!, '..');
      await makeFiles(beside, { 'b-explanation.json': {}, '.datum-names.json': { c: '/c.png' } });
      for (const own of [
        'b-overlay-0.png',
        'b-heatmap-12.png',
        'b-3-dog-overlay.png',
        'b-12-heatmap.png',
        'c-1-hot-dog-evidence.png',
      ])
        await makeImage(join(beside, own), 8, 8);
      const after = await openDataset(root);
      expect(after).toMatchObject({ format, labelNames: before.labelNames, subsets: before.subsets });
      expect(await idsOf(root)).toEqual(ids);
    },
  );
});

it('an image of a name like that of results is data where no results are', async () => {
  const root = await temporaryFolder();
  for (const name of ['a-overlay-0.png', 'run-maps.png', 'items/a.png']) await makeImage(join(root, name), 8, 8);
  expect(await idsOf(root)).toEqual(['a-overlay-0', 'items/a', 'run-maps']);
});

it('an empty class folder is a class', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'cat/a.png'), 8, 8);
  await makeImage(join(root, 'dog/b.png'), 8, 8);
  await makeFiles(root, { 'bird/.keep': '' });
  expect((await openDataset(root)).labelNames).toEqual(['bird', 'cat', 'dog']);
});

it('a folder of results is no dataset, and is told what it is', async () => {
  const root = await temporaryFolder();
  await results(root, { marked: true });
  await expect(openDataset(root)).rejects.toThrow(/holds results and no dataset/);
});

it('predictions are a dataset when they are asked for, and no part of the dataset that they lie in', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'train/a.png'), 8, 8);
  const content = { images: [{ id: 1, file_name: 'a.png' }], annotations: [], categories: [{ id: 1, name: 'cat' }] };
  await makeFiles(root, { 'train/_annotations.coco.json': content, 'pred/.keep': '' });
  await markResults(join(root, 'pred'), 'predictions');
  await makeFiles(root, { 'pred/instances_p.json': { ...content, images: [{ id: 1, file_name: 'p.png' }] } });
  expect(await idsOf(root)).toEqual(['a']);
  expect(await idsOf(join(root, 'pred'))).toEqual(['p']);
});

it('results are not written among files of the dataset, but in a folder of their own, again and again', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/a.png'), 8, 8);
  const dataset = await openDataset(root);
  for (const own of ['', 'images']) {
    await expect(refuseDatasetFolder(join(root, own), dataset)).rejects.toThrow(/holds files of the dataset/);
  }
  await refuseDatasetFolder(join(root, 'new'), dataset);
  await refuseDatasetFolder(join(root, '..', 'elsewhere'), dataset);
  await results(join(root, 'new'), { marked: true });
  await refuseDatasetFolder(join(root, 'new'), dataset);
  await results(join(root, 'old'), { marked: false });
  await refuseDatasetFolder(join(root, 'old'), dataset);
});

it('a folder in which other files were is marked so that these stay data', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'mine/photo.png'), 8, 8);
  await markResults(join(root, 'mine'), 'run');
  expect(JSON.parse(await readFile(join(root, 'mine/.datum-results.json'), 'utf8'))).toMatchObject({ whole: false });
  await results(join(root, 'mine'), { marked: false });
  expect(await readdir(join(root, 'mine'))).toContain('items');
  expect(await idsOf(root)).toEqual(['mine/photo']);
});

it('a run that begins marks its folder as results alone', async () => {
  const root = await temporaryFolder();
  for (const name of ['train/cat/a', 'train/dog/b', 'val/cat/c', 'val/dog/d'])
    await makeImage(join(root, `${name}.png`), 8, 8);
  // The record is there before the list of items.
  await makeFiles(root, { 'out/run.json': {} });
  await markResults(join(root, 'out'), 'run');
  await makeFiles(root, { 'out/items.jsonl': '', 'out/summary.json': {}, 'out/report.html': '', 'out/index.html': '' });
  const dataset = await openDataset(root);
  expect([dataset.format, dataset.labelNames]).toEqual(['imagenet', ['cat', 'dog']]);
  // One that an earlier version marked otherwise is known by what is in it.
  await writeFile(join(root, 'out/.datum-results.json'), '{"version":1,"holds":"run","whole":false}');
  expect((await openDataset(root)).format).toBe('imagenet');
});

/** What a single image's explanation leaves. */
async function explanation(folder: string): Promise<void> {
  await makeFiles(folder, { 'a-explanation.json': {}, 'a-report.html': '', 'a-1-cat-heatmap.npy': '' });
  await makeImage(join(folder, 'a-1-cat-overlay.png'), 4, 4);
}

it.each(['', 'train/'])('folders that hold nothing but results, however deep, are no classes (%s)', async (subset) => {
  const root = await temporaryFolder();
  for (const name of ['cat/a', 'cat/b', 'dog/c', 'bird/d']) await makeImage(join(root, `${subset}${name}.png`), 8, 8);
  const before = await openDataset(root);
  expect(before.labelNames).toEqual(['bird', 'cat', 'dog']);
  await results(join(root, `${subset}results/run1`), { marked: true });
  await results(join(root, `${subset}old/deeper/run1`), { marked: false });
  await makeFiles(root, { [`${subset}preds/m1/.keep`]: '', [`${subset}results/.keep`]: '' });
  await markResults(join(root, `${subset}preds/m1`), 'predictions');
  await makeFiles(root, { [`${subset}preds/m1/annotations/instances_default.json`]: {} });
  await explanation(join(root, `${subset}single`));
  await explanation(join(root, `${subset}singles/a`));
  const after = await openDataset(root);
  expect([after.format, after.labelNames, after.notes]).toEqual(['imagenet', before.labelNames, before.notes]);
  expect(await idsOf(root)).toEqual(['bird/d', 'cat/a', 'cat/b', 'dog/c']);
  // With data beside them they are data.
  await makeImage(join(root, `${subset}singles/x.png`), 8, 8);
  expect((await openDataset(root)).labelNames).toEqual(['bird', 'cat', 'dog', 'singles']);
});

it('the demo is no part of a dataset around it, and its own images are read when asked for', async () => {
  const root = await temporaryFolder();
  for (const name of ['cat/a', 'dog/b']) await makeImage(join(root, `${name}.png`), 8, 8);
  await makeFiles(root, { 'demo/.keep': '' });
  await markResults(join(root, 'demo'), 'demo');
  await makeImage(join(root, 'demo/animals/images/x.png'), 8, 8);
  expect(await idsOf(root)).toEqual(['cat/a', 'dog/b']);
  expect((await openDataset(root)).notes).toEqual([]);
  expect(await idsOf(join(root, 'demo/animals'))).toEqual(['images/x']);
  expect(await idsOf(join(root, 'demo'))).toEqual(['animals/images/x']);
  const demo = await openDataset(join(root, 'demo'));
  await expect(refuseDatasetFolder(join(root, 'demo'), { ...demo, root: join(root, 'demo') })).rejects.toThrow(
    /holds files of the dataset/,
  );
});

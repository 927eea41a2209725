import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

it('reads folders of subsets, images without class, and deeper folders', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'train/cat/deep/a.jpg'), 8, 8);
  await makeImage(join(root, 'train/cat/b.jpg'), 8, 8);
  await makeImage(join(root, 'train/no_label/c.jpg'), 8, 8);
  await makeImage(join(root, 'val/dog/a.jpg'), 8, 8);
  await makeImage(join(root, 'val/cat/b.jpg'), 8, 8);
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ format: 'imagenet', labelNames: ['cat', 'dog'], subsets: ['train', 'val'] });
  expect(
    (await collect(dataset.items())).map(({ id, labels, annotated }) => [id, labels[0]?.label, annotated]),
  ).toEqual([
    ['cat/b', 0, true],
    ['cat/deep/a', 0, true],
    ['no_label/c', undefined, false],
    ['val/cat/b', 0, true],
    ['dog/a', 1, true],
  ]);
});

it('gives synset folders their words, which keep apart classes of one name', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'n02012849/a.jpg'), 8, 8);
  await makeImage(join(root, 'n03126707/b.jpg'), 8, 8);
  await makeFiles(root, { 'LOC_synset_mapping.txt': 'n02012849 crane\nn03126707 crane\nn00000000 other, thing\n' });
  expect((await openDataset(root)).labelNames).toEqual(['n02012849 crane', 'n03126707 crane']);
});

it('takes photos in sub-folders called images for no classes', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/a.jpg'), 8, 8);
  await makeImage(join(root, 'masks/b.jpg'), 8, 8);
  expect((await openDataset(root)).format).toBe('image_dir');
});

it('names classes by number where a list has no names, and says so', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'val.txt': 'ILSVRC2012_val_00000001.JPEG 2\nnone.jpg\n' });
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ format: 'imagenet_txt', labelNames: ['class-0', 'class-1', 'class-2'], count: 2 });
  expect(dataset.notes[0]).toMatch(/there is no synsets.txt/);
  expect(await collect(dataset.items())).toMatchObject([
    { id: 'ILSVRC2012_val_00000001', annotated: true, labels: [{ label: 2 }] },
    { id: 'none', annotated: false, labels: [] },
  ]);
});

it('follows links to folders, but not in a circle', async () => {
  const root = await temporaryFolder();
  const other = await temporaryFolder();
  await makeImage(join(root, 'a.jpg'), 8, 8);
  await makeImage(join(other, 'b.jpg'), 8, 8);
  await symlink(other, join(root, 'other'));
  await symlink(root, join(root, 'self'));
  await symlink(root, join(other, 'back'));
  const items = await collect((await openDataset(root)).items());
  expect(items.map(({ id }) => id)).toEqual(['a', 'other/b']);
});

import { join } from 'node:path';

import sharp from 'sharp';
import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

it('reads a Darknet folder without obj.data, and tells unseen images from those with nothing on them', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'obj.names': 'cat\n',
    'obj_train_data/a.txt': '',
    'obj_train_data/gone.txt': '0 0.5 0.5 1 1',
  });
  await makeImage(join(root, 'obj_train_data/a.png'), 8, 8);
  await makeImage(join(root, 'obj_train_data/b.png'), 8, 8);
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ format: 'yolo', subsets: ['train'] });
  expect(await collect(dataset.items())).toMatchObject([
    { id: 'a', annotated: true, boxes: [] },
    { id: 'gone', annotated: true, imagePath: null, boxes: [], size: null },
    { id: 'b', annotated: false },
  ]);
});

it('finds images of lists that were written on another machine, and labels in labels/', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'cfg.data': 'names=obj.names\nvalid=list.txt',
    'obj.names': 'cat',
    'list.txt': '/content/darknet/data/images/a.jpg\nC:\\work\\images\\b.jpg',
    'labels/a.txt': '0 0.5 0.5 0.5 0.5',
  });
  await makeImage(join(root, 'images/a.jpg'), 8, 16);
  await makeImage(join(root, 'images/b.jpg'), 8, 16);
  expect(await collect((await openDataset(root)).items())).toMatchObject([
    {
      subset: 'valid',
      imagePath: join(root, 'images/a.jpg'),
      size: { width: 8, height: 16 },
      boxes: [{ x: 2, y: 4, width: 4, height: 8 }],
    },
    { subset: 'valid', imagePath: join(root, 'images/b.jpg'), annotated: false },
  ]);
});

it('takes the size as the image is seen: turned by its EXIF orientation', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'obj.names': 'cat', 'obj_train_data/a.txt': '0 0.5 0.5 1 1' });
  const path = join(root, 'obj_train_data/a.jpg');
  await makeImage(join(root, 'plain.png'), 8, 16);
  await sharp(join(root, 'plain.png')).withMetadata({ orientation: 6 }).jpeg().toFile(path);
  const [item] = await collect((await openDataset(root)).items());
  expect(item).toMatchObject({ size: { width: 16, height: 8 }, boxes: [{ width: 16, height: 8 }] });
});

it('takes an image whose size cannot be read for missing, and says why', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'obj.names': 'cat',
    'obj_train_data/a.txt': '0 0.5 0.5 1 1',
    'obj_train_data/a.jpg': 'no image',
  });
  expect(await collect((await openDataset(root)).items())).toMatchObject([
    {
      id: 'a',
      imagePath: null,
      boxes: [],
      missing: expect.stringContaining('a.jpg: the size of the image cannot be read') as string,
    },
  ]);
});

it('reads Ultralytics’ segments and scores, and lists as well as folders', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'data.yaml': 'train: ../train/images\nval: [val.txt]\ntest: nowhere\nnc: 2\n',
    'val.txt': './images/val/b.jpg\n',
    'train/labels/a.txt': '1 0.25 0.25 0.75 0.25 0.75 0.5\n0 0.5 0.5 0.25 0.25 0.875\n',
  });
  await makeImage(join(root, 'train/images/a.jpg'), 8, 16);
  await makeImage(join(root, 'images/val/b.jpg'), 8, 8);
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ labelNames: ['class-0', 'class-1'], subsets: ['train', 'val'] });
  expect(dataset.notes).toEqual([
    `${join(root, 'data.yaml')}: there are no names of classes, so classes are called class-0, class-1...; list them under 'names'.`,
    `${join(root, 'data.yaml')}: test names 'nowhere', which is not there; it was left out.`,
  ]);
  expect(await collect(dataset.items())).toMatchObject([
    {
      id: 'a',
      boxes: [
        {
          x: 2,
          y: 4,
          width: 4,
          height: 4,
          label: 1,
          segmentation: { kind: 'polygons', polygons: [[2, 4, 6, 4, 6, 8]] },
        },
        { x: 3, y: 6, width: 2, height: 4, label: 0, attributes: { score: 0.875 } },
      ],
    },
    { id: 'b', annotated: true, boxes: [] },
  ]);
});

it('passes over key points, and refuses class numbers with gaps', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'data.yaml': 'train: images\nkpt_shape: [1, 3]\nnames: {0: a}\n',
    'labels/a.txt': '0 0.5 0.5 1 1 0.1 0.1 2\n',
  });
  await makeImage(join(root, 'images/a.jpg'), 8, 8);
  const [item] = await collect((await openDataset(root)).items());
  expect(item?.boxes).toMatchObject([{ width: 8, height: 8, segmentation: null }]);
  await makeFiles(root, { 'data.yaml': 'train: images\nnames: {0: a, 2: b}\n' });
  await expect(openDataset(root)).rejects.toThrow(
    /data\.yaml, names: the class numbers do not run from 0 without gaps/,
  );
});

it('refuses two datasets in one folder whose class numbers mean other classes, and two such files of one', async () => {
  const root = await temporaryFolder();
  for (const [folder, names] of Object.entries({ v1: '[cat, dog]', v2: '[dog, cat]' })) {
    await makeImage(join(root, folder, 'images/train/a.png'), 8, 8);
    await makeFiles(join(root, folder), {
      'labels/train/a.txt': '0 .5 .5 .5 .5',
      'data.yaml': `train: images/train\nval: images/train\nnames: ${names}\n`,
    });
  }
  const [v1, v2] = [join(root, 'v1/data.yaml'), join(root, 'v2/data.yaml')];
  await expect(openDataset(root)).rejects.toThrow(
    `${v2}: its classes (dog, cat) differ from those of ${v1} (cat, dog), so class numbers mean other classes in each; name one of the folders, such as ${join(root, 'v1')}.`,
  );
  expect((await openDataset(join(root, 'v2'))).labelNames).toEqual(['dog', 'cat']);
  await makeFiles(root, { 'v1/other.yaml': 'train: images/train\nval: images/train\nnames: [bird]\n' });
  await expect(openDataset(join(root, 'v1'))).rejects.toThrow(/other\.yaml: its classes .* name one of the two files/);
  expect((await openDataset(v1)).labelNames).toEqual(['cat', 'dog']);
});

it('takes the names of a YAML file above the label files, and says where they stand for other folders', async () => {
  const root = await temporaryFolder();
  for (const folder of ['v1', 'v2']) {
    await makeImage(join(root, folder, 'images/a.png'), 8, 8);
    await makeFiles(join(root, folder), { 'labels/a.txt': '0 .5 .5 .5 .5' });
  }
  await makeFiles(root, { 'v1/data.yaml': 'names: [cat]\n' });
  const dataset = await openDataset(root);
  expect(dataset.labelNames).toEqual(['cat']);
  expect(dataset.notes.join()).toMatch(/taken for the numbers of label files in other folders too, such as .*v2/);
});

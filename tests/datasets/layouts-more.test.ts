import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

/** The n-th image, its name and a box of its own. */
const NAMES = ['a', 'b', 'März 1', 'c.v2'];

async function imagesIn(root: string, folders: readonly string[]): Promise<string[]> {
  const paths = NAMES.map((name, i) =>
    join(root, folders[i % folders.length]!, `${name}${i % 2 === 0 ? '.jpg' : '.PNG'}`),
  );
  for (const path of paths) await makeImage(path, 32, 16);
  return paths;
}

/** Expects every image once, with the box that is n + 1 pixels wide. */
async function expectOnce(root: string, format: string, paths: readonly string[]): Promise<void> {
  const dataset = await openDataset(root);
  expect(dataset.format).toBe(format);
  const items = await collect(dataset.items());
  const read = items.map(
    ({ imagePath, boxes }) => `${imagePath ?? 'none'} ${boxes.map(({ width }) => Math.round(width)).join()}`,
  );
  expect(read.sort()).toEqual(paths.map((path, n) => `${path} ${n + 1}`).sort());
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Where images and the file that lists them lie. */
const PLACES = [
  { images: [''], file: '' },
  { images: ['images'], file: '' },
  { images: ['Images'], file: 'Annotations/' },
  { images: ['data'], file: 'labels/' },
  { images: ['train'], file: 'train/' },
  { images: ['Valid/images'], file: 'Valid/' },
  { images: ['TRAIN/IMAGES'], file: 'TRAIN/LABELS/' },
  { images: ['images/train'], file: 'annotations/train' },
] as const;

it.each(PLACES)(
  'reads every image of a list once: images in "$images", the file at "$file"',
  async ({ images, file }) => {
    const formats = {
      csv: (paths: readonly string[]) => ({
        name: '_annotations.csv',
        text: [
          'filename,width,height,class,xmin,ymin,xmax,ymax',
          ...paths.map((path, n) => `${nameOf(path)},32,16,cat,2,2,${3 + n},9`),
        ].join('\n'),
      }),
      create_ml: (paths: readonly string[]) => ({
        name: 'x.json',
        text: JSON.stringify(
          paths.map((path, n) => ({
            image: nameOf(path),
            annotations: [{ label: 'cat', coordinates: { x: 9, y: 9, width: n + 1, height: 4 } }],
          })),
        ),
      }),
      via: (paths: readonly string[]) => ({
        name: 'x.json',
        text: JSON.stringify({
          _via_settings: {},
          _via_img_metadata: Object.fromEntries(
            paths.map((path, n) => [
              path,
              {
                filename: nameOf(path),
                regions: [
                  {
                    shape_attributes: { name: 'rect', x: 1, y: 1, width: n + 1, height: 4 },
                    region_attributes: { class: 'cat' },
                  },
                ],
                file_attributes: {},
              },
            ]),
          ),
          _via_attributes: {},
        }),
      }),
      coco: (paths: readonly string[]) => ({
        name: 'x.json',
        text: JSON.stringify({
          images: paths.map((path, id) => ({ id, file_name: nameOf(path) })),
          annotations: paths.map((_, n) => ({ id: n, image_id: n, category_id: 1, bbox: [1, 1, n + 1, 4] })),
          categories: [{ id: 1, name: 'cat' }],
        }),
      }),
    };
    for (const [format, make] of Object.entries(formats)) {
      const root = await temporaryFolder();
      const paths = await imagesIn(root, images);
      const { name, text } = make(paths);
      const at = file === '' || file.endsWith('/') ? `${file}${name}` : `${file}${name.slice(name.lastIndexOf('.'))}`;
      await makeFiles(root, { [at]: text });
      await expectOnce(root, format, paths);
    }
  },
);

it.each([
  ['train/images', 'valid/images', 'train: ../train/images\nval: ../valid/images'],
  ['Train/Images', 'Val/Images', 'train: train/images\nval: val/images'],
  ['images/train', 'images/val', 'train: /content/data/images/train\nval: /content/data/images/val'],
  ['train/images', 'valid/images', 'train: /content/ds/train/images\nvalid: /content/ds/valid/images'],
  ['images/train', 'images/validation', 'path: C:\\data\\x\ntrain: images/train\nvalidation: images/validation'],
  ['training/images', 'validation/images', 'train: train\nval: val'],
])('reads Ultralytics’ images in %s and %s with "%s"', async (train, val, yaml) => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'data.yaml': `${yaml}\nnames: [cat]\n` });
  const paths = await imagesIn(root, [train, val]);
  for (const [n, path] of paths.entries()) {
    const labels = path
      .slice(root.length + 1)
      .replace('images', 'labels')
      .replace('Images', 'Labels');
    await makeFiles(root, { [labels.replace(/\.\w+$/, '.txt')]: `0 0.5 0.5 ${(n + 1) / 32} 0.5\n` });
  }
  await expectOnce(root, 'yolo_ultralytics', paths);
});

it('reads the images of one folder once where data.yaml names it for two subsets', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'data.yaml': 'train: images\nval: images\nnames: [cat]\n' });
  await makeImage(join(root, 'images/a.jpg'), 8, 8);
  const dataset = await openDataset(root);
  expect(dataset.notes.join()).toMatch(/val names 'images' again; its images are read once/);
  expect(await collect(dataset.items())).toHaveLength(1);
});

it.each([
  ['train/labels', 'train/metadata', 'train/data'],
  ['labels', 'metadata', 'data'],
  ['annotations', 'annotations', 'images'],
  ['', '', ''],
])('reads tables of Open Images in "%s"', async (labels, metadata, images) => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    [join(metadata, 'classes.csv')]: '/m/01yrx,Cat\n',
    [join(labels, 'detections.csv')]: [
      'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax',
      ...NAMES.map((name, n) => `${name},own,/m/01yrx,1,0,${(n + 1) / 32},0,0.5`),
    ].join('\n'),
  });
  await expectOnce(root, 'open_images', await imagesIn(root, [images]));
});

it('reads class folders beside images of a subset, with their classes in a list or without', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, { 'val.txt': 'ILSVRC2012_val_1.JPEG 1\nval/ILSVRC2012_val_2.JPEG 0\n' });
  for (const path of [
    'train/n01/a.jpg',
    'train/n02/b.jpg',
    'val/ILSVRC2012_val_1.JPEG',
    'val/ILSVRC2012_val_2.JPEG',
    'test/c.jpg',
  ])
    await makeImage(join(root, path), 8, 8);
  const dataset = await openDataset(root);
  expect(dataset.format).toBe('imagenet');
  const items = await collect(dataset.items());
  expect(items.map(({ id, subset, labels }) => [id, subset, labels[0]?.label ?? null])).toEqual([
    ['c', 'test', null],
    ['n01/a', 'train', 0],
    ['n02/b', 'train', 1],
    ['ILSVRC2012_val_1', 'val', 1],
    ['ILSVRC2012_val_2', 'val', 0],
  ]);
  expect(dataset.notes.join('\n')).toMatch(
    /val\.txt: its numbers are taken for the class folders in the order of their names/,
  );
  await makeFiles(root, { 'val.txt': 'ILSVRC2012_val_1.JPEG 7\n' });
  await expect(openDataset(root)).rejects.toThrow(/val\.txt, line 1: there is no class '7' among the 2 class folders/);
});

it('reads labelme’s rectangles of four points and turned ones, and names a mask that is none', async () => {
  const root = await temporaryFolder();
  const file = (name: string, shape: object): object => ({
    version: '5',
    flags: {},
    shapes: [{ label: 'cat', ...shape }],
    imagePath: `..\\files\\${name}.png`,
  });
  const four = [
    [8, 8],
    [24, 8],
    [24, 24],
    [8, 24],
  ];
  await makeFiles(root, {
    'json/a.json': file('a', { points: four, shape_type: 'rectangle' }),
    'json/b.json': file('b', { points: four, shape_type: 'rotation', direction: 0 }),
    'json/c.json': file('c', { points: [four[0], four[2]], shape_type: 'mask', mask: 'aGVsbG8=' }),
    'json/d.json': file('d', { points: [[8, 8]], shape_type: 'point' }),
  });
  for (const name of ['a', 'b', 'c', 'd']) await makeImage(join(root, 'files', `${name}.png`), 64, 64);
  const items = await collect((await openDataset(root)).items());
  expect(items).toMatchObject([
    { boxes: [{ x: 8, y: 8, width: 16, height: 16 }] },
    { boxes: [{ x: 8, y: 8, width: 16, height: 16 }] },
    {
      annotated: false,
      malformed: expect.stringMatching(/c\.json, shapes\[0\]: the mask of 'cat' is not a PNG/) as string,
    },
    { boxes: [], passedOver: { 'shapes of the type point': 1 }, withoutPlace: [0] },
  ]);
});

it.each([
  ['annotations/train.datum', 'signature:datumaro_binary', "Datumaro's binary format"],
  ['train/train.tfrecord', '', 'TFRecord'],
  ['data/train-00000-of-00001.parquet', 'PAR1', 'Parquet'],
  ['a-asset.json', '{"asset": {"format": "jpg"}, "regions": []}', 'VoTT JSON'],
  ['ann/a.jpg.json', '{"objects": [{"classTitle": "cat"}]}', 'Supervisely'],
  ['export.ndjson', '{"data_row": {"id": "1"}}', 'Labelbox'],
  ['output.manifest', '{"source-ref": "s3://a/a.jpg"}', 'a manifest of SageMaker Ground Truth'],
  ['labels.json', '[{"name": "a.jpg", "labels": [{"box2d": {"x1": 1}}]}]', 'Scalabel or BDD100K'],
  ['a_gtFine_polygons.json', '{"imgHeight": 8, "objects": [{"polygon": []}]}', 'Cityscapes'],
])('refuses by its name what it knows and does not read: %s', async (file, text, name) => {
  const root = await temporaryFolder();
  await makeFiles(root, { [file]: text });
  await makeImage(join(root, 'a.jpg'), 8, 8);
  await expect(openDataset(root)).rejects.toMatchObject({
    kind: 'dataset',
    message: `${root}: ${file} is ${name}, which is not read; bring it into one that is, such as coco, or read the images alone as '${root}:image_dir'.`,
  });
  expect((await openDataset(`${root}:image_dir`)).format).toBe('image_dir');
});

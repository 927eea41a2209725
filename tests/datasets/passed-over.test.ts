import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { vocXml, yoloLines } from './samples/formats.js';
import { collect, DETECTION, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const ONE = DETECTION[0]!.boxes;

/** What a format says and does not read, what is counted of it, and the classes of objects without a place. */
interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string | object>>;
  readonly passedOver: Readonly<Record<string, number>>;
  readonly withoutPlace?: readonly string[];
  readonly boxes?: number;
}

const rectangle = { type: 'rectanglelabels', value: { x: 0, y: 0, width: 50, height: 50, rectanglelabels: ['cat'] } };

const CASES: readonly Case[] = [
  {
    name: 'YOLO pose',
    files: {
      'data.yaml': 'train: .\nnames: [cat]\nkpt_shape: [2, 3]\n',
      'one.txt': '0 0.5 0.5 0.25 0.25 0.5 0.5 2 0.4 0.4 1\n0 0.5 0.5 0.25 0.25 0 0 0 0 0 0\n',
    },
    passedOver: { "key points, beside objects' boxes": 2 },
    boxes: 2,
  },
  {
    name: 'VOC layout, actions and polygons',
    files: {
      'one.xml': vocXml('one', ONE).replace(
        '<bndbox>',
        '<part><name>head</name><bndbox><xmin>1</xmin></bndbox></part><part><name>hand</name></part><actions><jumping>1</jumping></actions><polygon><x1>1</x1></polygon><bndbox>',
      ),
    },
    passedOver: {
      "parts, beside objects' boxes": 2,
      "actions, beside objects' boxes": 1,
      "polygons, beside objects' boxes": 1,
    },
    boxes: 2,
  },
  {
    name: 'LabelMe',
    files: {
      'one.xml':
        '<annotation><filename>one.jpg</filename><folder></folder><imagesize><nrows>32</nrows><ncols>64</ncols></imagesize><object><name>cat</name><deleted>1</deleted><polygon><pt><x>1</x><y>1</y></pt></polygon></object><object><name></name><polygon><pt><x>1</x><y>1</y></pt></polygon></object></annotation>',
    },
    passedOver: { 'objects marked as deleted': 1, 'objects without a name': 1 },
    boxes: 0,
  },
  {
    name: 'VIA',
    files: {
      'via.json': {
        a: {
          filename: 'one.jpg',
          file_attributes: {},
          regions: [
            { shape_attributes: { name: 'point', cx: 1, cy: 2 }, region_attributes: { class: 'dog' } },
            {
              shape_attributes: { name: 'rect', x: 1, y: 2, width: 8, height: 8 },
              region_attributes: { class: 'cat' },
            },
          ],
        },
      },
    },
    passedOver: { 'points and lines': 1 },
    withoutPlace: ['dog'],
    boxes: 1,
  },
  {
    name: 'Label Studio',
    files: {
      'x.json': [
        {
          id: 1,
          data: { image: 'one.jpg' },
          annotations: [
            {
              result: [
                { ...rectangle, original_width: 64, original_height: 32 },
                { type: 'keypointlabels', value: { x: 1, y: 1, width: 1, keypointlabels: ['dog'] } },
                { type: 'brushlabels', value: { format: 'rle', rle: [1, 2], brushlabels: ['bird'] } },
              ],
            },
            { result: [rectangle] },
          ],
          predictions: [{ result: [rectangle] }],
        },
      ],
    },
    passedOver: {
      predictions: 1,
      'further annotations of one image': 1,
      'regions of the type keypointlabels': 1,
      'regions of the type brushlabels': 1,
    },
    withoutPlace: ['dog', 'bird'],
    boxes: 1,
  },
  {
    name: 'Open Images',
    files: {
      'labels.csv': 'ImageID,Source,LabelName,Confidence\none,verification,/m/01yrx,0\none,verification,/m/0bt9lr,1\n',
    },
    passedOver: { 'labels that say that a class is not there': 1 },
    boxes: 0,
  },
  {
    name: 'FiftyOne',
    files: {
      'samples.json': {
        samples: [
          {
            filepath: 'one.jpg',
            ground_truth: {
              _cls: 'Detections',
              detections: [
                { _cls: 'Detection', label: 'cat', bounding_box: [0, 0, 0.5, 0.5], mask: { $binary: 'AA==' } },
                { _cls: 'Detection', label: 'cat', bounding_box: [0, 0, 0.5, 0.5], mask: null },
              ],
            },
          },
        ],
      },
    },
    passedOver: { "masks, beside objects' boxes": 1 },
    boxes: 2,
  },
];

it.each(CASES)('counts what it does not read: $name', async ({ files, passedOver, withoutPlace = [], boxes }) => {
  const root = await temporaryFolder();
  await makeFiles(root, files);
  await makeImage(join(root, 'one.jpg'), 64, 32);
  const dataset = await openDataset(root);
  const [item] = await collect(dataset.items());
  expect(item?.malformed).toBeUndefined();
  expect(item?.passedOver).toEqual(passedOver);
  expect((item?.withoutPlace ?? []).map((label) => dataset.labelNames[label])).toEqual(withoutPlace);
  expect(item?.boxes).toHaveLength(boxes ?? 0);
});

it('names files of formats that are not read beside those of the one that is', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/one.jpg'), 64, 32);
  await makeFiles(root, {
    'labels/one.txt': yoloLines('one', ONE),
    'classes.txt': 'cat\ndog\n',
    'README.txt': 'hello',
  });
  expect((await openDataset(root)).notes).toEqual([]);
  await makeFiles(root, {
    'train.tfrecord': '',
    'boxes.csv': 'a,b\n1,2\n',
    'ann/one.jpg.json': { objects: [{ classTitle: 'cat' }] },
    'old/one.xml': '<x/>',
  });
  await makeImage(join(root, 'masks/one.png'), 64, 32);
  const { format, notes } = await openDataset(root);
  expect(format).toBe('yolo_loose');
  expect(notes).toEqual([
    `${root}: train.tfrecord is TFRecord, which is not read.`,
    `${root}: ann/one.jpg.json is Supervisely, which is not read.`,
    `${root}: masks are not read: masks/.`,
    `${root}: boxes.csv, old/one.xml look like annotations and are not read beside those of yolo_loose; name a format as '${root}:FORMAT' to read others in their place.`,
  ]);
});

it('names tables of Open Images that are not read', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/one.jpg'), 64, 32);
  await makeFiles(root, {
    'annotations/train-annotations-bbox.csv': 'ImageID,LabelName,XMin,XMax,YMin,YMax\none,/m/01yrx,0,0.5,0,0.5\n',
    'annotations/train-annotations-object-segmentation.csv':
      'MaskPath,ImageID,LabelName,Confidence\na.png,one,/m/01yrx,1\n',
    'annotations/oidv6-train-annotations-vrd.csv': 'ImageID,LabelName1,LabelName2\none,/m/01yrx,/m/0bt9lr\n',
  });
  expect((await openDataset(root)).notes.map((note) => note.slice(root.length + 1))).toEqual([
    'annotations/oidv6-train-annotations-vrd.csv: this table is not read: only boxes and labels of whole images are.',
    'annotations/train-annotations-object-segmentation.csv: this table is not read: only boxes and labels of whole images are.',
  ]);
});

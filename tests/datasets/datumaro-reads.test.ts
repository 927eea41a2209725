import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { pythonWith } from '../helpers/python.js';
import { SAMPLES } from './samples/all.js';
import { CLASSES, yoloLines } from './samples/formats.js';
import { collect, DETECTION, IMAGES, makeFiles, makeImage, makeImages, summarise } from './samples/world.js';

/** A Python with Datumaro, which asks for older packages than other tests have; otherwise any Python that has it. */
const python = process.env['DATUM_TEST_DATUMARO_PYTHON'] ?? pythonWith('datumaro');
const script = fileURLToPath(new URL('./datumaro-reads.py', import.meta.url));

interface Case {
  readonly format: string;
  /** Datumaro's name. */
  readonly name: string;
  /** Files beside those of the format's first sample, which Datumaro asks for. */
  readonly files?: Readonly<Record<string, string>>;
  /** Makes it in place of the format's first sample. */
  readonly make?: (root: string) => Promise<void>;
  /** What Datumaro reads otherwise, made ours; with the reason. */
  readonly but?: (object: Found) => Found | null;
  /** An image without a label file, which it leaves out. */
  readonly without?: string;
  /** Images of several lists are an item for each there. */
  readonly twice?: boolean;
}

/** A class, and the box where there is one. */
type Found = readonly (string | number)[];

const MIDS = new Map([
  ['/m/01yrx', 'cat'],
  ['/m/0bt9lr', 'dog'],
  ['/m/03fp41', 'potted plant'],
]);

const CASES: readonly Case[] = [
  { format: 'coco', name: 'coco' },
  {
    format: 'voc',
    name: 'voc_detection',
    files: { 'labelmap.txt': CLASSES.map((label) => `${label}:::`).join('\n') },
    twice: true,
  },
  { format: 'yolo', name: 'yolo' },
  {
    format: 'yolo_loose',
    name: 'yolo',
    make: async (root) => {
      await makeFiles(root, {
        'obj.names': CLASSES.join('\n'),
        'labels/one.txt': yoloLines('one', DETECTION[0]!.boxes),
        'labels/two.txt': yoloLines('two', DETECTION[1]!.boxes),
        'labels/bare.txt': '',
      });
      await makeImages((image) => join(root, 'images', `${image}.jpg`));
    },
  },
  { format: 'yolo_ultralytics', name: 'yolo', without: 'bare' },
  { format: 'cvat', name: 'cvat' },
  { format: 'datumaro', name: 'datumaro' },
  { format: 'label_me', name: 'label_me' },
  {
    format: 'open_images',
    name: 'open_images',
    // Its classes are called by their numbers.
    but: ([label, ...box]) => [MIDS.get(String(label)) ?? '', ...box],
  },
  { format: 'imagenet', name: 'imagenet' },
  { format: 'imagenet_txt', name: 'imagenet_txt' },
  {
    format: 'kitti',
    name: 'kitti_detection',
    // It has the areas in which nothing was marked as objects of a class.
    but: (object) => (object[0] === 'DontCare' ? null : object),
  },
  {
    format: 'create_ml',
    name: 'roboflow_create_ml',
    // It takes the center of a box, as Apple documents it, for the left top corner.
    but: ([label, x, y, width, height]) => [
      label!,
      Number(x) - Number(width) / 2,
      Number(y) - Number(height) / 2,
      width!,
      height!,
    ],
  },
  { format: 'mvtec', name: 'mvtec_classification' },
  { format: 'roboflow_multiclass', name: 'roboflow_multiclass' },
  {
    format: 'csv',
    name: 'vott_csv',
    make: async (root) => {
      const rows = DETECTION.flatMap(({ id, boxes }) =>
        boxes.map(([label, x, y, w, h]) => `"${id}.jpg",${x},${y},${x + w},${y + h},"${label}"`),
      );
      await makeFiles(root, { 'x-export.csv': ['"image","xmin","ymin","xmax","ymax","label"', ...rows].join('\n') });
      for (const image of ['one', 'two'] as const)
        await makeImage(join(root, `${image}.jpg`), IMAGES[image].width, IMAGES[image].height);
    },
  },
  {
    format: 'coco',
    name: 'roboflow_coco',
    make: async (root) => {
      const images = ['one', 'two'] as const;
      const coco = {
        // Roboflow's first is the class above all others, and has no objects.
        categories: ['pets', ...CLASSES].map((label, id) => ({
          id,
          name: label,
          supercategory: id === 0 ? 'none' : 'pets',
        })),
        images: images.map((image, id) => ({ id, file_name: `${image}.jpg`, ...IMAGES[image] })),
        annotations: images.flatMap((_, image) =>
          DETECTION[image]!.boxes.map(([label, ...bbox], i) => ({
            id: 10 * image + i,
            image_id: image,
            category_id: 1 + CLASSES.indexOf(label),
            bbox,
            area: 1,
            segmentation: [],
            iscrowd: 0,
          })),
        ),
      };
      await makeFiles(root, { 'train/_annotations.coco.json': coco });
      for (const image of images)
        await makeImage(join(root, 'train', `${image}.jpg`), IMAGES[image].width, IMAGES[image].height);
    },
  },
  {
    format: 'imagenet',
    name: 'imagenet_with_subset_dirs',
    make: async (root) => {
      for (const path of ['train/cat/a', 'train/dog/b', 'val/cat/c', 'val/dog/d'])
        await makeImage(join(root, `${path}.jpg`), 8, 8);
    },
  },
];

type Read = readonly (readonly [string, readonly Found[]])[];

/** What Datumaro reads of each folder: names of images with their labels and boxes; a text where it fails. */
function readWithDatumaro(folders: readonly (readonly [path: string, format: string])[]): (Read | string)[] {
  const { stdout, stderr } = spawnSync(python ?? '', [script], {
    input: folders.map((one) => `${JSON.stringify(one)}\n`).join(''),
    encoding: 'utf8',
  });
  const lines = stdout.trim().split('\n');
  if (lines.length !== folders.length) throw new Error(stderr);
  return lines.map((line) => JSON.parse(line) as Read | string);
}

/** The same of ours, sorted as Python sorts. */
async function readOurs(target: string): Promise<Read> {
  const dataset = await openDataset(target);
  const items = (await collect(dataset.items())).map((item) => {
    const { labels, boxes } = summarise(dataset, item);
    const found = [...labels.map((label) => [label]), ...boxes.map(([label, ...box]) => [label, ...box.map(rounded)])];
    return [item.id.slice(item.id.lastIndexOf('/') + 1), found.sort(compare)] as const;
  });
  return items.sort(compare);
}

const compare = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

describe.skipIf(python === null)('Datumaro reads the same (a Python with datumaro is needed)', () => {
  const roots: string[] = [];
  let reads: (Read | string)[] = [];

  // One process for all: most of its time is its start.
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'datum-datumaro-'));
    for (const [i, { format, make, files = {} }] of CASES.entries()) {
      const root = join(folder, String(i));
      await mkdir(root);
      await (make ?? SAMPLES.find((one) => one.format === format)!.make)(root);
      await makeFiles(root, files);
      roots.push(root);
    }
    reads = readWithDatumaro(CASES.map(({ name }, i) => [roots[i]!, name] as const));
    return () => rm(folder, { recursive: true, force: true });
  }, 120_000);

  it.each(CASES.map((one, i) => ({ ...one, i })))(
    '$format, as $name',
    async ({ format, but, without, twice = false, i }) => {
      const read = reads[i]!;
      if (typeof read === 'string') throw new Error(read);
      const theirs = read
        .map(([id, found]) => [
          // Classes stand before the names of images in ImageNet, with a colon.
          id.slice(id.lastIndexOf(':') + 1),
          found.flatMap((object) => (but === undefined ? [object] : [but(object)].filter((one) => one !== null))),
        ])
        .sort(compare);
      const once = new Map(theirs.map((item) => [JSON.stringify(item), item]));
      const ours = (await readOurs(`${roots[i]!}:${format}`)).filter(([id]) => id !== without);
      expect(ours).toEqual(twice ? [...once.values()] : theirs);
    },
  );
});

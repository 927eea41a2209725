import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { pythonWith } from '../helpers/python.js';
import { SAMPLES } from './samples/all.js';
import { CLASSES, yoloLines } from './samples/formats.js';
import { collect, DETECTION, makeFiles, makeImages, summarise, temporaryFolder } from './samples/world.js';

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
  /** An image that it leaves out. */
  readonly without?: string;
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
  { format: 'voc', name: 'voc_detection', files: { 'labelmap.txt': CLASSES.map((label) => `${label}:::`).join('\n') } },
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
    // It takes an empty label file for none.
    without: 'bare',
  },
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
];

type Read = readonly (readonly [string, readonly Found[]])[];

/** What Datumaro reads: names of images with their labels and boxes; a text where it fails. */
function readWithDatumaro(path: string, format: string): Read | string {
  const { stdout, stderr } = spawnSync(python ?? '', [script], {
    input: `${JSON.stringify([path, format])}\n`,
    encoding: 'utf8',
  });
  if (stdout.trim() === '') throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Read | string;
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
  it.each(CASES)(
    '$format, as $name',
    { timeout: 120_000 },
    async ({ format, name, files = {}, make, but, without }) => {
      const root = await temporaryFolder();
      await (make ?? SAMPLES.find((one) => one.format === format)!.make)(root);
      await makeFiles(root, files);
      const read = readWithDatumaro(root, name);
      if (typeof read === 'string') throw new Error(read);
      const theirs = read.map(([id, found]) => [
        // Classes stand before the names of images in ImageNet, with a colon.
        id.slice(id.lastIndexOf(':') + 1),
        found.flatMap((object) => (but === undefined ? [object] : [but(object)].filter((one) => one !== null))),
      ]);
      // An image of two lists of VOC is two items there.
      const once = new Map(theirs.map((item) => [JSON.stringify(item), item]));
      const ours = (await readOurs(`${root}:${format}`)).filter(([id]) => id !== without);
      expect(ours).toEqual([...once.values()].sort(compare));
    },
  );
});

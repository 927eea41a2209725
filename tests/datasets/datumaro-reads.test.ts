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

/** Formats that Datumaro writes and what each is here; `labels`: it has classes of whole images. */
const WRITTEN: readonly { readonly name: string; readonly format: string | null; readonly labels?: boolean }[] = [
  { name: 'coco', format: 'coco' },
  { name: 'voc', format: 'voc' },
  { name: 'yolo', format: 'yolo' },
  { name: 'cvat', format: 'cvat' },
  { name: 'datumaro', format: 'datumaro' },
  { name: 'label_me', format: 'label_me' },
  { name: 'open_images', format: 'open_images' },
  { name: 'kitti_detection', format: 'kitti' },
  { name: 'imagenet', format: 'imagenet', labels: true },
  { name: 'imagenet_txt', format: 'imagenet_txt', labels: true },
  { name: 'imagenet_with_subset_dirs', format: 'imagenet', labels: true },
  // Not read: refused by its name.
  { name: 'datumaro_binary', format: null },
  { name: 'arrow', format: null },
];

/** A class for each image of the samples, where they have no boxes. */
const foundOf = (labels: boolean, i: number): readonly Found[] => (labels ? [[CLASSES[i]!]] : DETECTION[i]!.boxes);

const itemsToWrite = (labels: boolean) =>
  (['one', 'two', 'bare'] as const).map((id, i) => [id, IMAGES[id].width, IMAGES[id].height, foundOf(labels, i)]);

/**
 * What Datumaro makes of each line: of one to read names of images with their labels and boxes, of one to write null; a text
 * where it fails.
 */
function withDatumaro(lines: readonly unknown[]): (Read | string | null)[] {
  const { stdout, stderr } = spawnSync(python ?? '', [script], {
    input: lines.map((one) => `${JSON.stringify(one)}\n`).join(''),
    encoding: 'utf8',
  });
  const answers = stdout.trim().split('\n');
  if (answers.length !== lines.length) throw new Error(stderr);
  return answers.map((line) => JSON.parse(line) as Read | string | null);
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
  let reads: (Read | string | null)[] = [];
  let writes: ReadonlyMap<string, { root: string; answer: unknown }> = new Map();

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
    const written = WRITTEN.map(({ name, labels = false }) => [
      join(folder, `written-${name}`),
      name,
      CLASSES,
      itemsToWrite(labels),
    ]);
    const answers = withDatumaro([...CASES.map(({ name }, i) => [roots[i]!, name]), ...written]);
    reads = answers.slice(0, CASES.length);
    writes = new Map(
      WRITTEN.map(({ name }, i) => [
        name,
        { root: join(folder, `written-${name}`), answer: answers[CASES.length + i] },
      ]),
    );
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

  it.each(WRITTEN)('what it writes as $name is read as it was', async ({ name, format, labels = false }) => {
    const { root, answer } = writes.get(name)!;
    expect(answer).toBeNull();
    if (format === null) {
      await expect(openDataset(root)).rejects.toThrow(/ is (Datumaro's binary format|Apache Arrow), which is not read/);
      return;
    }
    expect((await openDataset(root)).format).toBe(format);
    const all = DETECTION.map(({ id }, i) => [id, [...foundOf(labels, i)].sort(compare)]);
    expect(await readOurs(root)).toEqual(all.sort(compare));
  });
});

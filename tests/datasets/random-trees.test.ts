import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { randomly, SPELLINGS, SPLITS, type Random } from './samples/random.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const WIDTH = 32;
const HEIGHT = 16;

/** An image of a random tree. Its box is n pixels wide, n being its place among all, from 1. */
interface Listed {
  /** Below the root. */
  readonly path: string;
  /** As the annotation file names it. */
  readonly name: string;
  readonly split: string | null;
  readonly n: number;
}

/** A random place of images and their list. */
interface Place {
  readonly images: string;
  /** Folder of the list, empty or with `/` at its end. */
  readonly list: string;
}

/** How a format lists images. */
interface ListFormat {
  readonly format: string;
  /** Places of the images and the list of a split, or of all where it is null. */
  readonly places: readonly ((split: string | null, of: Spelt) => Place)[];
  /** Names of the list of a split, of which a tree has one. */
  readonly file: readonly ((split: string | null) => string)[];
  readonly text: (images: readonly Listed[], split: string | null) => string | object;
  /** How an image is named, beside its name in its folder. */
  readonly names?: readonly ((image: { path: string; inFolder: string }) => string)[];
  /** Names are without extension, and so without folders. */
  readonly byStem?: boolean;
  /** Names of all images differ, as their ids do. */
  readonly distinct?: boolean;
  /** Whether classes are of whole images: then the first says which image it is. */
  readonly labels?: boolean;
}

/** Names of folders in the letters of a tree. */
interface Spelt {
  readonly images: string;
  readonly annotations: string;
}

const slash = (folder: string): string => (folder === '' ? '' : `${folder}/`);

/** The places that tools write and people have. */
const PLACES: ListFormat['places'] = [
  (split) => ({ images: slash(split ?? ''), list: slash(split ?? '') }),
  (split, { images }) => ({ images: `${slash(split ?? '')}${images}/`, list: slash(split ?? '') }),
  (split, { images, annotations }) => ({
    images: `${slash(split ?? '')}${images}/`,
    list: `${slash(split ?? '')}${annotations}/`,
  }),
  (split, { images, annotations }) => ({ images: `${images}/${slash(split ?? '')}`, list: `${annotations}/` }),
  (split, { images }) => ({ images: `${images}/${slash(split ?? '')}`, list: '' }),
];

/** Ways to name an image in a list, beside the way from its folder. */
const NAMES: NonNullable<ListFormat['names']> = [
  ({ inFolder }) => inFolder,
  ({ inFolder }) => inFolder.replaceAll('/', '\\'),
  ({ inFolder }) => inFolder.normalize('NFD'),
  ({ path }) => path,
  ({ path }) => path.replaceAll('/', '\\'),
  ({ path }) => `/home/anna/my data/${path}`,
  ({ path }) => `D:\\work\\${path.replaceAll('/', '\\')}`,
];

const box = (n: number): readonly [number, number, number, number] => [1, 2, n, 4];
const csvRow = (cells: readonly (string | number)[]): string =>
  cells.map((cell) => (/[",]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : cell)).join(',');

const FORMATS: readonly ListFormat[] = [
  {
    format: 'coco',
    places: PLACES,
    names: NAMES,
    file: [(split) => `instances_${split ?? 'all'}.json`, (split) => `${split ?? '_annotations.coco'}.json`],
    text: (images) => ({
      images: images.map(({ name, n }) => ({ id: n, file_name: name, width: WIDTH, height: HEIGHT })),
      annotations: images.map(({ n }) => ({ id: n, image_id: n, category_id: 1, bbox: box(n) })),
      categories: [{ id: 1, name: 'cat' }],
    }),
  },
  {
    format: 'csv',
    places: PLACES,
    names: NAMES,
    file: [(split) => `${split ?? 'all'}_labels.csv`],
    text: (images) =>
      [
        'filename,width,height,class,xmin,ymin,xmax,ymax',
        ...images.map(({ name, n }) => csvRow([name, WIDTH, HEIGHT, 'cat', 1, 2, 1 + n, 6])),
      ].join('\r\n'),
  },
  {
    format: 'create_ml',
    places: PLACES,
    names: NAMES,
    file: [(split) => `${split ?? ''}_annotations.createml.json`],
    text: (images) =>
      images.map(({ name, n }) => ({
        image: name,
        annotations: [{ label: 'cat', coordinates: { x: 1 + n / 2, y: 4, width: n, height: 4 } }],
      })),
  },
  {
    format: 'via',
    places: PLACES,
    names: NAMES,
    file: [(split) => `via_${split ?? 'project'}.json`],
    text: (images) =>
      Object.fromEntries(
        images.map(({ name, n }) => [
          `${name}99`,
          {
            filename: name,
            size: 99,
            regions: [
              {
                shape_attributes: { name: 'rect', x: 1, y: 2, width: n, height: 4 },
                region_attributes: { class: 'cat' },
              },
            ],
            file_attributes: {},
          },
        ]),
      ),
  },
  {
    format: 'via',
    places: PLACES,
    names: NAMES,
    file: [(split) => `${split ?? 'via'}.csv`],
    text: (images) =>
      [
        'filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes',
        ...images.map(({ name, n }) =>
          csvRow([
            name,
            99,
            '{}',
            1,
            0,
            JSON.stringify({ name: 'rect', x: 1, y: 2, width: n, height: 4 }),
            JSON.stringify({ class: 'cat' }),
          ]),
        ),
      ].join('\n'),
  },
  {
    format: 'label_studio',
    places: PLACES,
    names: [
      ({ path }) => `/data/local-files/?d=${encodeURIComponent(`my data/${path}`)}`,
      ({ path }) => `/data/local-files/?d=my%20data/${path.split('/').map(encodeURIComponent).join('/')}`,
      ({ path }) => `s3://bucket/some/prefix/${path}`,
      ({ path }) => `https://host:8080/files/${path.split('/').map(encodeURIComponent).join('/')}?sig=a.b&x=1`,
    ],
    file: [(split) => `${split ?? 'project-1-at-2024-01-01-00-00-abc'}.json`],
    text: (images) =>
      images.map(({ name, n }) => ({
        id: n,
        data: { image: name },
        annotations: [
          {
            result: [
              {
                type: 'rectanglelabels',
                original_width: WIDTH,
                original_height: HEIGHT,
                value: {
                  x: 100 / WIDTH,
                  y: 200 / HEIGHT,
                  width: (100 * n) / WIDTH,
                  height: 25,
                  rectanglelabels: ['cat'],
                },
              },
            ],
          },
        ],
      })),
  },
  {
    format: 'imagefolder',
    places: [PLACES[0]!, PLACES[1]!],
    names: [({ inFolder }) => inFolder],
    file: [() => 'metadata.jsonl'],
    text: (images) =>
      images
        .map(({ name, n }) => JSON.stringify({ file_name: name, objects: { bbox: [box(n)], categories: ['cat'] } }))
        .join('\n'),
  },
  {
    format: 'roboflow_multiclass',
    places: [PLACES[0]!],
    file: [() => '_classes.csv'],
    labels: true,
    text: (images) =>
      [
        csvRow(['filename', ...images.map(({ n }) => `class ${n}`)]),
        ...images.map(({ name, n }) => csvRow([name, ...images.map((other) => (other.n === n ? 1 : 0))])),
      ].join('\n'),
  },
  {
    format: 'fiftyone',
    places: [(split) => ({ images: `${slash(split ?? '')}data/`, list: slash(split ?? '') })],
    names: [({ inFolder }) => `data/${inFolder}`, ({ path }) => `/home/anna/${path}`],
    file: [() => 'samples.json'],
    text: (images) => ({
      samples: images.map(({ name, n }) => ({
        filepath: name,
        ground_truth: {
          _cls: 'Detections',
          detections: [
            { _cls: 'Detection', label: 'cat', bounding_box: [1 / WIDTH, 2 / HEIGHT, n / WIDTH, 4 / HEIGHT] },
          ],
        },
      })),
    }),
  },
  {
    format: 'fiftyone',
    places: [(split) => ({ images: `${slash(split ?? '')}data/`, list: slash(split ?? '') })],
    byStem: true,
    file: [() => 'labels.json'],
    text: (images) => ({
      classes: ['cat'],
      labels: Object.fromEntries(
        images.map(({ name, n }) => [
          name,
          [{ label: 0, bounding_box: [1 / WIDTH, 2 / HEIGHT, n / WIDTH, 4 / HEIGHT] }],
        ]),
      ),
    }),
  },
  {
    format: 'open_images',
    places: [
      (split, { images, annotations }) => ({ images: `${images}/${slash(split ?? '')}`, list: `${annotations}/` }),
      (split) => ({ images: `${slash(split ?? '')}data/`, list: `${slash(split ?? '')}labels/` }),
      (split) => ({ images: slash(split ?? ''), list: '' }),
    ],
    byStem: true,
    distinct: true,
    file: [(split) => `oidv6-${split ?? 'x'}-annotations-bbox.csv`],
    text: (images) =>
      [
        'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax',
        ...images.map(({ name, n }) =>
          csvRow([name, 'own', '/m/01yrx', 1, 1 / WIDTH, (1 + n) / WIDTH, 2 / HEIGHT, 6 / HEIGHT]),
        ),
      ].join('\n'),
  },
  {
    format: 'cvat',
    places: [
      (_, { images }) => ({ images: `${images}/`, list: '' }),
      (split, { images }) => ({ images: `${images}/${slash(split ?? '')}`, list: '' }),
      (split) => ({ images: slash(split ?? ''), list: slash(split ?? '') }),
    ],
    names: [NAMES[0]!, NAMES[1]!, NAMES[2]!],
    file: [() => 'annotations.xml'],
    text: (images, split) =>
      `<annotations><version>1.1</version><meta><task><labels><label><name>cat</name></label></labels></task></meta>${images
        .map(
          ({ name, n, split: own }) =>
            `<image id="${n}" name="${name}"${split === null && own !== null ? ` subset="${own}"` : ''} width="${WIDTH}" height="${HEIGHT}"><box label="cat" xtl="1" ytl="2" xbr="${1 + n}" ybr="6"/></image>`,
        )
        .join('')}</annotations>`,
  },
  {
    format: 'datumaro',
    places: [
      (split, { images, annotations }) => ({ images: `${images}/${slash(split ?? '')}`, list: `${annotations}/` }),
    ],
    names: [NAMES[0]!, NAMES[1]!, NAMES[2]!],
    file: [(split) => `${split ?? 'default'}.json`],
    text: (images) => ({
      infos: {},
      categories: { label: { labels: [{ name: 'cat', parent: '' }] } },
      items: images.map(({ name, n }) => ({
        id: name.replaceAll('\\', '/').replace(/\.\w+$/, ''),
        image: { path: name, size: [HEIGHT, WIDTH] },
        annotations: [{ type: 'bbox', label_id: 0, bbox: box(n) }],
      })),
    }),
  },
];

/** Makes a random tree of a format; what is to be read of it is returned. */
async function makeTree(root: string, format: ListFormat, random: Random): Promise<Listed[]> {
  const { of, below } = random;
  const spell = of(SPELLINGS);
  const spelt = { images: spell('images'), annotations: spell('annotations') };
  const place = of(format.places);
  const fileOf = of(format.file);
  const naming = of(format.names ?? [({ inFolder }): string => inFolder]);
  const splits: readonly (string | null)[] = of([true, false]) ? of(SPLITS) : [null];
  // Sub-folders tell images of one name apart, where names lead to them.
  const deeper = format.byStem === true || format.labels === true ? '' : of(['', '', 'cam 1/', 'a.b/c/']);
  const all: Listed[] = [];
  for (const split of splits) {
    for (let i = 0, count = 1 + below(3); i < count; i++) {
      const stem = `${of(['img', 'März', 'a.v1', 'IMG 2', 'x%20y', '100% sure'])}_${format.distinct === true ? (split ?? '') : ''}${i}`;
      const inFolder = `${deeper}${stem}${of(['.jpg', '.png', '.PNG', '.jpeg'])}`;
      const path = `${place(split, spelt).images}${inFolder}`;
      // One image of a name and several extensions is a case of its own.
      if (all.some((other) => other.path.replace(/\.\w+$/, '') === path.replace(/\.\w+$/, ''))) continue;
      all.push({ path, name: format.byStem === true ? stem : naming({ path, inFolder }), split, n: all.length + 1 });
    }
  }
  for (const { path } of all) await makeImage(join(root, path), WIDTH, HEIGHT);
  // A list for each split, or one for all where there is one place for it.
  const lists = new Map<string, Listed[]>();
  for (const image of all) {
    const file = `${place(image.split, spelt).list}${fileOf(image.split)}`;
    lists.set(file, [...(lists.get(file) ?? []), image]);
  }
  for (const [file, images] of lists) {
    const split = images[0]?.split ?? null;
    await makeFiles(root, { [file]: format.text(images, split !== null && file.includes(split) ? split : null) });
  }
  return all;
}

const seeds = Array.from({ length: 15 }, (_, i) => i + 1);

describe.each(FORMATS)('every image once, with its own box, in any layout and spelling: $format', (format) => {
  it.each(seeds)('seed %i', async (seed) => {
    const root = await temporaryFolder();
    const all = await makeTree(root, format, randomly(seed));
    const dataset = await openDataset(root);
    const items = await collect(dataset.items());
    const read = items.map(({ imagePath, missing, subset, annotated, boxes, labels }) => ({
      image: imagePath ?? missing ?? '',
      subset,
      annotated,
      marks: format.labels === true ? labels.length : boxes.map(({ width }) => Math.round(width * 1000) / 1000),
    }));
    const there = all.map(({ path, split, n }) => ({
      image: join(root, path),
      subset: split ?? (format.format === 'coco' ? dataset.subsets[0] : 'default'),
      annotated: true,
      marks: format.labels === true ? 1 : [n],
    }));
    const order = (a: { image: string }, b: { image: string }): number => (a.image < b.image ? -1 : 1);
    expect([dataset.format, read.sort(order)]).toEqual([format.format, there.sort(order)]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  });
});

/** Makes images of random names in folders; what they are, below the root. */
async function makeNamed(root: string, folders: readonly string[], { of, below }: Random): Promise<string[]> {
  const paths: string[] = [];
  for (const folder of folders) {
    for (let i = 0, count = 1 + below(3); i < count; i++)
      paths.push(
        `${folder}/${of(['img', 'März', 'a.v1', 'IMG 2', 'x%20y'])}_${i}${of(['.jpg', '.png', '.PNG', '.jpeg'])}`,
      );
  }
  for (const path of paths) await makeImage(join(root, path), WIDTH, HEIGHT);
  return paths;
}

/** How Ultralytics' file names a folder of images. */
const WRITTEN: readonly ((folder: string, split: string, root: string) => string)[] = [
  (folder) => folder,
  (folder) => `./${folder}/`,
  (folder) => `../${folder}`,
  (folder) => `/content/my data/${folder}`,
  (folder) => `C:\\work\\${folder.replaceAll('/', '\\')}`,
  (folder, _, root) => join(root, folder),
  (folder) => folder.replace(/^(.*)images\b/i, '$1images').toLowerCase(),
  (_, split) => `images/${split}`,
  (_, split) => `${split}/images`,
];

describe('every image once, with its own box, in any spelling of Ultralytics’ file', () => {
  it.each(Array.from({ length: 30 }, (_, i) => i + 1))('seed %i', async (seed) => {
    const root = await temporaryFolder();
    const random = randomly(seed);
    const { of, below } = random;
    const spell = of(SPELLINGS);
    const [images, labels] = [spell('images'), spell('labels')];
    const splitFirst = below(2) === 0;
    const splits = of([
      ['train', 'valid', 'test'],
      ['train', 'val'],
      ['Train', 'Validation'],
      ['training', 'testing'],
    ]);
    const folders = splits.map((split) => (splitFirst ? `${split}/${images}` : `${images}/${split}`));
    const paths = await makeNamed(root, folders, random);
    const written = of(WRITTEN);
    const keyOf = (split: string): string =>
      ({ training: 'train', valid: of(['val', 'valid']), validation: of(['val', 'validation']), testing: 'test' })[
        split.toLowerCase()
      ] ?? split.toLowerCase();
    const lines = folders.map(
      (folder, i) => `${keyOf(splits[i]!)}: ${JSON.stringify(written(folder, splits[i]!, root))}`,
    );
    const base = of([
      '',
      'path: .\n',
      `path: ${JSON.stringify(root)}\n`,
      'path: ../datasets/x\n',
      'path: D:\\data\\x\n',
    ]);
    const text = `${base}${lines.join('\n')}\nnc: 1\nnames: ['cat']\n`;
    const files: Record<string, string> = { [of(['data.yaml', 'coco8.yml', 'dataset.YAML'])]: text };
    for (const [n, path] of paths.entries()) {
      const label = path.replace(images, labels).replace(/\.\w+$/, '.txt');
      // Two images of one name and other extensions have one label file.
      files[label] ??= `0 0.5 0.5 ${(n + 1) / WIDTH} 0.5\n`;
    }
    await makeFiles(root, files);
    const dataset = await openDataset(root);
    const items = await collect(dataset.items());
    expect([dataset.format, items.map(({ imagePath }) => imagePath).sort()]).toEqual([
      'yolo_ultralytics',
      paths.map((path) => join(root, path)).sort(),
    ]);
    for (const { imagePath, boxes } of items) {
      const own =
        files[
          (imagePath ?? '')
            .slice(root.length + 1)
            .replace(images, labels)
            .replace(/\.\w+$/, '.txt')
        ];
      expect([text, imagePath, boxes.map(({ width }) => width / WIDTH)]).toEqual([
        text,
        imagePath,
        [Number(own?.split(' ')[3])],
      ]);
    }
  });
});

describe('every image once, with its class, in folders', () => {
  it.each(Array.from({ length: 20 }, (_, i) => i + 1))('seed %i', async (seed) => {
    const root = await temporaryFolder();
    const random = randomly(seed);
    const splits = random.of([[''], ['train', 'val'], ['Train', 'Valid', 'TEST'], ['train', 'test']]);
    const classes = random.of([
      ['cat', 'dog'],
      ['n01440764', 'n01443537', 'n02'],
      ['Katze grün', 'a.b'],
    ]);
    const deeper = random.of(['', '', '/more']);
    const folders = splits.flatMap((split) => classes.map((name) => `${slash(split)}${name}`));
    const paths = await makeNamed(
      root,
      folders.map((folder) => folder + deeper),
      random,
    );
    if (deeper !== '') for (const folder of folders) paths.push(...(await makeNamed(root, [folder], random)));
    const dataset = await openDataset(root);
    const items = await collect(dataset.items());
    const read = items.map(({ imagePath, subset, labels }) => [
      imagePath,
      subset,
      labels.map(({ label }) => dataset.labelNames[label]),
    ]);
    const there = paths.map((path) => {
      const [first, second] = path.split('/');
      return [join(root, path), splits[0] === '' ? 'default' : first, [splits[0] === '' ? first : second]];
    });
    const order = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
    expect([dataset.format, read.sort(order)]).toEqual(['imagenet', there.sort(order)]);
  });
});

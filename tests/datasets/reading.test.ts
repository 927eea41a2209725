import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeReading } from '../../src/datasets/describe-reading.js';
import { joinDatasets } from '../../src/datasets/joined-dataset.js';
import { matchLabels } from '../../src/datasets/match-labels.js';
import { openDataset } from '../../src/datasets/open.js';
import type { Dataset } from '../../src/datasets/types.js';
import { truthOf } from '../../src/runs/dataset/truth.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

async function coco(content: object, file = 'instances_val.json', size = 64): Promise<string> {
  const root = await temporaryFolder();
  await makeFiles(root, { [`annotations/${file}`]: content });
  for (const name of ['a', 'b', 'c', 'd']) await makeImage(join(root, `images/${name}.png`), size, size);
  return root;
}

const image = (id: number | string, name: string): object => ({ id, file_name: name, width: 64, height: 64 });
const box = (image_id: number | string, bbox: readonly number[], more: object = {}): object => ({
  image_id,
  category_id: 1,
  bbox,
  ...more,
});
const categories = [{ id: 1, name: 'cat' }];

async function readThrough(root: string): Promise<{ dataset: Dataset; sentences: string[] }> {
  const dataset = await openDataset(root);
  expect(dataset.reading).toBeNull();
  await collect(dataset.items());
  return { dataset, sentences: describeReading(dataset, dataset.reading!) };
}

it('says what was read, what was passed over, and why it is this format', async () => {
  const root = await coco({
    images: [image(1, 'a.png'), image(2, 'b.png'), image(3, 'c.png'), image(4, 'gone.png')],
    annotations: [
      box(1, [8, 8, 16, 16]),
      box(1, [24, 24, -16, -16]),
      box(2, [8, 8, 0, 4]),
      box(2, [500, 500, 20, 20]),
      box(2, [60, 60, 20, 20], { iscrowd: 1, segmentation: [] }),
      box(3, [1, 1, 5, 5], { bbox: 'here' }),
    ],
    categories,
  });
  const { dataset, sentences } = await readThrough(root);
  expect(dataset.reading).toMatchObject({
    images: 4,
    missing: 1,
    annotated: 3,
    boxes: 2,
    ignored: 1,
    passedOver: {
      'boxes without area': { count: 2, first: ['a', 'b'] },
      'boxes outside of their image': { count: 1, first: ['b'] },
    },
    unlooked: [],
  });
  expect(sentences).toEqual([
    "Read as coco, since annotations/instances_val.json has COCO's images: 4 images, 3 annotated, 2 boxes, 1 class.",
    '1 image is named and not there.',
    'Passed over, and neither found nor missed: boxes without area 2 (a, b); boxes outside of their image 1 (b).',
    'Annotations that cannot be read: 1 (c); these images fail.',
    '1 box is of a crowd or difficult and counts neither as found nor as missed.',
    'Images in the folder that no annotation file names, and that are not read: 1 (images/d.png).',
  ]);
});

it('an image is annotated only where somebody may have looked', async () => {
  const listed = await readThrough(await coco({ images: [image(1, 'a.png')], categories }, 'image_info_test.json'));
  expect(listed.dataset.reading).toMatchObject({ annotated: 0, unlooked: ['test'] });
  expect(listed.sentences.join()).toMatch(/nobody looked at them, so answers to them are not judged/);
  expect(listed.dataset.notes.join()).toContain('count as not looked at');
  // One annotated image tells that the others were looked at.
  const one = await readThrough(
    await coco({ images: [image(1, 'a.png'), image(2, 'b.png')], annotations: [box(1, [1, 1, 9, 9])], categories }),
  );
  expect(one.dataset.reading).toMatchObject({ annotated: 2, unlooked: [] });
});

it('a subset of YOLO without any label file was not looked at; one with some was', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'data.yaml': 'train: images/train\nval: images/val\nnames: [cat]\n',
    'labels/train/a.txt': '0 0.5 0.5 0.5 0.5\n',
  });
  for (const name of ['train/a', 'train/b', 'val/c']) await makeImage(join(root, `images/${name}.png`), 8, 8);
  const { dataset } = await readThrough(root);
  expect(dataset.reading).toMatchObject({ images: 3, annotated: 2, boxes: 1, unlooked: ['val'] });
});

it('a polygon that is none leaves the box; without a box it is an object without a place', async () => {
  const root = await coco({
    images: [image(1, 'a.png'), image(2, 'b.png')],
    annotations: [
      box(1, [8, 8, 16, 16], { segmentation: [8, 8, 24, 8, 24, 24] }),
      box(1, [8, 8, 16, 16], { segmentation: [[8, 8]] }),
      box(1, [8, 8, 16, 16], { segmentation: [[]] }),
      box(1, [8, 8, 16, 16], { segmentation: [[8, 8, 24, 8, 24, 24, 8, 24, 8]] }),
      { image_id: 2, category_id: 1, segmentation: [[8, 8, 9]] },
      { image_id: 2, category_id: 1 },
    ],
    categories,
  });
  const [a, b] = await collect((await openDataset(root)).items());
  expect(a?.boxes.map(({ segmentation }) => segmentation)).toEqual([
    { kind: 'polygons', polygons: [[8, 8, 24, 8, 24, 24]] },
    null,
    null,
    null,
  ]);
  expect(a?.passedOver).toEqual({
    'polygons of less than three points': 1,
    'polygons of an odd number of coordinates': 1,
  });
  // An annotation without any place is a label of the image; one with a broken place is not.
  expect(b).toMatchObject({ boxes: [], labels: [{ label: 0 }], withoutPlace: [0] });
});

it('ids above 2^53 stay apart, and are given back as they were', async () => {
  const [one, other] = ['9007199254740993', '9007199254740992'];
  const root = await temporaryFolder();
  for (const name of ['a', 'b']) await makeImage(join(root, `images/${name}.png`), 64, 64);
  await makeFiles(root, {
    'annotations/instances_val.json': `{"images": [{"id": ${one}, "file_name": "a.png"}, {"id": ${other}, "file_name": "b.png"}],
      "annotations": [{"image_id": ${one}, "category_id": 1, "bbox": [1, 2, 3.123456789012345, 4]}, {"image_id": ${other}, "category_id": 1, "bbox": [5, 6, 7, 8]}],
      "categories": [{"id": 1, "name": "12345678901234567890"}]}`,
  });
  const dataset = await openDataset(root);
  const [a, b] = await collect(dataset.items());
  expect(dataset.labelNames).toEqual(['12345678901234567890']);
  expect(a).toMatchObject({ attributes: { id: one }, boxes: [{ x: 1, width: 3.123456789012345 }] });
  expect(b).toMatchObject({ attributes: { id: Number(other) }, boxes: [{ x: 5 }] });
});

it('two categories of one name are one class, and that is said', async () => {
  const two = [
    { id: 1, name: 'crane' },
    { id: 2, name: 'crane' },
  ];
  const root = await coco({
    images: [image(1, 'a.png')],
    annotations: [box(1, [1, 1, 9, 9]), box(1, [2, 2, 9, 9], { category_id: 2 })],
    categories: two,
  });
  const dataset = await openDataset(root);
  expect(dataset.labelNames).toEqual(['crane']);
  expect(dataset.notes.join()).toContain('several categories are called crane, and count as one class');
  expect((await collect(dataset.items()))[0]?.boxes).toHaveLength(2);
});

it('the pixels of the VOC challenge are counted from 1, and that is said', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'JPEGImages/a.png'), 64, 64);
  const bndbox = '<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>20</xmax><ymax>30</ymax></bndbox>';
  const source = '<source><database>The VOC2012 Database</database></source>';
  await makeFiles(root, {
    'Annotations/a.xml': `<annotation>${source}<size><width>64</width><height>64</height></size><object><name>cat</name>${bndbox}</object></annotation>`,
  });
  expect((await readThrough(root)).sentences.at(-1)).toMatch(/counts pixels from 1 .*: 1 \(a\)\.$/);
});

it.each([
  [[1, 1, 1], /count(ed)? from 1 \(a guess: no box begins at 0, 3 begin at 1, 3 end at the image's last edge\)/],
  [[0, 1, 1, 1], null],
  [[1, 1], null],
])('other files of VOC whose boxes begin at %j', async (edges, said) => {
  const root = await temporaryFolder();
  const files = Object.fromEntries(
    edges.map((first, i) => [
      `Annotations/${i}.xml`,
      `<annotation><size><width>64</width><height>64</height></size><object><name>nut</name><bndbox><xmin>${first}</xmin><ymin>5</ymin><xmax>64</xmax><ymax>30</ymax></bndbox></object></annotation>`,
    ]),
  );
  for (const i of edges.keys()) await makeImage(join(root, `JPEGImages/${i}.png`), 64, 64);
  await makeFiles(root, files);
  const notes = (await openDataset(root)).notes.join();
  if (said === null) expect(notes).toBe('');
  else expect(notes).toMatch(said);
});

it('is counted over several datasets as over one', async () => {
  const content = {
    images: [image(1, 'a.png')],
    annotations: [box(1, [8, 8, 0, 0]), box(1, [1, 1, 9, 9])],
    categories,
  };
  const [one, other] = [await openDataset(await coco(content)), await openDataset(await coco(content))];
  const joined = joinDatasets(
    new Map([
      ['one', one],
      ['other', other],
    ]),
    '/',
  );
  await collect(joined.items());
  expect(joined.reading).toMatchObject({ images: 2, boxes: 2, passedOver: { 'boxes without area': { count: 2 } } });
});

it('files that look like annotations are never passed by in silence', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'a.png'), 8, 8);
  expect((await openDataset(root)).notes).toEqual([]);
  await makeFiles(root, {
    'README.txt': 'hello',
    'LICENSE.txt': 'mit',
    'boxes.json': { what: 1 },
    'more/marks.xml': '<x/>',
  });
  const { format, notes } = await openDataset(root);
  expect(format).toBe('image_dir');
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(
    /boxes\.json, more\/marks\.xml look like annotations and are in no format that is known here/,
  );
  // Who names the format has seen them.
  expect((await openDataset(`${root}:image_dir`)).notes).toEqual([]);
});

it.each<[string, Readonly<Record<string, string | object>>]>([
  [
    'CVAT',
    {
      'annotations.xml':
        '<annotations><meta><task><labels><label><name>cat</name></label></labels></task></meta><image id="0" name="a.png" width="64" height="64"><points label="cat" points="1,2"/><polyline label="cat" points="1,2;3,4"/><box label="cat" xtl="1" ytl="1" xbr="9" ybr="9"/></image></annotations>',
    },
  ],
  [
    'Datumaro',
    {
      'annotations/default.json': {
        infos: {},
        categories: { label: { labels: [{ name: 'cat', parent: '' }] } },
        items: [
          {
            id: 'a',
            image: { path: 'a.png' },
            annotations: [
              { type: 'points', label_id: 0, points: [1, 2] },
              { type: 'polyline', label_id: 0, points: [1, 2, 3, 4] },
              { type: 'bbox', label_id: 0, bbox: [1, 1, 8, 8] },
            ],
          },
        ],
      },
    },
  ],
])('points and lines are passed over, counted, and no reason for a false positive: %s', async (_, files) => {
  const root = await temporaryFolder();
  await makeFiles(root, files);
  await makeImage(join(root, 'images/a.png'), 64, 64);
  const [item] = await collect((await openDataset(root)).items());
  expect(item).toMatchObject({ passedOver: { points: 1, polylines: 1 }, withoutPlace: [0, 0] });
  expect(item?.boxes).toHaveLength(1);
  const match = matchLabels(['cat'], ['dog', 'cat']);
  expect([...truthOf(item!, match)!.annotated]).toEqual([]);
  expect([...truthOf({ ...item!, withoutPlace: [] }, match)!.annotated]).toEqual([1]);
  expect(truthOf(item!, match, ['default'])).toBeNull();
});

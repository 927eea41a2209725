import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

async function makeTree(files: Record<string, string | object>): Promise<string> {
  const root = await temporaryFolder();
  for (const name of ['a', 'b', 'c']) await makeImage(join(root, `images/${name}.png`), 32, 16);
  await makeFiles(root, files);
  return root;
}

const good = { category_id: 1, bbox: [1, 1, 5, 5] };

/** Objects of COCO that cannot be read, and what is said of them. */
const BAD: readonly (readonly [object, RegExp])[] = [
  [{ ...good, category_id: 99 }, /category_id 99 is not in the file's categories/],
  [{ ...good, bbox: ['1', '1', '5', '5'] }, /a box is four numbers: left, top, width, height/],
  [{ ...good, bbox: { x: 1 } }, /a box is four numbers/],
  [{ ...good, category_id: true }, /category_id: it is true, which does not fit the format/],
];

describe('a bad object of COCO', () => {
  const coco = (objects: readonly object[]): Record<string, object> => ({
    'a.json': {
      images: ['a', 'b', 'c'].map((name, i) => ({ id: i, file_name: `${name}.png`, width: 32, height: 16 })),
      annotations: objects.map((object, i) => ({ id: i, image_id: i, ...object })),
      categories: [{ id: 1, name: 'cat' }],
    },
  });

  it.each(BAD)('fails its image, and is counted: %j', async (bad, said) => {
    const dataset = await openDataset(await makeTree(coco([good, bad, good])));
    const items = await collect(dataset.items());
    expect(items.map(({ boxes, annotated }) => [boxes.length, annotated])).toEqual([
      [1, true],
      [0, false],
      [1, true],
    ]);
    expect(items[1]?.malformed).toMatch(said);
    expect(dataset.notes.join()).toMatch(
      /^1 annotation of 3 cannot be read, and their images fail; the first: .*annotations\[1\]/,
    );
    expect(dataset.notes.join()).toMatch(said);
  });

  it('values that are no numbers, as Python writes them, fail their image alone', async () => {
    const text = JSON.stringify(
      coco([good, { ...good, bbox: [1, 'NaN', 5, 5] }, { ...good, score: '-Infinity' }])['a.json'],
    );
    const root = await makeTree({ 'a.json': text.replace('"NaN"', 'NaN').replace('"-Infinity"', '-Infinity') });
    const items = await collect((await openDataset(root)).items());
    expect(items.map(({ boxes }) => boxes.length)).toEqual([1, 0, 1]);
    expect(items[1]?.malformed).toMatch(/a box is four numbers/);
    expect(items[2]?.boxes[0]?.attributes).toEqual({});
  });

  it.each([
    ['a mask of another size', { size: [16, 32], counts: [1, 2] }, 'masks that cannot be read'],
    ['a mask that is no run-length string', { size: [16, 32], counts: 'a b' }, 'masks that cannot be read'],
    ['a mask without counts', { size: [16, 32] }, 'masks that cannot be read'],
    ['a list of texts', ['x'], 'polygons that cannot be read'],
    ['a polygon with a text', [[1, 2, 'a', 4, 5, 6]], 'polygons that cannot be read'],
  ])('keeps its box where its outline is %s', async (_, segmentation, kind) => {
    const root = await makeTree(coco([good, { ...good, segmentation }, { ...good, bbox: null, segmentation }]));
    const items = await collect((await openDataset(root)).items());
    expect(items.map(({ boxes, labels, malformed }) => [boxes.length, labels.length, malformed])).toEqual(
      [1, 1, 0].map((count) => [count, 0, undefined]),
    );
    expect(items.map(({ passedOver, withoutPlace }) => [passedOver, withoutPlace])).toEqual([
      [undefined, undefined],
      [{ [kind]: 1 }, undefined],
      [{ [kind]: 1 }, [0]],
    ]);
  });

  it('is no crowd that is written as a text', async () => {
    const objects = ['0', '1', 'true'].map((iscrowd) => ({ ...good, iscrowd }));
    const items = await collect((await openDataset(await makeTree(coco(objects)))).items());
    expect(items.map(({ boxes }) => boxes[0]?.attributes)).toEqual([{}, { crowd: true }, { crowd: true }]);
  });

  it('is no class whose name is a number, and one is whose id another class has', async () => {
    const named = (names: readonly (string | number)[]): Record<string, object> => ({
      'a.json': { ...coco([good, good, good])['a.json'], categories: names.map((name) => ({ id: 1, name })) },
    });
    expect((await openDataset(await makeTree(named([5])))).labelNames).toEqual(['5']);
    expect((await openDataset(await makeTree(named(['cat', 'cat'])))).labelNames).toEqual(['cat']);
    await expect(openDataset(await makeTree(named(['cat', 'dog'])))).rejects.toThrow(
      /categories\[1\]: the category id 1 was used before, for 'cat', and is of 'dog' here; give each category its own id\.$/,
    );
  });

  it('is no size that is written as a text', async () => {
    const content = coco([good, good, good])['a.json'];
    const root = await makeTree({
      'a.json': JSON.stringify(content).replaceAll(':32,', ':"32",').replaceAll(':16}', ':"16"}'),
    });
    const items = await collect((await openDataset(root)).items());
    expect(items.map(({ size }) => size)).toEqual([1, 2, 3].map(() => ({ width: 32, height: 16 })));
  });

  it.each(BAD)('refuses the dataset where most are bad: %j', async (bad, said) => {
    await expect(openDataset(await makeTree(coco([good, bad, bad])))).rejects.toThrow(said);
  });
});

describe('a bad file of VOC', () => {
  const xml = (box: string): string => `<annotation><object><name>cat</name>${box}</object></annotation>`;
  const box = xml('<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox>');
  const bad = [box.slice(0, -30), xml(''), xml('<bndbox><xmin>x</xmin></bndbox>')];

  it.each(bad)('fails its image, and is counted: %s', async (text) => {
    const files = { 'annotations/a.xml': box, 'annotations/b.xml': text, 'annotations/c.xml': box };
    const dataset = await openDataset(await makeTree(files));
    const items = await collect(dataset.items());
    expect(items.map(({ boxes, malformed }) => [boxes.length, malformed === undefined])).toEqual([
      [1, true],
      [0, false],
      [1, true],
    ]);
    expect(dataset.notes.join()).toMatch(
      /^1 annotation file of 3 cannot be read, and their images fail; the first: .*b\.xml/,
    );
    await expect(openDataset(await makeTree({ ...files, 'annotations/c.xml': text }))).rejects.toThrow(/b\.xml/);
  });
});

it('says in words what a value of another type is', async () => {
  const cases = [
    [
      {
        'x.json': [{ image: 'a.png', boxes: [{ label: 'cat', coordinates: { x: 1, y: 1, width: 1, height: 1 } }] }],
      },
      '[0]: there is no "annotations".',
    ],
    [
      { 'metadata.jsonl': JSON.stringify({ file_name: 'images/a.png', objects: ['cat'] }) },
      'line 1, objects[0]: it is the text "cat", where an object should be.',
    ],
  ] as const;
  for (const [files, said] of cases) {
    const [item] = await collect((await openDataset(await makeTree(files))).items());
    expect(item?.malformed).toContain(said);
  }
});

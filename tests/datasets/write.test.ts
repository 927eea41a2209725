import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import type { Attributes, Dataset, DatasetItem, Segmentation } from '../../src/datasets/types.js';
import { writableFormats } from '../../src/datasets/registry.js';
import { writeDataset } from '../../src/datasets/write.js';
import { SAMPLES } from './samples/all.js';
import { collect, itemOf, makeImage, streamOf, summarise, temporaryFolder } from './samples/world.js';

const LABEL_NAMES = ['cat', 'dog', 'potted plant'];

it('writes coco and datumaro, and says so for others', async () => {
  expect(writableFormats()).toEqual(['coco', 'datumaro']);
  await expect(writeDataset('voc', '/nowhere', streamOf([]), [])).rejects.toMatchObject({
    kind: 'dataset',
    message: 'datasets cannot be written as voc, only as coco or datumaro.',
  });
  await expect(writeDataset('parquet', '/nowhere', streamOf([]), [])).rejects.toThrow(
    "there is no dataset format 'parquet'",
  );
});

const coordinate = fc.double({ min: -1e4, max: 1e4, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const attributes: fc.Arbitrary<Attributes> = fc
  .tuple(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), fc.boolean(), fc.boolean())
  .map(([score, crowd, difficult]) => ({
    ...(score === null ? {} : { score: score + 0 }),
    ...(crowd ? { crowd } : {}),
    ...(difficult ? { difficult } : {}),
  }));
const segmentation: fc.Arbitrary<Segmentation | null> = fc.oneof(
  fc.constant(null),
  fc
    .array(
      fc
        .array(coordinate, { minLength: 6, maxLength: 12 })
        .map((ring) => ring.slice(0, ring.length - (ring.length % 2))),
      { minLength: 1, maxLength: 3 },
    )
    .map((polygons) => ({ kind: 'polygons' as const, polygons })),
  fc.array(fc.nat(2000), { minLength: 1, maxLength: 8 }).map((counts) => {
    const total = counts.reduce((sum, count) => sum + count, 1);
    return { kind: 'rle' as const, width: total, height: 1, counts: [...counts, 1] };
  }),
);
const box = fc.record({
  x: coordinate,
  y: coordinate,
  width: coordinate.map((value) => Math.abs(value) + 1),
  height: coordinate.map((value) => Math.abs(value) + 1),
  label: fc.nat(2),
  attributes,
  segmentation,
});
const items: fc.Arbitrary<DatasetItem[]> = fc
  .array(
    fc.record({
      subset: fc.constantFrom('default', 'val'),
      size: fc.option(
        fc.record({ width: fc.integer({ min: 1, max: 9999 }), height: fc.integer({ min: 1, max: 9999 }) }),
      ),
      labels: fc.array(
        fc.record({
          label: fc.nat(2),
          attributes: attributes.map(({ score }) => (score === undefined ? {} : { score })),
        }),
        { maxLength: 2 },
      ),
      boxes: fc.array(box, { maxLength: 4 }),
    }),
    { maxLength: 8 },
  )
  .map((all) => all.map((one, i) => itemOf(`folder ${i % 2}/image ${i}`, one)));

/** What must survive: the place of images is not part of it, and items come back by subset. */
const essence = (all: readonly DatasetItem[]): unknown =>
  all
    .map(({ id, subset, size, labels, boxes }) => ({ id, subset, size, labels, boxes }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

describe.each(['coco', 'datumaro'])('%s', (format) => {
  it('gives back what was written', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (written) => {
        const root = await temporaryFolder();
        const summary = await writeDataset(format, root, streamOf(written), LABEL_NAMES);
        expect(summary.items).toBe(written.length);
        expect(summary.boxes).toBe(written.reduce((sum, item) => sum + item.boxes.length, 0));
        if (written.length === 0) return;
        const dataset = await openDataset(root);
        expect(dataset.format).toBe(format);
        expect(dataset.labelNames).toEqual(LABEL_NAMES);
        expect(essence(await collect(dataset.items()))).toEqual(essence(written));
      }),
      { numRuns: 40 },
    );
  });

  it('finds the images again, where they are or copied', async () => {
    const source = await temporaryFolder();
    await makeImage(join(source, 'x/a.png'), 8, 8);
    const box = { x: 1, y: 2, width: 3, height: 4, label: 0, attributes: {}, segmentation: null };
    const found = { imagePath: join(source, 'x/a.png'), missing: null, attributes: { id: 39769 } };
    const written = [itemOf('x/a', { ...found, size: { width: 8, height: 8 }, boxes: [box] })];
    const linked = await temporaryFolder();
    await writeDataset(format, linked, streamOf(written), LABEL_NAMES, { info: { model: 'm' } });
    expect(await collect((await openDataset(linked)).items())).toMatchObject(written);
    const copied = await temporaryFolder();
    await writeDataset(format, copied, streamOf(written), LABEL_NAMES, { copyImages: true });
    const [item] = await collect((await openDataset(copied)).items());
    expect(item).toMatchObject({ imagePath: join(copied, 'images/default/x/a.png'), attributes: { id: 39769 } });
  });

  it('leaves nothing when it fails, and what was there before stays', async () => {
    const root = await temporaryFolder();
    const { files } = await writeDataset(format, root, streamOf([itemOf('a')]), LABEL_NAMES);
    const before = await readFile(files[0]!, 'utf8');
    async function* failing(): AsyncGenerator<DatasetItem> {
      yield itemOf('b');
      await Promise.resolve();
      throw new Error('the model broke');
    }
    await expect(writeDataset(format, root, failing(), LABEL_NAMES)).rejects.toThrow('the model broke');
    expect(await readFile(files[0]!, 'utf8')).toBe(before);
    expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('refuses a label without a name, and stops when cancelled', async () => {
    const root = await temporaryFolder();
    const labelled = itemOf('a', { labels: [{ label: 3, attributes: {} }] });
    await expect(writeDataset(format, root, streamOf([labelled]), LABEL_NAMES)).rejects.toMatchObject({
      kind: 'output',
      message: 'a: label 3 has no name, since 3 names were given; give a name for every label.',
    });
    await expect(
      writeDataset(format, root, streamOf([itemOf('a')]), LABEL_NAMES, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ kind: 'interrupted' });
    expect(existsSync(join(root, 'annotations'))).toBe(false);
  });

  it('says where it cannot write', async () => {
    const root = await temporaryFolder();
    await makeImage(join(root, 'file.png'), 8, 8);
    await expect(
      writeDataset(format, join(root, 'file.png'), streamOf([itemOf('a')]), LABEL_NAMES),
    ).rejects.toMatchObject({
      kind: 'output',
      message: expect.stringContaining('file.png: the dataset cannot be written') as string,
    });
  });
});

it('writes COCO that other tools read: ids, areas, scores', async () => {
  const root = await temporaryFolder();
  const scored = {
    x: 1,
    y: 2,
    width: 3,
    height: 4,
    label: 1,
    attributes: { score: 0.5, crowd: true, color: 'red' },
    segmentation: null,
  };
  const { files } = await writeDataset(
    'coco',
    root,
    streamOf([
      itemOf('a', { boxes: [scored], attributes: { id: 7 } }),
      itemOf('b', { attributes: { id: 7 }, labels: [{ label: 0, attributes: {} }] }),
    ]),
    LABEL_NAMES,
  );
  expect(files.map((file) => file.replace(root, ''))).toEqual([
    '/annotations/instances_default.json',
    '/annotations/labels_default.json',
  ]);
  const json: unknown = JSON.parse(await readFile(files[0]!, 'utf8'));
  expect(json).toMatchObject({
    categories: [
      { id: 1, name: 'cat' },
      { id: 2, name: 'dog' },
      { id: 3, name: 'potted plant' },
    ],
    images: [
      { id: 7, file_name: 'a.jpg' },
      { id: 8, file_name: 'b.jpg' },
    ],
    annotations: [
      {
        id: 1,
        image_id: 7,
        category_id: 2,
        bbox: [1, 2, 3, 4],
        area: 12,
        iscrowd: 1,
        score: 0.5,
        attributes: { color: 'red' },
        segmentation: [],
      },
    ],
  });
  expect(JSON.parse(await readFile(files[1]!, 'utf8'))).toMatchObject({
    annotations: [{ id: 1, image_id: 8, category_id: 1 }],
  });
});

describe.each(SAMPLES.map((sample, i) => ({ title: `${sample.format} (sample ${i + 1})`, sample })))(
  'what is read of $title',
  ({ sample }) => {
    it.each(['coco', 'datumaro'])('is read again as it was when written as %s', async (format) => {
      const [from, to] = [await temporaryFolder(), await temporaryFolder()];
      await sample.make(from);
      const dataset = await openDataset(from);
      await writeDataset(format, to, dataset.items(), dataset.labelNames);
      const again = await openDataset(to);
      // Subsets are files there, so their items come together.
      const read = async (one: Dataset): Promise<unknown[]> => {
        const items = (await collect(one.items())).map((item) => ({
          ...summarise(one, item),
          annotated: item.annotated,
          image: item.imagePath,
          subset: item.subset,
        }));
        return items.sort((a, b) => (`${a.subset} ${a.id}` < `${b.subset} ${b.id}` ? -1 : 1));
      };
      expect(await read(again)).toEqual(await read(dataset));
      expect(again.labelNames).toEqual(dataset.labelNames);
    });
  },
);

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { DatumError } from '../../src/errors.js';
import { detectFormats } from '../../src/datasets/detect.js';
import { openDataset } from '../../src/datasets/open.js';
import { formatNames } from '../../src/datasets/registry.js';
import type { DatasetItem } from '../../src/datasets/types.js';
import { SAMPLES, type FormatSample } from './samples/all.js';
import { collect, summarise, temporaryFolder } from './samples/world.js';

async function make(sample: FormatSample): Promise<string> {
  const root = await temporaryFolder();
  await sample.make(root);
  return root;
}

it('has a sample for every format', () => {
  expect([...new Set(SAMPLES.map(({ format }) => format))].sort()).toEqual(formatNames());
});

describe.each(SAMPLES.map((sample, i) => ({ title: `${sample.format} (sample ${i + 1})`, sample })))(
  '$title',
  ({ sample }) => {
    it('is told by its content, and no other format fits as well', async () => {
      const root = await make(sample);
      const fitting = await detectFormats(root);
      expect(fitting[0]?.format.name).toBe(sample.format);
      expect(fitting[0]?.reason).toMatch(/\w/);
      expect(fitting.filter(({ fit }) => fit === fitting[0]?.fit)).toHaveLength(1);
    });

    it('gives the items, classes and subsets that are in it', async () => {
      const dataset = await openDataset(`${await make(sample)}:${sample.format}`);
      const items = await collect(dataset.items());
      expect(items.map((item) => summarise(dataset, item))).toEqual(sample.items);
      expect(dataset.format).toBe(sample.format);
      expect(dataset.labelNames).toEqual(sample.labelNames);
      expect(dataset.subsets).toEqual(sample.subsets);
      if (dataset.count !== null) expect(dataset.count).toBe(items.length);
    });

    it('gives items that keep the promises of DatasetItem', async () => {
      const dataset = await openDataset(await make(sample));
      const items = await collect(dataset.items());
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
      for (const item of items) {
        expect(item.id).not.toMatch(/\\|^\/|(^|\/)\.\.(\/|$)|\.(jpe?g|png)$/i);
        expect(item.id).toBe(item.id.normalize('NFC'));
        expect(dataset.subsets).toContain(item.subset);
        expect(item.missing).toBeNull();
        expect(item.imagePath !== null && isAbsolute(item.imagePath) && existsSync(item.imagePath)).toBe(true);
        for (const { label } of [...item.labels, ...item.boxes]) expect(dataset.labelNames[label]).toBeTypeOf('string');
        expect(JSON.parse(JSON.stringify(item))).toEqual(item);
      }
    });

    it('reads the same again, also after a reading that was given up', async () => {
      const dataset = await openDataset(await make(sample));
      for await (const item of dataset.items()) {
        expect(item.id).toBe(sample.items[0]?.id);
        break;
      }
      const first = await collect(dataset.items());
      expect(await collect(dataset.items())).toEqual(first);
    });

    it.runIf(sample.listedImage !== null)('says which image is missing and goes on', async () => {
      const root = await make(sample);
      await rm(join(root, sample.listedImage!));
      const items = await collect((await openDataset(`${root}:${sample.format}`)).items());
      const missing = items.filter(({ imagePath }) => imagePath === null);
      expect(items).toHaveLength(sample.items.length);
      expect(missing.map(({ id }) => id)).toEqual(['one']);
      expect(missing[0]?.missing).toMatch(/there is no image (named )?'.*one/);
    });

    it.each(sample.broken)('names the place in a malformed $file: $says', async ({ file, text, says }) => {
      const root = await make(sample);
      await writeFile(join(root, file), text);
      const read: unknown = await openDataset(`${root}:${sample.format}`)
        .then((dataset) => collect(dataset.items()))
        .catch((thrown: unknown) => thrown);
      // A mistake in the annotations of one item is that item's own; any other ends the reading.
      const items = Array.isArray(read) ? (read as DatasetItem[]) : [];
      const broken = items.filter(({ malformed }) => malformed !== undefined);
      for (const item of broken) expect(item).toMatchObject({ annotated: false, labels: [], boxes: [] });
      const error = items.length > 0 ? new DatumError('dataset', broken[0]?.malformed ?? '') : read;
      expect(error).toBeInstanceOf(DatumError);
      expect(error).toMatchObject({ kind: 'dataset', message: expect.stringMatching(says) as string });
      expect(error).toMatchObject({ message: expect.stringContaining(join(root, file)) as string });
    });

    it('names what is not there when the folder is empty', async () => {
      const root = await temporaryFolder();
      await expect(openDataset(`${root}:${sample.format}`)).rejects.toMatchObject({
        kind: 'dataset',
        message: expect.stringContaining(root) as string,
      });
    });
  },
);

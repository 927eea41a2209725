import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { completeFormat, isFormatPlugin, type FormatPlugin } from '../datasets/plugin.js';
import type { DatasetFormat } from '../datasets/format.js';
import { Probe } from '../datasets/probe.js';
import type { DatasetItem } from '../datasets/types.js';
import { DatumError } from '../errors.js';
import { check, type Check } from './check.js';

/** A format, and a dataset in it. */
export interface FormatCase {
  readonly format: FormatPlugin;
  /** A dataset of the format: a folder, or its main file. */
  readonly path: string;
  /** How many items it has. */
  readonly items?: number | undefined;
  /** The names of its classes. */
  readonly labelNames?: readonly string[] | undefined;
  /** Datasets of other formats: they must not be taken for this one. */
  readonly others?: readonly string[] | undefined;
  /** A dataset of the format with a file that is damaged: `file` is its name or path, which the error must hold. */
  readonly malformed?: { readonly path: string; readonly file: string } | undefined;
}

/** What the house relies on in a format, as checks for any test runner. */
export function formatChecks({ format, ...given }: FormatCase): Check[] {
  assert.ok(isFormatPlugin(format), 'a format has a name, detect(probe) and open(path)');
  return readyFormatChecks(completeFormat(format), given);
}

/** The same for a format with all its parts, such as the built-in ones. */
export function readyFormatChecks(format: DatasetFormat, given: Omit<FormatCase, 'format'>): Check[] {
  const { path, others = [], malformed } = given;
  const detected = async (place: string) => format.detect(await Probe.of(place));
  const checks = [
    check('has a name that can stand behind a colon', () => {
      assert.match(format.name, /^[\w-]+$/);
    }),
    check('is told by its own dataset, with a reason', async () => {
      const detection = await detected(path);
      assert.ok(detection !== null, `detect() returns null for ${path}`);
      assert.match(detection.reason, /\w/, 'a reason in words');
    }),
    check('is not told by an empty folder', () =>
      inFolder(async (empty) => {
        assert.equal(await detected(empty), null);
      }),
    ),
    check('is not told by a folder of something else', () =>
      inFolder(async (other) => {
        const files = {
          'notes.txt': 'nothing, to see',
          'a.json': '{"a": [1]}',
          'b.xml': '<b/>',
          'c.csv': 'x;y\n1;2\n',
        };
        for (const [name, text] of Object.entries(files)) await writeFile(join(other, name), text);
        assert.equal(await detected(other), null);
      }),
    ),
    ...others.map((other) =>
      check(`is not certain of another format's dataset: ${other}`, async () => {
        assert.notEqual((await detected(other))?.fit, 'certain');
      }),
    ),
    check('gives the items and classes that are in it', async () => {
      const dataset = await format.open(path);
      const all = await itemsOf(dataset.items());
      assert.ok(all.length > 0, 'there are items');
      if (given.items !== undefined) assert.equal(all.length, given.items);
      if (dataset.count !== null) assert.equal(dataset.count, all.length, 'count is the number of items');
      if (given.labelNames !== undefined) assert.deepEqual([...dataset.labelNames], [...given.labelNames]);
      assert.equal(dataset.format, format.name);
      assert.ok(isAbsolute(dataset.root), 'root is absolute');
    }),
    check('ids are unique, and fit for the names of files', async () => {
      const ids = (await itemsOf((await format.open(path)).items())).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, 'two items have the same id');
      for (const id of ids) {
        assert.doesNotMatch(id, /\\|^\/|(^|\/)\.\.(\/|$)/, `the id ${id} is no plain path`);
        assert.equal(id, id.normalize('NFC'), `the id ${id} is in NFC`);
      }
    }),
    check('reads the same again, also after a reading that was given up', async () => {
      const dataset = await format.open(path);
      for await (const item of dataset.items()) {
        assert.ok(item.id !== '');
        break;
      }
      const first = await itemsOf(dataset.items());
      assert.deepEqual(await itemsOf(dataset.items()), first);
      assert.deepEqual(await itemsOf((await format.open(path)).items()), first, 'opened anew');
    }),
    check('items are plain data, of subsets and classes that there are', async () => {
      const dataset = await format.open(path);
      const { subsets, labelNames } = dataset;
      for (const item of await itemsOf(dataset.items())) {
        assert.deepEqual(JSON.parse(JSON.stringify(item)), item);
        assert.ok(subsets.includes(item.subset), `the subset ${item.subset} of ${item.id} is not listed`);
        for (const { label } of [...item.labels, ...item.boxes]) {
          assert.equal(typeof labelNames[label], 'string', `the class ${label} of ${item.id} has no name`);
        }
      }
    }),
    check('boxes are finite, and not turned round', async () => {
      for (const { id, boxes } of await itemsOf((await format.open(path)).items())) {
        for (const { x, y, width, height } of boxes) {
          assert.ok([x, y, width, height].every(Number.isFinite), `a box of ${id} is ${x}, ${y}, ${width}, ${height}`);
          assert.ok(width >= 0 && height >= 0, `a box of ${id} has a size below 0`);
        }
      }
    }),
    check('images are there, or it is said why not', async () => {
      for (const { id, imagePath, missing } of await itemsOf((await format.open(path)).items())) {
        if (imagePath === null) assert.match(missing ?? '', /\w/, `${id} is missing without a reason`);
        else assert.ok(isAbsolute(imagePath) && (await stat(imagePath)).isFile(), `${imagePath} is an image`);
      }
    }),
    check('an empty folder cannot be opened, and the error names it', () =>
      inFolder(async (empty) => {
        await refused(format, empty, empty);
      }),
    ),
  ];
  if (malformed === undefined) return checks;
  return [
    ...checks,
    check('a damaged file is an error that names it', () => refused(format, malformed.path, malformed.file)),
  ];
}

async function itemsOf(items: AsyncIterable<DatasetItem>): Promise<DatasetItem[]> {
  const all: DatasetItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A mistake ends the reading, or is an item's own. */
async function refused(format: DatasetFormat, path: string, named: string): Promise<void> {
  const reading = async (): Promise<void> => {
    const items = await itemsOf((await format.open(path)).items());
    const own = items.find(({ malformed }) => malformed !== undefined)?.malformed;
    if (own !== undefined) throw new DatumError('dataset', own);
  };
  await assert.rejects(reading, (error: unknown) => {
    assert.ok(error instanceof DatumError, `a DatumError, not ${String(error)}`);
    assert.ok(error.message.includes(named), `the sentence names ${named}: ${error.message}`);
    return true;
  });
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'datum-check-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

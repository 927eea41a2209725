import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { DatumError } from '../../errors.js';
import { setFlags } from '../attributes.js';
import { CategoryList } from '../categories.js';
import { parseCsv } from '../csv.js';
import { findImageByStem, readImageSize } from '../image-files.js';
import { itemIdOfStem, UniqueIds } from '../item-id.js';
import { malformed } from '../malformed.js';
import { compareNames, Probe } from '../probe.js';
import { RecordIndex } from '../record-index.js';
import { readText, unreadable } from '../text.js';
import {
  DEFAULT_SUBSET,
  type Dataset,
  type DatasetItem,
  type ImageSize,
  type TrueBox,
  type TrueLabel,
} from '../types.js';
import { readRuns } from './rows.js';
import { findTables, type Table } from './tables.js';

/**
 * Opens Open Images V4 to V7 as CSV (https://storage.googleapis.com/openimages/web/download_v7.html): tables in
 * `annotations/`, images in `images/<subset>/`. Each table is read once to note where the rows of every image lie; the
 * rows are read again when its turn comes. Boxes are relative there, so the size is read from the image; without the
 * image there are no boxes.
 */
export async function openOpenImages(path: string): Promise<Dataset> {
  const probe = await Probe.of(basename(path) === 'annotations' ? dirname(path) : path);
  const root = probe.folder;
  const tables = await findTables(probe);
  const index = await indexTables(tables, path);
  return {
    format: 'open_images',
    root,
    categories: index.categories.names,
    subsets: [...new Set(index.images.map(({ subset }) => subset))],
    count: index.images.length,
    notes: [],
    items: () => readItems(root, index),
  };
}

interface ListedImage {
  readonly imageId: string;
  readonly subset: string;
}

interface TablesIndex {
  readonly tables: readonly Table[];
  readonly images: readonly ListedImage[];
  /** Runs of rows by image; `file` is the table's position. */
  readonly rows: RecordIndex;
  readonly categories: CategoryList;
  /** Label index by Open Images' own name, such as `/m/01yrx`. */
  readonly labelOf: ReadonlyMap<string, number>;
}

async function indexTables(tables: readonly Table[], path: string): Promise<TablesIndex> {
  if (!tables.some(({ kind }) => kind !== 'classes')) {
    throw new DatumError(
      'dataset',
      `${path}: there are no tables of Open Images; give the folder that holds annotations/ and images/.`,
    );
  }
  const numbers = new Map<string, number>();
  const images: ListedImage[] = [];
  const rows = new RecordIndex();
  const used = new Set<string>();
  const numberOf = (imageId: string, subset: string): number => {
    const number = numbers.get(imageId) ?? images.length;
    if (number === images.length) {
      numbers.set(imageId, number);
      images.push({ imageId, subset });
    }
    return number;
  };
  for (const table of tables) if (table.kind === 'images') await listImages(table, numberOf);
  for (const [file, table] of tables.entries()) {
    if (table.kind !== 'boxes' && table.kind !== 'labels') continue;
    for await (const run of readRuns(table.path, table.columns)) {
      rows.add(numberOf(run.imageId, table.subset), { file, offset: run.offset, length: run.length });
      for (const label of run.labels) used.add(label);
    }
  }
  return { tables, images, rows, ...(await readClasses(tables, used)) };
}

async function listImages(table: Table, add: (imageId: string, subset: string) => number): Promise<void> {
  const subsetColumn = table.columns.indexOf('Subset');
  if (subsetColumn === -1) {
    for await (const { imageId } of readRuns(table.path, table.columns)) add(imageId, table.subset);
    return;
  }
  // `Subset` stands where other tables have the label.
  const columns = table.columns.map((name) => (name === 'Subset' ? 'LabelName' : name));
  for await (const { imageId, labels } of readRuns(table.path, columns)) add(imageId, labels[0] ?? DEFAULT_SUBSET);
}

/**
 * The classes in use, in the order of the class table, by their display names; a name that stands for two classes gets
 * the class's own name behind, and a class without a display name goes by its own.
 */
async function readClasses(
  tables: readonly Table[],
  used: ReadonlySet<string>,
): Promise<Pick<TablesIndex, 'categories' | 'labelOf'>> {
  const display = new Map<string, string>();
  for (const { kind, path } of tables) {
    if (kind !== 'classes') continue;
    for (const [name, shown] of parseCsv(await readText(path), path)) {
      if (name?.startsWith('/') === true && shown !== undefined && shown !== '' && !display.has(name))
        display.set(name, shown);
    }
  }
  const ordered = [...display.keys()].filter((name) => used.has(name));
  ordered.push(...[...used].filter((name) => !display.has(name)).sort(compareNames));
  const categories = new CategoryList();
  const labelOf = new Map<string, number>();
  for (const name of ordered) {
    const shown = display.get(name) ?? name;
    labelOf.set(name, categories.add(categories.find(shown) === null ? shown : `${shown} (${name})`));
  }
  return { categories, labelOf };
}

async function* readItems(root: string, index: TablesIndex): AsyncGenerator<DatasetItem> {
  const ids = new UniqueIds();
  const handles = new Map<number, FileHandle>();
  try {
    for (const number of index.images.keys()) yield await readItem(root, index, number, handles, ids);
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
}

async function readItem(
  root: string,
  index: TablesIndex,
  number: number,
  handles: Map<number, FileHandle>,
  ids: UniqueIds,
): Promise<DatasetItem> {
  const { imageId, subset } = index.images[number]!;
  const folders = [join(root, 'images', subset), join(root, subset), join(root, 'images'), root];
  const { imagePath, missing } = await findImageByStem(folders, imageId);
  const labels: TrueLabel[] = [];
  const boxes: TrueBox[] = [];
  let size: ImageSize | null = null;
  let annotated = false;
  for (const { file, offset, length } of index.rows.of(number)) {
    annotated = true;
    const table = index.tables[file]!;
    const text = await readPart(table.path, file, offset, length, handles);
    for (const row of parseCsv(text, table.path, { byte: offset })) {
      const cell = new Row(table, row, offset);
      const label = index.labelOf.get(cell.text('LabelName'))!;
      if (table.kind === 'labels') {
        // A confidence of 0 says that someone looked and the class is not there.
        const score = cell.number('Confidence');
        if (score > 0) labels.push({ label, attributes: score === 1 ? {} : { score } });
      } else if (imagePath !== null) {
        size ??= await readImageSize(imagePath);
        boxes.push(readBox(cell, label, size));
      }
    }
  }
  return {
    id: ids.claim(itemIdOfStem(imageId), subset),
    subset,
    imagePath,
    missing,
    size,
    annotated,
    labels,
    boxes,
    attributes: {},
  };
}

/** A row with its columns' names. */
class Row {
  readonly #table: Table;
  readonly #cells: readonly string[];
  readonly #byte: number;

  constructor(table: Table, cells: readonly string[], byte: number) {
    this.#table = table;
    this.#cells = cells;
    this.#byte = byte;
  }

  text(column: string): string {
    return this.#cells[this.#table.columns.indexOf(column)] ?? '';
  }

  /** @throws DatumError (`dataset`) when the cell is not a number. */
  number(column: string): number {
    const text = this.text(column);
    const value = Number(text);
    if (text !== '' && Number.isFinite(value)) return value;
    throw malformed(
      this.#table.path,
      { byte: this.#byte },
      `${column} is '${text}' in the row '${this.#cells.join(',')}', not a number`,
    );
  }

  /** 1 is yes, 0 no, -1 not known. */
  flag(column: string): boolean {
    return this.text(column) === '1';
  }
}

function readBox(row: Row, label: number, { width, height }: ImageSize): TrueBox {
  const [left, right, top, bottom] = [row.number('XMin'), row.number('XMax'), row.number('YMin'), row.number('YMax')];
  const score = row.text('Confidence') === '' ? 1 : row.number('Confidence');
  return {
    x: left * width,
    y: top * height,
    w: (right - left) * width,
    h: (bottom - top) * height,
    label,
    attributes: {
      ...(score === 1 ? {} : { score }),
      ...setFlags({
        occluded: row.flag('IsOccluded'),
        truncated: row.flag('IsTruncated'),
        crowd: row.flag('IsGroupOf'),
        depiction: row.flag('IsDepiction'),
        inside: row.flag('IsInside'),
      }),
    },
    segmentation: null,
  };
}

async function readPart(
  path: string,
  file: number,
  offset: number,
  length: number,
  handles: Map<number, FileHandle>,
): Promise<string> {
  let handle = handles.get(file);
  if (handle === undefined) {
    handle = await open(path, 'r').catch((error: unknown) => {
      throw unreadable(path, error);
    });
    handles.set(file, handle);
  }
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  return buffer.toString('utf8', 0, bytesRead);
}

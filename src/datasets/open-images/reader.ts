import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { openToRead } from '../../files.js';
import { parseCsv } from '../csv.js';
import { findImageByStem, measureImage } from '../image-files.js';
import { ImageFolders } from '../image-folders.js';
import { itemIdOfStem, UniqueIds } from '../item-id.js';
import { PassedOver } from '../passed-over.js';
import { Probe } from '../probe.js';
import { isAnnotationFolder } from '../subset-names.js';
import type { Location } from '../record-index.js';
import { unreadable } from '../text.js';
import { joinTwice } from '../twice.js';
import type { Dataset, DatasetItem, TrueLabel } from '../types.js';
import { readBox, Row } from './row.js';
import { indexTables, type TablesIndex } from './table-index.js';
import { findTables } from './tables.js';

/**
 * Opens Open Images V4 to V7 as CSV (https://storage.googleapis.com/openimages/web/download_v7.html): tables in
 * `annotations/`, images in `images/<subset>/`. Each table is read once to note where the rows of every image lie; the
 * rows are read again when its turn comes. Boxes are relative there, so the size is read from the image; without the
 * image there are no boxes.
 */
export async function openOpenImages(path: string): Promise<Dataset> {
  const probe = await Probe.of(isAnnotationFolder(basename(path)) ? dirname(path) : path);
  const root = probe.folder;
  const tables = await findTables(probe);
  const index = await indexTables(tables, path);
  const items = (): AsyncGenerator<DatasetItem> => readItems(root, index, new ImageFolders(root));
  return {
    format: 'open_images',
    root,
    labelNames: index.labelList.names,
    subsets: [...new Set(index.images.map(({ subset }) => subset))],
    count: index.isRepeated ? null : index.images.length,
    notes: tables
      .filter(({ kind }) => kind === 'other')
      .map((table) => `${table.path}: this table is not read: only boxes and labels of whole images are.`),
    items: index.isRepeated ? joinTwice(items) : items,
  };
}

async function* readItems(root: string, index: TablesIndex, imageFolders: ImageFolders): AsyncGenerator<DatasetItem> {
  const ids = new UniqueIds();
  const handles = new Map<number, FileHandle>();
  try {
    for (const number of index.images.keys()) {
      const { subset } = index.images[number]!;
      yield await readItem(await imageFolders.of(root, subset), index, number, handles, ids);
    }
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
}

async function readItem(
  folders: readonly string[],
  index: TablesIndex,
  number: number,
  handles: Map<number, FileHandle>,
  ids: UniqueIds,
): Promise<DatasetItem> {
  const { imageId, subset } = index.images[number]!;
  const labels: TrueLabel[] = [];
  const boxRows: Row[] = [];
  const passed = new PassedOver();
  let annotated = false;
  for (const location of index.rows.of(number)) {
    annotated = true;
    for (const row of await readRows(index, location, handles)) {
      if (row.table.kind === 'boxes') {
        boxRows.push(row);
        continue;
      }
      // A confidence of 0 says that someone looked and the class is not there.
      const score = row.number('Confidence');
      if (score === 0) passed.add('labels that say that a class is not there');
      else labels.push({ label: labelOf(index, row), attributes: score === 1 ? {} : { score } });
    }
  }
  const found = await findImageByStem(folders, imageId);
  const image = boxRows.length === 0 ? { ...found, size: null } : await measureImage(found);
  const { size } = image;
  return {
    id: ids.claim(itemIdOfStem(imageId), subset),
    subset,
    ...image,
    annotated,
    labels,
    boxes: size === null ? [] : boxRows.map((row) => readBox(row, labelOf(index, row), size)),
    attributes: {},
    ...passed.ofItem,
  };
}

/** The index has a label for every name in the tables. */
const labelOf = (index: TablesIndex, row: Row): number => index.labelOf.get(row.text('LabelName'))!;

async function readRows(
  index: TablesIndex,
  { file, offset, length }: Location,
  handles: Map<number, FileHandle>,
): Promise<Row[]> {
  const table = index.tables[file]!;
  let handle = handles.get(file);
  if (handle === undefined) {
    handle = await openToRead(table.path).catch((error: unknown) => {
      throw unreadable(table.path, error);
    });
    handles.set(file, handle);
  }
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  const text = buffer.toString('utf8', 0, bytesRead);
  return parseCsv(text, table.path, { byte: offset }).map((cells) => new Row(table, cells, offset));
}

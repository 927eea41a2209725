import { DatumError } from '../../errors.js';
import { LabelList } from '../label-list.js';
import { parseCsv } from '../csv.js';
import { RecordIndex } from '../record-index.js';
import { readText } from '../text.js';
import { DEFAULT_SUBSET } from '../types.js';
import { compareNames } from '../walk.js';
import { readRuns } from '../csv-rows.js';
import type { Table } from './tables.js';

/** An image that a table lists or has rows of. */
export interface ListedImage {
  readonly imageId: string;
  readonly subset: string;
}

/** Where the rows of every image lie, and the classes that they name. */
export interface TablesIndex {
  readonly tables: readonly Table[];
  readonly images: readonly ListedImage[];
  /** Runs of rows by image; `file` is the table's position. */
  readonly rows: RecordIndex;
  /** Whether tables of several subsets have the id of an image. */
  readonly isRepeated: boolean;
  readonly labelList: LabelList;
  /** Label index by Open Images' own name, such as `/m/01yrx`. */
  readonly labelOf: ReadonlyMap<string, number>;
}

/**
 * Reads every table once.
 *
 * @param path of the dataset, for messages.
 * @throws DatumError (`dataset`) when there is no table of images, labels or boxes, or a row is malformed.
 */
export async function indexTables(tables: readonly Table[], path: string): Promise<TablesIndex> {
  if (!tables.some(({ kind }) => kind !== 'classes' && kind !== 'other')) {
    throw new DatumError(
      'dataset',
      `${path}: there are no tables of Open Images; give the folder that holds annotations/ and images/.`,
      { file: path },
    );
  }
  const numbers = new Map<string, Map<string, number>>();
  const images: ListedImage[] = [];
  const rows = new RecordIndex();
  let isRepeated = false;
  const used = new Set<string>();
  const numberOf = (imageId: string, subset: string): number => {
    const own = numbers.get(imageId) ?? new Map<string, number>();
    // A table that names no subset speaks of the one that another does.
    const [only] = own.values();
    const number =
      own.get(subset) ?? own.get(DEFAULT_SUBSET) ?? (subset === DEFAULT_SUBSET ? only : undefined) ?? images.length;
    if (number === images.length) {
      own.set(subset, number);
      numbers.set(imageId, own);
      images.push({ imageId, subset });
      if (own.size > 1) isRepeated = true;
    }
    return number;
  };
  for (const table of tables) if (table.kind === 'images') await listImages(table, numberOf);
  for (const [file, table] of tables.entries()) {
    if (table.kind !== 'boxes' && table.kind !== 'labels') continue;
    for await (const run of readRuns(table.path, columnsOf(table))) {
      rows.add(numberOf(run.imageId, table.subset), { file, offset: run.offset, length: run.length });
      for (const label of run.labels) used.add(label);
    }
  }
  return { tables, images, rows, isRepeated, ...(await readClasses(tables, used)) };
}

const columnsOf = ({ columns }: Table) => ({ columns, image: 'ImageID', label: 'LabelName' });

async function listImages(table: Table, add: (imageId: string, subset: string) => number): Promise<void> {
  const subsetColumn = table.columns.indexOf('Subset');
  if (subsetColumn === -1) {
    for await (const { imageId } of readRuns(table.path, columnsOf(table))) add(imageId, table.subset);
    return;
  }
  for await (const { imageId, labels } of readRuns(table.path, { ...columnsOf(table), label: 'Subset' }))
    add(imageId, labels[0] ?? DEFAULT_SUBSET);
}

/**
 * The classes in use, in the order of the class table, by their display names; a name that stands for two classes gets
 * the class's own name behind, and a class without a display name goes by its own.
 */
async function readClasses(
  tables: readonly Table[],
  used: ReadonlySet<string>,
): Promise<Pick<TablesIndex, 'labelList' | 'labelOf'>> {
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
  const labelList = new LabelList();
  const labelOf = new Map<string, number>();
  for (const name of ordered) {
    const shown = display.get(name) ?? name;
    labelOf.set(name, labelList.add(labelList.find(shown) === null ? shown : `${shown} (${name})`));
  }
  return { labelList, labelOf };
}

import { join } from 'node:path';

import { parseCsv } from '../csv.js';
import { Probe } from '../probe.js';
import { isAnnotationFolder, isSubsetFolder, subsetOfName } from '../subset-names.js';

/** What a CSV file of Open Images holds, told by its columns, since the names changed between versions; `other`: masks, relations, points. */
export type TableKind = 'classes' | 'images' | 'labels' | 'boxes' | 'other';

export interface Table {
  readonly kind: TableKind;
  readonly path: string;
  /** Names of the columns; of `classes`, which often has no header, these are the first row. */
  readonly columns: readonly string[];
  /** `train`, `validation`, `test`, from the file's name. */
  readonly subset: string;
}

/**
 * The tables in `annotations/`, `labels/` and `metadata/` (as FiftyOne lays them), in the folder itself, or in such folders
 * of each subset.
 */
export async function findTables(probe: Probe): Promise<Table[]> {
  const { folders } = await probe.list();
  const own = await tablesIn(probe, ['', ...folders.filter(isAnnotationFolder)], null);
  if (own.some(({ kind }) => kind !== 'classes' && kind !== 'other')) return own;
  const tables = [...own];
  for (const subset of folders.filter(isSubsetFolder)) {
    const inner = (await probe.list(subset)).folders.filter(isAnnotationFolder);
    tables.push(...(await tablesIn(probe, [subset, ...inner.map((name) => `${subset}/${name}`)], subset)));
  }
  return tables;
}

async function tablesIn(probe: Probe, folders: readonly string[], subset: string | null): Promise<Table[]> {
  const tables: Table[] = [];
  for (const folder of folders) {
    for (const name of (await probe.list(folder)).files) {
      if (!name.toLowerCase().endsWith('.csv')) continue;
      const relative = folder === '' ? name : `${folder}/${name}`;
      const columns = headerOf(await probe.head(relative));
      const kind = kindOf(columns);
      if (kind !== null) {
        tables.push({ kind, path: join(probe.folder, relative), columns, subset: subset ?? subsetOfName(name) });
      }
    }
  }
  return tables;
}

function headerOf(head: string): readonly string[] {
  const end = head.indexOf('\n');
  try {
    return parseCsv(end === -1 ? head : head.slice(0, end), '')[0] ?? [];
  } catch {
    return [];
  }
}

function kindOf(columns: readonly string[]): TableKind | null {
  const has = (...names: string[]): boolean => names.every((name) => columns.includes(name));
  if (has('ImageID', 'LabelName', 'XMin', 'XMax', 'YMin', 'YMax')) return 'boxes';
  // Tables of masks and relations have these columns among others.
  if (has('ImageID', 'LabelName', 'Confidence') && !has('MaskPath')) return 'labels';
  if (has('ImageID') && !has('LabelName') && (has('Subset') || has('OriginalURL'))) return 'images';
  if (has('ImageID') || has('ImageId')) return 'other';
  const isClassRow = columns.length === 2 && /^\/[a-z]\/\w+$/.test(columns[0] ?? '');
  return has('LabelName', 'DisplayName') || isClassRow ? 'classes' : null;
}

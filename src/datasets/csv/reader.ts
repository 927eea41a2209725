import { listedDataset, listedImage, noFiles, type ListedImage, type ListedObject } from '../listed/dataset.js';
import { findAnnotationFiles, type AnnotationFile } from '../listed/files.js';
import { firstLine, openTable, type TableRow } from '../listed/table.js';
import { malformed } from '../malformed.js';
import { sizeOf } from '../size.js';
import type { Dataset, ImageSize } from '../types.js';
import { boxColumns, recogniseCsv, type BoxColumns } from './columns.js';

/**
 * Opens CSV files with a box a row, told by their columns: an image, a class, and the corners of the box in pixels, or
 * its left top corner and size. An image that no row names is not annotated: such files don't tell it from one with
 * nothing on it.
 */
export async function openCsv(path: string): Promise<Dataset> {
  const found = await findAnnotationFiles(path, /\.(csv|tsv)$/i, recogniseCsv);
  if (found.files.length === 0) throw noFiles(path, 'CSV file with columns of an image, a class and a box');
  return listedDataset({ format: 'csv', ...found, read });
}

async function* read({ path }: AnnotationFile): AsyncGenerator<ListedImage> {
  const columns = boxColumns(await firstLine(path));
  if (columns === null) throw malformed(path, { line: 1 }, 'its columns are not those of an image, a class and a box');
  // A row without a class, and without a box, names an image with nothing on it.
  for await (const { image, rows } of openTable(path, { ...columns, label: '' })) {
    yield listedImage([image], () => ({
      size: imageSize(path, columns, rows),
      objects: rows.flatMap((row) => readRow(path, columns, row)),
    }));
  }
}

const cell = ({ columns }: BoxColumns, { cells }: TableRow, name: string): string => cells[columns.indexOf(name)] ?? '';

function numberIn(path: string, columns: BoxColumns, row: TableRow, name: string): number {
  const text = cell(columns, row, name);
  // A decimal comma goes with other signs between cells.
  const value = Number(columns.delimiter === ',' ? text : text.replace(',', '.'));
  if (text !== '' && Number.isFinite(value)) return value;
  throw malformed(path, { byte: row.byte }, `${name} is '${text}' in the row '${row.cells.join(',')}', not a number`);
}

function imageSize(path: string, columns: BoxColumns, rows: readonly TableRow[]): ImageSize | null {
  const [row] = rows;
  if (columns.size === null || row === undefined || columns.size.some((name) => cell(columns, row, name) === ''))
    return null;
  const [width, height] = columns.size.map((name) => numberIn(path, columns, row, name));
  return sizeOf(width, height);
}

function readRow(path: string, columns: BoxColumns, row: TableRow): ListedObject[] {
  const label = cell(columns, row, columns.label);
  if (label === '' && columns.box.every((name) => cell(columns, row, name) === '')) return [];
  const fail = (problem: string, remedy?: string): Error =>
    malformed(path, { byte: row.byte }, `${problem} in the row '${row.cells.join(',')}'`, remedy);
  if (label === '') throw fail(`there is no ${columns.label}`);
  const at = (name: string): number => numberIn(path, columns, row, name);
  const [first, second, last, end] = columns.box;
  const [left, top, third, fourth] = [at(first), at(second), at(last), at(end)];
  const [width, height] = columns.isCorners ? [third - left, fourth - top] : [third, fourth];
  const numbers = [left, top, third, fourth];
  // Whole numbers are pixels, and a box without area is none at all.
  const isShare = numbers.every((one) => Math.abs(one) <= 1) && !numbers.every(Number.isInteger);
  if (isShare && width > 0 && height > 0) {
    throw fail('the box is in shares of the image', 'multiply by its width and height: CSV files have pixels');
  }
  return [{ label, box: { x: left, y: top, width, height } }];
}

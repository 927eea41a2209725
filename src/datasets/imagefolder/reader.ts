import { z } from 'zod';

import { toAttributes } from '../attributes.js';
import { parseCsv } from '../csv.js';
import { checked } from '../json/parse.js';
import { listedDataset, listedImage, noFiles, type ListedImage, type ListedObject } from '../listed/dataset.js';
import { findAnnotationFiles, type AnnotationFile } from '../listed/files.js';
import { firstLine, openTable } from '../listed/table.js';
import { malformed } from '../malformed.js';
import { readLines } from '../text.js';
import type { Dataset } from '../types.js';

const name = z.union([z.string(), z.number().int()]);
const names = z.union([name, z.array(name)]);

const entry = z.record(z.string(), z.unknown());

const objects = z.object({
  bbox: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()], { error: 'a box is four numbers' })),
});

/** Names of the member with the classes of boxes, and of that with the class of the image. */
const CLASSES = ['categories', 'category', 'labels', 'label', 'classes', 'class', 'category_id'];
const LABELS = ['label', 'labels', 'class', 'category'];

/** Columns that say something of the image itself. */
const ABOUT = /^(image_?)?(id|width|height|license|url|source|split)$/i;

/**
 * Opens an image folder of Hugging Face Datasets (https://huggingface.co/docs/datasets/image_dataset):
 * `metadata.jsonl` or `metadata.csv` beside the images, with `file_name`, and `objects: {bbox, categories}` or a label.
 * Nothing says how boxes are written; they are taken as x, y, width, height, as that documentation has them.
 */
export async function openImagefolder(path: string): Promise<Dataset> {
  const found = await findAnnotationFiles(path, /(^|\/)metadata\.(jsonl|csv)$/i, recogniseMetadata);
  if (found.files.length === 0) throw noFiles(path, "metadata.jsonl or metadata.csv with 'file_name'");
  const guess = `${path}: boxes are taken as x, y, width, height in pixels, as Hugging Face documents them; the files don't say.`;
  let boxes = 0;
  const columns = new Set<string>();
  for (const file of found.files) {
    for await (const image of read(file, columns)) boxes += image.objects.length;
  }
  const notes = boxes > 0 ? [guess] : [];
  if (columns.size > 0) {
    notes.push(
      `${path}: no annotations are read of the columns ${[...columns].slice(0, 8).join(', ')}${columns.size > 8 ? ` and ${columns.size - 8} more` : ''}: only 'objects' and 'label' hold these.`,
    );
  }
  return listedDataset({ format: 'imagefolder', ...found, read, notes });
}

/** What a file's start shows, in words; null when it is something else. */
export function recogniseMetadata(head: string): string | null {
  const [first = ''] = head.split(/\r?\n/, 1);
  return /^\uFEFF?\s*\{.*"file_name"\s*:/.test(first) || /^\uFEFF?(.*,)?\s*"?file_name"?\s*(,|$)/.test(first)
    ? 'names images and what is known of them'
    : null;
}

/** @param columns is given the names of those of which nothing is read */
function read(file: AnnotationFile, columns?: Set<string>): AsyncGenerator<ListedImage> {
  return /\.csv$/i.test(file.path) ? readTable(file, columns) : readJsonLines(file, columns);
}

async function* readJsonLines({ path }: AnnotationFile, left?: Set<string>): AsyncGenerator<ListedImage> {
  for await (const { text, number } of readLines(path))
    yield readImage(parsed(path, text, number), path, `line ${number}`, left);
}

function parsed(path: string, text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(
      path,
      { line },
      `this is not valid JSON (${error instanceof Error ? error.message : ''})`,
      undefined,
      error,
    );
  }
}

async function* readTable({ path }: AnnotationFile, left?: Set<string>): AsyncGenerator<ListedImage> {
  const columns = parseCsv(await firstLine(path), path)[0] ?? [];
  for await (const { rows } of openTable(path, { columns, image: 'file_name', label: '' })) {
    for (const { cells, byte } of rows) {
      const value = Object.fromEntries(columns.map((column, i) => [column, valueOf(cells[i] ?? '')]));
      yield readImage(value, path, `byte ${byte}`, left);
    }
  }
}

/** A cell: a list or an object where it is one in JSON, else its text. */
function valueOf(cell: string): unknown {
  if (!/^[[{]/.test(cell)) return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

function readImage(value: unknown, path: string, at: string, left?: Set<string>): ListedImage {
  const members = checked(entry, value, path, at);
  const { file_name: fileName, objects: own, ...rest } = members;
  if (typeof fileName !== 'string' || fileName === '') throw malformed(path, { at }, 'there is no file_name');
  return listedImage([fileName], () => {
    const key = LABELS.find((one) => rest[one] !== undefined && rest[one] !== null && rest[one] !== '');
    for (const name of Object.keys(rest)) if (name !== key && !ABOUT.test(name)) left?.add(name);
    const labels = key === undefined ? [] : [checked(names, rest[key], path, `${at}, ${key}`)].flat().map(String);
    const read = own === undefined || own === null ? [] : readBoxes(own, path, `${at}, objects`);
    return {
      annotated: key !== undefined || (own !== undefined && own !== null),
      labels: labels.map((label) => ({ label })),
      objects: read,
      attributes: toAttributes(Object.fromEntries(Object.entries(rest).filter(([one]) => one !== key))),
    };
  });
}

/** One object as a table of a row. */
function asColumns(own: unknown, path: string, at: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(checked(entry, own, path, at)).map(([key, value]) => [key, [value]]));
}

function readBoxes(own: unknown, path: string, at: string): ListedObject[] {
  // Rows of objects, where the documentation has columns.
  if (Array.isArray(own)) return own.flatMap((one, i) => readBoxes(asColumns(one, path, `${at}[${i}]`), path, at));
  const { bbox } = checked(objects, own, path, at);
  const members = new Map(Object.entries(checked(entry, own, path, at)));
  const key = CLASSES.find((one) => members.has(one));
  if (key === undefined)
    throw malformed(path, { at }, `there are no classes of the boxes (${CLASSES.slice(0, 4).join(', ')})`);
  const classes = checked(z.array(name), members.get(key), path, `${at}, ${key}`);
  if (classes.length !== bbox.length) {
    throw malformed(path, { at }, `there are ${bbox.length} boxes and ${classes.length} ${key}`);
  }
  return bbox.map(([x, y, width, height], i) => ({ label: String(classes[i]), box: { x, y, width, height } }));
}

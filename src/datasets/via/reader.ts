import { z } from 'zod';

import { toAttributes } from '../attributes.js';
import { parseCsv } from '../csv.js';
import { checked } from '../json/parse.js';
import { parseJson } from '../json/splitter.js';
import { streamJson } from '../json/stream.js';
import {
  listedDataset,
  listedImage,
  noFiles,
  type ListedImage,
  type ListedObject,
  type Unread,
} from '../listed/dataset.js';
import { findAnnotationFiles, type AnnotationFile } from '../listed/files.js';
import { firstLine, openTable } from '../listed/table.js';
import type { Dataset } from '../types.js';
import { readRegion, region, type Region } from './region.js';

const entry = z.object({ filename: z.string().min(1), file_attributes: z.unknown().optional() });

const content = z.object({
  // A list in version 2, an object with numbers for names in version 1.
  regions: z.union([z.array(region), z.record(z.string(), region).transform((all) => Object.values(all))]),
});

const CSV_COLUMNS = ['filename', 'region_shape_attributes', 'region_attributes'];

/**
 * Opens the JSON and CSV of the VGG Image Annotator, versions 1 and 2
 * (https://www.robots.ox.ac.uk/~vgg/software/via/): its exports, and its project files.
 */
export async function openVia(path: string): Promise<Dataset> {
  const found = await findAnnotationFiles(path, /\.(json|csv)$/i, recogniseVia);
  if (found.files.length === 0) throw noFiles(path, 'JSON or CSV file of the VGG Image Annotator');
  return listedDataset({ format: 'via', ...found, read });
}

/** What a file's start shows of VIA, in words; null when it is something else. */
export function recogniseVia(head: string): string | null {
  if (/^\uFEFF?\s*\{/.test(head)) {
    const isProject = /"_via_img_metadata"\s*:/.test(head);
    const isExport = /"filename"\s*:/.test(head) && /"regions"\s*:/.test(head) && /"file_attributes"\s*:/.test(head);
    return isProject || isExport ? "has VIA's regions" : null;
  }
  const [first = ''] = head.split('\n', 1);
  return CSV_COLUMNS.every((name) => first.includes(name)) ? "has VIA's columns" : null;
}

function read(file: AnnotationFile): AsyncGenerator<ListedImage> {
  return /\.csv$/i.test(file.path) ? readTable(file) : readObject(file);
}

async function* readObject({ path }: AnnotationFile): AsyncGenerator<ListedImage> {
  for await (const records of streamJson(path, { elements: [], values: [], all: true })) {
    for (const { key, value } of records) {
      // A project has the images one level further in, beside its settings.
      if (key === '_via_img_metadata' && typeof value === 'object' && value !== null) {
        for (const [name, one] of Object.entries(value)) yield readImage(path, `${key}["${name}"]`, one);
      } else if (!key.startsWith('_via_')) {
        yield readImage(path, `["${key}"]`, value);
      }
    }
  }
}

function readImage(path: string, at: string, value: unknown): ListedImage {
  const { filename, file_attributes: attributes } = checked(entry, value, path, at);
  return listedImage([filename], (unread) => {
    const { regions } = checked(content, value, path, at);
    return {
      attributes: toAttributes(attributes),
      objects: objectsOf(regions, (i) => ({ path, at: `${at}.regions[${i}]` }), unread),
    };
  });
}

async function* readTable({ path }: AnnotationFile): AsyncGenerator<ListedImage> {
  const columns = parseCsv(await firstLine(path), path)[0] ?? [];
  const shapes = columns.indexOf('region_shape_attributes');
  const attributes = columns.indexOf('region_attributes');
  for await (const { image, rows } of openTable(path, { columns, image: 'filename', label: '' })) {
    yield listedImage([image], (unread) => ({
      // An image without regions has one row with an empty shape.
      objects: rows.flatMap(({ cells, byte }) => {
        const text = cells[shapes] ?? '';
        if (text === '' || text === '{}') return [];
        const value = {
          shape_attributes: parseJson(path, Buffer.from(text), byte),
          region_attributes: parseJson(path, Buffer.from(cells[attributes] || '{}'), byte),
        };
        return objectsOf([checked(region, value, path, `byte ${byte}`)], () => ({ path, at: `byte ${byte}` }), unread);
      }),
    }));
  }
}

function objectsOf(
  regions: readonly Region[],
  placeOf: (index: number) => { path: string; at: string },
  unread: Unread,
): ListedObject[] {
  return regions.flatMap((one, i) => {
    const { box, isUnnamed, ...object } = readRegion(one, placeOf(i));
    if (box === null) unread.add('points and lines', isUnnamed ? null : object.label);
    else if (isUnnamed) unread.add('the class of regions that name none, called "object"');
    return box === null ? [] : [{ ...object, box }];
  });
}

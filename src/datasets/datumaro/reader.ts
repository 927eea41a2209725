import { basename, dirname } from 'node:path';

import { DatumError } from '../../errors.js';
import { toAttributes } from '../attributes.js';
import { findImage, findImageByStem } from '../image-files.js';
import { ImageFolders } from '../image-folders.js';
import { itemIdOfStem, UniqueIds, withoutExtension } from '../item-id.js';
import { checked } from '../json/parse.js';
import { glanceAtJson, streamJson } from '../json/stream.js';
import { findAnnotationFiles } from '../listed/files.js';
import { malformed, readAnnotations } from '../malformed.js';
import { sizeOf } from '../size.js';
import { joinTwice } from '../twice.js';
import type { Dataset, DatasetItem } from '../types.js';
import { readObjects } from './objects.js';
import { datumaroCategories, datumaroItem, type DatumaroItem } from './schema.js';

interface SubsetFile {
  readonly subset: string;
  readonly path: string;
}

/**
 * Opens Datumaro's own JSON: `annotations/<subset>.json` and `images/<subset>/`. Items stand in the file with their
 * annotations, so they are given while the file is read, one in memory at a time.
 */
export async function openDatumaro(path: string): Promise<Dataset> {
  const found = await findAnnotationFiles(path, /\.json$/i, recogniseDatumaro);
  const { root } = found;
  // A file is named for its subset.
  const files = found.files.map((file) => ({ path: file.path, subset: withoutExtension(basename(file.path)) }));
  if (files.length === 0) {
    throw new DatumError(
      'dataset',
      `${path}: no Datumaro JSON is there; give the folder above annotations/, or the .json file.`,
      { file: path },
    );
  }
  let known: readonly string[] | null = null;
  for (const file of files) {
    const own = await readCategories(file.path);
    if (known !== null && own.join('\n') !== known.join('\n')) {
      throw malformed(file.path, { at: 'categories' }, `the labels differ from those of ${files[0]!.path}`);
    }
    known = own;
  }
  const labelNames = known ?? [];
  return {
    format: 'datumaro',
    root,
    labelNames,
    subsets: files.map(({ subset }) => subset),
    count: null,
    notes: [],
    items: joinTwice(async function* () {
      const ids = new UniqueIds();
      for (const file of files) yield* readFileItems(root, file, labelNames, ids);
    }),
  };
}

/** What a file's start shows of Datumaro's format, in words; null when it is something else. */
export function recogniseDatumaro(head: string): string | null {
  if (!/^\uFEFF?\s*\{/.test(head)) return null;
  const glance = glanceAtJson(head, ['items']);
  if (glance === null) return null;
  if (glance.members.has('dm_format_version')) return 'has dm_format_version';
  const isOwn =
    glance.members.get('categories') === 'object' && (glance.members.has('items') || glance.members.has('infos'));
  return isOwn ? "has Datumaro's infos, categories and items" : null;
}

async function readCategories(path: string): Promise<readonly string[]> {
  for await (const records of streamJson(path, { elements: [], values: ['categories'] })) {
    for (const { value } of records) {
      return (
        checked(datumaroCategories, value, path, 'categories').label?.labels.map(({ name }) => name.normalize('NFC')) ??
        []
      );
    }
  }
  throw malformed(path, null, 'there are no categories', 'add "categories": {"label": {"labels": [...]}}');
}

/** What an item is that is no image, in words. */
function otherMedia({ point_cloud: cloud, video, video_frame: frame }: DatumaroItem): string | null {
  if (frame !== undefined) return 'a frame of a video';
  if (video !== undefined) return 'a video';
  return cloud === undefined ? null : 'a point cloud';
}

async function* readFileItems(
  root: string,
  { subset, path }: SubsetFile,
  labelNames: readonly string[],
  ids: UniqueIds,
): AsyncGenerator<DatasetItem> {
  const folders = await new ImageFolders(root).of(dirname(path), subset);
  for await (const records of streamJson(path, { elements: ['items'], values: [] })) {
    for (const record of records) {
      const at = `items[${record.index ?? 0}]`;
      const item = checked(datumaroItem, record.value, path, at);
      const media = item.image ?? item.media;
      const other = otherMedia(item);
      // As this project writes it.
      const { annotated, ...attributes } = toAttributes(item.attr);
      const { imagePath, missing } =
        other !== null && !media
          ? { imagePath: null, missing: `the item is ${other}, which is not read` }
          : media?.path
            ? await findImage(folders, media.path)
            : await findImageByStem(folders, item.id);
      yield {
        id: ids.claim(itemIdOfStem(item.id), subset),
        subset,
        imagePath,
        missing,
        size: sizeOf(media?.size?.[1], media?.size?.[0]),
        annotated: annotated !== false,
        attributes,
        ...(await readAnnotations(() => readObjects(item.annotations ?? [], labelNames, { path, at }))),
      };
    }
  }
}

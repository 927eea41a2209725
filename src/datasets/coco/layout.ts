import { basename, dirname, join } from 'node:path';

import { glanceAtJson } from '../json/stream.js';
import { isFolder } from '../image-files.js';
import { withoutExtension } from '../item-id.js';
import { Probe } from '../probe.js';
import { DEFAULT_SUBSET } from '../types.js';

/** One subset: its annotation files and where its images may be. */
export interface CocoSubset {
  readonly name: string;
  /** Absolute; several where boxes and image labels are in files of their own. */
  readonly files: readonly string[];
  /** Absolute, best first. */
  readonly imageFolders: readonly string[];
}

export interface CocoLayout {
  readonly root: string;
  readonly subsets: readonly CocoSubset[];
}

/** Stems that name no subset. */
const PLAIN_STEMS = new Set([
  '',
  'instances',
  'labels',
  'annotations',
  '_annotations.coco',
  '_annotations',
  'coco',
  'result',
]);

/**
 * Finds the annotation files below a folder: `annotations/instances_*.json` and `labels_*.json` as COCO and Datumaro
 * name them, otherwise any COCO file in `annotations/`, in the folder, or in its sub-folders (which then are the
 * subsets, as Roboflow writes them).
 *
 * @param path absolute; a folder or one annotation file.
 */
export async function findLayout(path: string): Promise<CocoLayout> {
  const probe = await Probe.of(path);
  if (probe.file !== null) {
    const root = basename(probe.folder) === 'annotations' ? dirname(probe.folder) : probe.folder;
    return { root, subsets: await subsetsOf(root, [path]) };
  }
  if (basename(path) === 'annotations' && (await cocoFiles(probe, '')).length > 0) return findLayout(dirname(path));

  const inAnnotations = await cocoFiles(probe, 'annotations');
  const named = inAnnotations.filter((file) => /^(instances|labels)(_|\.)/.test(basename(file)));
  const files = named.length > 0 ? named : inAnnotations.length > 0 ? inAnnotations : await cocoFiles(probe, '');
  if (files.length > 0) return { root: path, subsets: await subsetsOf(path, files) };

  const subsets: CocoSubset[] = [];
  for (const folder of (await probe.list()).folders) {
    const inside = await cocoFiles(probe, folder);
    if (inside.length > 0)
      subsets.push({ name: folder, files: inside, imageFolders: await imageFolders(path, folder, inside) });
  }
  return { root: path, subsets };
}

/** What a file's start shows of COCO, in words; null when it is something else. */
export function recogniseCoco(head: string): string | null {
  if (!/^\uFEFF?\s*\{/.test(head)) return null;
  const glance = glanceAtJson(head, ['images', 'annotations', 'categories']);
  if (glance === null) return null;
  const has = (array: string, member: string): boolean => {
    const first = glance.first.get(array);
    return typeof first === 'object' && first !== null && member in first;
  };
  if (has('images', 'file_name')) return "has COCO's images";
  if (has('annotations', 'image_id')) return "has COCO's annotations";
  const empty = glance.members.get('images') === 'array' && !glance.first.has('images');
  if (empty && has('categories', 'id')) return "has COCO's categories";
  return null;
}

/** COCO files in a folder; one that is named like COCO's is taken whatever is in it, so that its fault is named. */
async function cocoFiles(probe: Probe, folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of (await probe.list(folder)).files) {
    const relative = folder === '' ? name : `${folder}/${name}`;
    const isNamed = /^instances_.*\.json$/.test(name);
    if (isNamed || (name.toLowerCase().endsWith('.json') && recogniseCoco(await probe.head(relative)) !== null)) {
      files.push(join(probe.folder, relative));
    }
  }
  return files;
}

function subsetsOf(root: string, files: readonly string[]): Promise<CocoSubset[]> {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = subsetName(basename(file));
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return Promise.all(
    [...byName].map(async ([name, own]) => ({ name, files: own, imageFolders: await imageFolders(root, name, own) })),
  );
}

/** `instances_train2017.json` is `train2017`. */
function subsetName(fileName: string): string {
  const stem = withoutExtension(fileName);
  const name = stem.replace(/^(instances|labels|person_keypoints)_/, '');
  return PLAIN_STEMS.has(name) ? DEFAULT_SUBSET : name;
}

/** The folders that are there, best first; the first guess when none is, to be named as missing. */
async function imageFolders(root: string, subset: string, files: readonly string[]): Promise<string[]> {
  const guesses = ['images', 'JPEGImages', 'data', ''].map((folder) => join(root, folder));
  const all = [join(root, 'images', subset), join(root, subset), ...files.map((file) => dirname(file)), ...guesses];
  const there: string[] = [];
  for (const folder of new Set(all)) if (await isFolder(folder)) there.push(folder);
  return there.length > 0 ? there : all.slice(0, 1);
}

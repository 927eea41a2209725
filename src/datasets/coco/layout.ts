import { basename, dirname, join } from 'node:path';

import { glanceAtJson } from '../json/stream.js';
import { subFolder } from '../folders.js';
import { isFolder } from '../image-files.js';
import { withoutExtension } from '../item-id.js';
import { Probe } from '../probe.js';
import { isAnnotationFolder, isImageFolder } from '../subset-names.js';
import { DEFAULT_SUBSET } from '../types.js';
import { compareNames, listFolder } from '../walk.js';

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
  /** Which files were not read beside others of the same images. */
  readonly notes: readonly string[];
}

/** Folders of images, best first; others come after them. */
const PARTS = ['images', 'jpegimages', 'data'];

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
 * What COCO's own files are called, best first: several of one subset are of the same images. Those of instances and of
 * labels are read together; of the others, the first kind that is there.
 */
const KINDS = ['instances', 'panoptic', 'person_keypoints', 'stuff', 'captions', 'image_info'] as const;

/**
 * Finds the annotation files below a folder: `annotations/instances_*.json` and `labels_*.json` as COCO and Datumaro
 * name them, otherwise any COCO file in `annotations/`, in the folder, or in its sub-folders (which then are the
 * subsets, as Roboflow writes them) and their `annotations/`.
 *
 * @param path absolute; a folder or one annotation file.
 */
export async function findLayout(path: string): Promise<CocoLayout> {
  const probe = await Probe.of(path);
  if (probe.file !== null) {
    const root = isAnnotationFolder(basename(probe.folder)) ? dirname(probe.folder) : probe.folder;
    return { root, subsets: await subsetsOf(root, [path]), notes: [] };
  }
  if (isAnnotationFolder(basename(path)) && (await cocoFiles(probe, '')).length > 0) return findLayout(dirname(path));

  const { folders } = await probe.list();
  for (const folder of [...folders.filter(isAnnotationFolder), '']) {
    const found = await cocoFiles(probe, folder);
    const { files, notes } = chooseFiles(found);
    if (files.length > 0) return { root: path, subsets: await subsetsOf(path, files), notes };
  }
  const subsets: CocoSubset[] = [];
  const notes: string[] = [];
  for (const folder of folders) {
    const { folders: inner } = await probe.list(folder);
    for (const place of [folder, ...inner.filter(isAnnotationFolder).map((name) => `${folder}/${name}`)]) {
      const chosen = chooseFiles(await cocoFiles(probe, place));
      if (chosen.files.length === 0) continue;
      notes.push(...chosen.notes);
      subsets.push({
        name: folder,
        files: chosen.files,
        imageFolders: await imageFolders(path, folder, [...chosen.files, join(path, folder, 'in-it')]),
      });
      break;
    }
  }
  return { root: path, subsets, notes };
}

/** Of files of one folder: those of instances and labels, or the best kind of each subset, and what that leaves out. */
function chooseFiles(files: readonly string[]): { files: string[]; notes: string[] } {
  const isNamed = (file: string): boolean => /^(instances|labels)(_|\.)/.test(basename(file));
  const kindOf = (file: string): number => KINDS.findIndex((kind) => basename(file).startsWith(`${kind}_`));
  const rankIn = (subset: string): number =>
    Math.min(...files.filter((file) => subsetName(basename(file)) === subset && kindOf(file) >= 0).map(kindOf));
  const chosen = files.some(isNamed)
    ? files.filter(isNamed)
    : files.filter((file) => kindOf(file) < 0 || kindOf(file) === rankIn(subsetName(basename(file))));
  const others = files.filter((file) => !chosen.includes(file)).map((file) => basename(file));
  if (others.length === 0) return { files: chosen, notes: [] };
  const note = `${dirname(files[0]!)}: not read beside ${chosen.map((file) => basename(file)).join(', ')}: ${others.join(', ')}; name one by its path to read it.`;
  return { files: chosen, notes: [note] };
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
  if (has('images', 'file_name') || has('images', 'coco_url')) return "has COCO's images";
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
  const name = stem.replace(/^(instances|labels|person_keypoints|panoptic|stuff|captions|image_info)_/, '');
  return PLAIN_STEMS.has(name) ? DEFAULT_SUBSET : name;
}

/** The folders that are there, best first, in any case of letters; the first guess when none is, to be named as missing. */
async function imageFolders(root: string, subset: string, files: readonly string[]): Promise<string[]> {
  const own = [...new Set(files.map((file) => dirname(file)))].filter((folder) => folder !== root);
  const there: string[] = [];
  const add = async (folder: string | null): Promise<void> => {
    if (folder !== null && !there.includes(folder) && (await isFolder(folder))) there.push(folder);
  };
  const partsOf = async (folder: string): Promise<string[]> => {
    const { folders } = await listFolder(folder);
    const rank = (name: string): number =>
      PARTS.includes(name.toLowerCase()) ? PARTS.indexOf(name.toLowerCase()) : PARTS.length;
    return folders.filter(isImageFolder).sort((a, b) => rank(a) - rank(b) || compareNames(a, b));
  };
  const images = await subFolder(root, ['images']);
  if (images !== null) await add(await subFolder(images, [subset]));
  await add(await subFolder(root, [subset]));
  for (const folder of own) {
    await add(folder);
    for (const part of await partsOf(folder)) await add(join(folder, part));
  }
  for (const part of await partsOf(root)) {
    await add(await subFolder(join(root, part), [subset]));
    await add(join(root, part));
  }
  await add(root);
  return there.length > 0 ? there : [join(root, 'images', subset)];
}

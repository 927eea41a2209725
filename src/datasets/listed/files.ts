import { basename, dirname, join, relative } from 'node:path';

import { subFolder } from '../folders.js';
import { unixPath, withoutExtension } from '../item-id.js';
import { subsetOfPath } from '../pairs.js';
import { Probe } from '../probe.js';
import { isAnnotationFolder, isImageFolder } from '../subset-names.js';
import { DEFAULT_SUBSET } from '../types.js';
import { listFolder, walkFiles } from '../walk.js';

/** A file that says what is on many images. */
export interface AnnotationFile {
  /** Absolute. */
  readonly path: string;
  readonly subset: string;
  /** Absolute folders where its images may be, best first. */
  readonly imageFolders: readonly string[];
}

export interface FoundFiles {
  readonly root: string;
  readonly files: readonly AnnotationFile[];
}

/**
 * The annotation files of a format below a folder, sub-folders included, in the order of their paths.
 *
 * @param path absolute; a folder or one such file.
 * @param pattern of the files' names.
 * @param recognise what the start of a file shows of the format; null when it is something else.
 */
export async function findAnnotationFiles(
  path: string,
  pattern: RegExp,
  recognise: (head: string) => string | null,
): Promise<FoundFiles> {
  const probe = await Probe.of(path);
  if (probe.file !== null) {
    const root = isAnnotationFolder(basename(probe.folder)) ? dirname(probe.folder) : probe.folder;
    return { root, files: [await fileAt(root, path)] };
  }
  const files: AnnotationFile[] = [];
  for await (const name of walkFiles(path, (one) => pattern.test(one))) {
    if (recognise(await probe.head(name)) !== null) files.push(await fileAt(path, join(path, name)));
  }
  const root = isAnnotationFolder(basename(path)) && files.length > 0 ? dirname(path) : path;
  return root === path
    ? { root, files }
    : { root, files: await Promise.all(files.map((one) => fileAt(root, one.path))) };
}

async function fileAt(root: string, path: string): Promise<AnnotationFile> {
  const inPath = subsetOfPath(unixPath(relative(root, path)));
  const subset = inPath === DEFAULT_SUBSET ? subsetOfName(basename(path)) : inPath;
  return { path, subset, imageFolders: await foldersOfImages(root, dirname(path), subset) };
}

/** `train_labels.csv`, `_annotations.valid.json`: the part between signs that is a subset's name. */
function subsetOfName(name: string): string {
  const parts = withoutExtension(name).split(/[-_. ]/);
  return parts.find((part) => /^(train|val|valid|validation|test)(\d{4})?$/i.test(part)) ?? DEFAULT_SUBSET;
}

/** Beside the file, in a folder of images there, then the same beside its folder and in the root. */
async function foldersOfImages(root: string, own: string, subset: string): Promise<string[]> {
  const folders: string[] = [];
  for (const folder of new Set([own, ...(own === root ? [] : [dirname(own)]), root])) {
    const inside = (await listFolder(folder)).folders.filter(isImageFolder).map((name) => join(folder, name));
    for (const images of inside) {
      const ofSubset = await subFolder(images, [subset]);
      if (ofSubset !== null) folders.push(ofSubset);
    }
    const ofSubset = await subFolder(folder, [subset]);
    folders.push(...(folder === own ? [folder] : []), ...(ofSubset === null ? [] : [ofSubset]), ...inside, folder);
  }
  return [...new Set(folders)];
}

import { basename, dirname, join, relative } from 'node:path';

import { ImageFolders } from '../image-folders.js';
import { unixPath } from '../item-id.js';
import { subsetOfPath } from '../pairs.js';
import { Probe } from '../probe.js';
import { isAnnotationFolder, subsetOfName } from '../subset-names.js';
import { DEFAULT_SUBSET } from '../types.js';
import { walkFiles } from '../walk.js';

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
  return { path, subset, imageFolders: await new ImageFolders(root).of(dirname(path), subset) };
}

import { basename, dirname, join, relative, sep } from 'node:path';

import { parseDocument } from 'yaml';
import { z } from 'zod';

import { malformed } from '../malformed.js';
import { isAnnotationFolder } from '../subset-names.js';
import { readText } from '../text.js';
import { compareNames, listFolder } from '../walk.js';
import { readClassList } from '../yolo/class-list.js';
import { glanceAtLabels } from '../yolo/label-text.js';

/** Lists of a class name a line, as LabelImg, Darknet, Roboflow and Label Studio call them. */
const LISTS = ['classes.txt', 'obj.names', '_darknet.labels', 'predefined_classes.txt', 'class.names', 'classes.names'];

/** Text files of a dataset that are no label files, unless they have boxes in them: an image may be called so. */
const OTHER_FILES = new Set([...LISTS, 'train.txt', 'val.txt', 'valid.txt', 'test.txt', 'labels.txt', 'notes.txt']);

/** Whether a file's name may be that of a label file. */
export function isLabelFileName(name: string): boolean {
  return /\.txt$/i.test(name);
}

/** Whether a file that is called as label files are is one: names that other files have too say nothing. */
export async function isLabelFile(path: string): Promise<boolean> {
  const name = basename(path).toLowerCase();
  if (!name.endsWith('.txt')) return false;
  if (!OTHER_FILES.has(name) && !/^(readme|license|requirements)\b/.test(name)) return true;
  const holds = await glanceAtLabels(path);
  return holds === 'boxes' || (holds === 'blank' && isAnnotationFolder(basename(dirname(path))));
}

/** Names of classes, and the file that has them. */
export interface FoundNames {
  readonly file: string;
  readonly names: readonly string[];
  /** What is to be known of them. */
  readonly notes: readonly string[];
  /** Folders of label files that no list lies in or above, absolute: their numbers are taken for those of the list. */
  readonly uncovered: readonly string[];
}

/**
 * The class names of a dataset: the first list, or YAML file with `names`, in the folders of the label files and those above
 * them down from the dataset's, or in the folder above that.
 *
 * @param folders of label files, absolute.
 * @throws DatumError (`dataset`) when several lists differ: a number then means another class in each.
 */
export async function findNames(root: string, folders: readonly string[]): Promise<FoundNames | null> {
  let found: NamesFile | null = null;
  const covering: string[] = [];
  for (const folder of new Set([root, ...folders.flatMap((one) => between(root, one))])) {
    const own = await namesIn(folder);
    if (own === null) continue;
    covering.push(folder);
    if (found !== null && found.names.join('\n') !== own.names.join('\n')) {
      throw malformed(
        own.file,
        null,
        `its classes (${shown(own.names)}) differ from those of ${found.file} (${shown(found.names)}), so class numbers mean other classes in each`,
        `name one of the folders, such as ${datasetOf(found.file)}`,
      );
    }
    found ??= own;
  }
  if (found === null) {
    const above = await namesIn(dirname(root));
    return above === null ? null : { ...above, uncovered: [] };
  }
  const isCovered = (folder: string): boolean => covering.some((one) => `${folder}/`.startsWith(`${one}/`));
  return { ...found, uncovered: folders.filter((folder) => !isCovered(folder)) };
}

/** The folder of the dataset that a list is of: above `labels/`. */
function datasetOf(file: string): string {
  const folder = dirname(file);
  return isAnnotationFolder(basename(folder)) ? dirname(folder) : folder;
}

/** The folders from the root down to one below it. */
function between(root: string, folder: string): string[] {
  const parts = relative(root, folder).split(sep);
  return parts.map((_, i) => join(root, ...parts.slice(0, i + 1)));
}

const shown = (names: readonly string[]): string => `${names.slice(0, 3).join(', ')}${names.length > 3 ? '...' : ''}`;

type NamesFile = Omit<FoundNames, 'uncovered'>;

async function namesIn(folder: string): Promise<NamesFile | null> {
  const { files } = await listFolder(folder);
  const rank = (name: string): number => LISTS.indexOf(name.toLowerCase());
  const lists = files.filter((name) => rank(name) >= 0).sort((a, b) => rank(a) - rank(b) || compareNames(a, b));
  for (const list of lists) {
    // An image may be called `classes.jpg`, and its label file so.
    if ((await glanceAtLabels(join(folder, list))) !== 'other') continue;
    return { file: join(folder, list), ...(await readClassList(join(folder, list))) };
  }
  for (const name of files.filter((one) => /\.ya?ml$/i.test(one))) {
    const names = yamlNames(await readText(join(folder, name)));
    if (names !== null) return { file: join(folder, name), names, notes: [] };
  }
  return null;
}

const schema = z.object({ names: z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]) });

function yamlNames(text: string): readonly string[] | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  const config = schema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!config.success) return null;
  const { names } = config.data;
  if (Array.isArray(names)) return names.map((name) => name.normalize('NFC'));
  const listed = Object.keys(names).map((_, i) => names[String(i)]?.normalize('NFC'));
  return listed.every((name) => name !== undefined) ? listed : null;
}

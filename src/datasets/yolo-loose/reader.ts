import { dirname, join } from 'node:path';

import { DatumError } from '../../errors.js';
import { UniqueIds, withoutExtension } from '../item-id.js';
import { malformed } from '../malformed.js';
import { foldersOf, pairFiles, type Pair } from '../pairs.js';
import { isAnnotationFolder } from '../subset-names.js';
import { readLines } from '../text.js';
import type { Dataset } from '../types.js';
import { sameNameNotes } from '../yolo/class-list.js';
import { readYoloItem, type YoloEntry } from '../yolo/items.js';
import { findNames, isLabelFile, isLabelFileName, type FoundNames } from './names.js';

/** Class numbers above this are something else, such as sizes or ids. */
const MAX_CLASS = 100_000;

/**
 * Opens label files of YOLO that go with the images of their names (Datumaro's `yolo_loose`): side by side, or `images/`
 * beside `labels/`, whole or per subset. An image without a label file was not looked at. Class names come from
 * `classes.txt`, `obj.names` and their like, or from the `names` of a YAML file; without any, classes are numbered.
 */
export async function openYoloLoose(path: string): Promise<Dataset> {
  const { pairs, second } = oneFileEach(
    (await pairFiles(path, isLabelFileName, { isOne: isLabelFile, dead: true })).filter(isItem),
  );
  const labelFiles = pairs.flatMap(({ annotation }) => (annotation === null ? [] : [join(path, annotation)]));
  if (labelFiles.length === 0) {
    throw new DatumError(
      'dataset',
      `${path}: there are no label files of YOLO with an image's name; give the folder that holds images/ and labels/.`,
      { file: path },
    );
  }
  const found = await findNames(path, [...new Set(labelFiles.map((file) => dirname(file)))]);
  const names = found?.names ?? (await numberedClasses(labelFiles));
  return {
    format: 'yolo_loose',
    root: path,
    labelNames: names,
    subsets: [...new Set(pairs.map(({ subset }) => subset))],
    count: pairs.length,
    notes: [...notesOn(path, found), ...sameNameNotes(found?.file ?? path, names), ...secondNotes(path, second)],
    async *items() {
      const ids = new UniqueIds();
      for (const pair of pairs)
        yield await readYoloItem(entryOf(path, pair), { classes: names.length, keypoints: false }, ids);
    },
  };
}

function notesOn(path: string, found: FoundNames | null): string[] {
  if (found === null) {
    return [
      `${path}: there is no list of class names, so classes are called class-0, class-1...; write them to classes.txt, one a line.`,
    ];
  }
  const notes = [...found.notes];
  if (!found.file.startsWith(join(path, '/'))) notes.push(`${path}: the class names are those of ${found.file}.`);
  const [first] = found.uncovered;
  if (first !== undefined) {
    notes.push(
      `${path}: the class names of ${found.file} are taken for the numbers of label files in other folders too, such as ${first}, which have none.`,
    );
  }
  return notes;
}

/** A text file without an image of its name is a label file only in a folder of such. */
function isItem({ image, annotation }: Pair): boolean {
  return image !== null || foldersOf(annotation ?? '').some(isAnnotationFolder);
}

/**
 * Gives images of one name and several extensions the one label file of that name, and of several label files of an
 * image that in `labels/`, as trainers do; the others are told.
 */
function oneFileEach(all: readonly Pair[]): { pairs: Pair[]; second: string[] } {
  const keyOf = ({ subset, stem }: Pair): string => `${subset}/${stem}`;
  const isInLabels = (file: string): boolean => foldersOf(file).some(isAnnotationFolder);
  const alone = new Map<string, string[]>();
  for (const pair of all) {
    if (pair.image !== null || pair.annotation === null) continue;
    alone.set(keyOf(pair), [...(alone.get(keyOf(pair)) ?? []), pair.annotation]);
  }
  const files = new Map<string, string>();
  const imaged = new Set<string>();
  const unread = new Set<string>();
  for (const pair of all) {
    const { image, annotation } = pair;
    if (image === null) continue;
    imaged.add(keyOf(pair));
    if (annotation === null) continue;
    const others = alone.get(keyOf(pair)) ?? [];
    const best = isInLabels(annotation) ? annotation : (others.find(isInLabels) ?? annotation);
    files.set(withoutExtension(image), best);
    for (const other of [annotation, ...others]) if (other !== best) unread.add(other);
  }
  const pairs = all
    .filter((pair) => pair.image !== null || !imaged.has(keyOf(pair)))
    .map((pair) =>
      pair.image === null ? pair : { ...pair, annotation: files.get(withoutExtension(pair.image)) ?? null },
    );
  return { pairs, second: [...unread] };
}

function secondNotes(path: string, second: readonly string[]): string[] {
  if (second.length === 0) return [];
  const named = `${second.slice(0, 3).join(', ')}${second.length > 3 ? ' and others' : ''}`;
  return [
    `${path}: images have a second label file, which is not read beside that in labels/ (${second.length}: ${named}).`,
  ];
}

function entryOf(root: string, { image, annotation, subset, stem }: Pair): YoloEntry {
  return {
    subset,
    name: image ?? `${stem}.jpg`,
    idName: `${stem}.txt`,
    folders: [root],
    labelFiles: () => (annotation === null ? [] : [join(root, annotation)]),
    unlabelledIsEmpty: false,
  };
}

/** `class-0`... up to the largest number in the files. A line that is no box is named when its item is read. */
async function numberedClasses(labelFiles: readonly string[]): Promise<readonly string[]> {
  let largest = -1;
  for (const file of labelFiles) {
    for await (const { text, number } of readLines(file)) {
      const label = Number(text.split(/\s/)[0]);
      if (label > MAX_CLASS) throw malformed(file, { line: number }, `${label} is too large for a class number`);
      if (Number.isInteger(label)) largest = Math.max(largest, label);
    }
  }
  return Array.from({ length: largest + 1 }, (_, i) => `class-${i}`);
}

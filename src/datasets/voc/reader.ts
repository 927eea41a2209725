import { basename, dirname, join } from 'node:path';

import { DatumError } from '../../errors.js';
import { subFolder } from '../folders.js';
import { LabelList } from '../label-list.js';
import { findImage, findImageByStem, isFile, isImageName, type FoundImage } from '../image-files.js';
import { itemIdOfStem, unixPath, UniqueIds, withoutExtension } from '../item-id.js';
import { readAnnotations } from '../malformed.js';
import { pairFiles, type Pair } from '../pairs.js';
import { compareNames, listFolder, walkFiles } from '../walk.js';
import { readLines } from '../text.js';
import type { Dataset, DatasetItem } from '../types.js';
import { readVocAnnotation } from './annotation.js';
import { PixelCounting } from './counting.js';

/** The 20 classes of the VOC challenges, in their order. */
const VOC_CLASSES = [
  ...['aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow', 'diningtable', 'dog'],
  ...['horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor'],
];

/** Where the parts of a dataset lie. */
interface VocLayout {
  readonly root: string;
  readonly subsets: readonly string[];
  readonly entries: readonly VocEntry[];
  readonly notes: readonly string[];
}

/** An item: its annotation file and its image, absolute; either may be missing. */
interface VocEntry {
  readonly stem: string;
  readonly subset: string;
  readonly annotation: string | null;
  readonly image: FoundImage;
}

/** Names of the items of a list of `ImageSets/Main`, without extension, in order. */
interface VocList {
  readonly name: string;
  readonly stems: readonly string[];
}

/**
 * Opens Pascal VOC (http://host.robots.ox.ac.uk/pascal/VOC/voc2012/devkit_doc.pdf): `Annotations/*.xml`,
 * `JPEGImages/`, `ImageSets/Main/<subset>.txt`. Without lists, every annotation file below the folder goes with the
 * image of its name, in any of the layouts that `pairFiles` knows.
 */
export async function openVoc(path: string): Promise<Dataset> {
  const layout = await findLayout(path);
  const { labelList, notes } = await readLabelList(layout);
  return {
    format: 'voc',
    root: layout.root,
    labelNames: labelList.names,
    subsets: layout.subsets,
    count: layout.entries.length,
    notes: [...layout.notes, ...notes],
    async *items() {
      const ids = new UniqueIds();
      for (const entry of layout.entries) yield await readItem(entry, labelList, ids);
    },
  };
}

/** `VOC2007`, `VOC2012`, in any case. */
export function isVocFolder(name: string): boolean {
  return /^VOC\d{4}$/i.test(name);
}

async function findLayout(path: string): Promise<VocLayout> {
  // VOCdevkit/VOC2012 is often given by its outer folder.
  const inner = (await listFolder(path)).folders.filter(isVocFolder);
  const root = inner.length === 1 ? join(path, inner[0]!) : path;
  const sets = await subFolder(root, ['ImageSets']);
  const main = sets === null ? null : await subFolder(sets, ['Main']);
  const lists = main === null ? [] : await readImageSets(main);
  if (lists.length > 0) return listedLayout(root, lists);

  const pairs = await pairFiles(root, (name) => /\.xml$/i.test(name));
  if (pairs.every(({ annotation }) => annotation === null) && (await subFolder(root, ['Annotations'])) === null) {
    throw new DatumError(
      'dataset',
      `${path}: no VOC annotations are there; give the folder that holds Annotations/ and JPEGImages/.`,
      { file: path },
    );
  }
  const entries = await resolvePairs(root, pairs);
  const subsets = [...new Set(entries.map(({ subset }) => subset))];
  const unread: string[] = [];
  for (const name of inner.length > 1 ? inner : []) {
    if ((await subFolder(join(path, name), ['ImageSets'])) !== null) unread.push(`${name}/ImageSets`);
  }
  if (unread.length === 0) return { root, entries, subsets, notes: [] };
  const said = `${path}: lists of subsets are not read where there are several years (${unread.join(', ')}); name the folder of one, such as ${join(path, inner[0]!)}.`;
  return { root, entries, subsets, notes: [said] };
}

/** The items that the lists name, each in the first list that does. */
async function listedLayout(root: string, lists: readonly VocList[]): Promise<VocLayout> {
  const annotations = (await subFolder(root, ['Annotations'])) ?? join(root, 'Annotations');
  const jpegs = (await subFolder(root, ['JPEGImages', 'images'])) ?? root;
  const folders = [...new Set([jpegs, annotations])];
  const entries: VocEntry[] = [];
  const files = new Map<string, string>();
  for await (const name of walkFiles(annotations, (one) => /\.xml$/i.test(one)))
    files.set(withoutExtension(name), name);
  const listed = new Map<string, string>();
  const again = new Map<string, number>();
  for (const { name: subset, stems } of lists) {
    for (const written of stems) {
      const stem = listedStem(files, written);
      const first = listed.get(stem);
      if (first !== undefined) {
        const which = first === subset ? `twice in ${subset}` : `in ${first} and ${subset}`;
        again.set(which, (again.get(which) ?? 0) + 1);
        continue;
      }
      listed.set(stem, subset);
      const file = files.get(stem);
      const annotation = file === undefined ? null : join(annotations, file);
      entries.push({ stem, subset, annotation, image: await findListedImage(folders, stem, annotation) });
    }
  }
  const unlisted = [...files.keys()].filter((stem) => !listed.has(stem)).length;
  const notes = [...again].map(
    ([which, count]) => `${root}: ImageSets/Main has images ${which} (${count}); each is read once.`,
  );
  if (unlisted > 0) notes.push(`${annotations}: annotation files that no list names were left out (${unlisted}).`);
  return { root, subsets: lists.map(({ name }) => name), entries, notes };
}

/**
 * A name in a list, which some tools write with an extension or a path: that of the annotation file where there is one.
 *
 * @param files annotation files by their names without extension
 */
function listedStem(files: ReadonlyMap<string, string>, written: string): string {
  const plain = isImageName(written) ? withoutExtension(written) : written;
  for (const stem of new Set([written, plain, basename(unixPath(plain))])) {
    if (files.has(stem)) return stem;
  }
  return plain;
}

/** The image named like the annotation file; `<filename>` decides only when there is none, for it is often stale. */
async function findListedImage(
  folders: readonly string[],
  stem: string,
  annotation: string | null,
): Promise<FoundImage> {
  const byStem = await findImageByStem(folders, stem);
  const fileName = byStem.imagePath === null && annotation !== null ? await fileNameIn(annotation) : null;
  if (fileName === null) return byStem;
  return findImage(folders, dirname(stem) === '.' ? fileName : `${dirname(stem)}/${basename(fileName)}`);
}

/** Annotation files without an image of their name get the one that their `<filename>` names, if no other file has it. */
async function resolvePairs(root: string, pairs: readonly Pair[]): Promise<VocEntry[]> {
  const free = new Set(
    pairs.flatMap(({ annotation, image }) => (annotation === null && image !== null ? [image] : [])),
  );
  const byName = new Map<string, string[]>();
  for (const image of free) byName.set(nameKey(image), [...(byName.get(nameKey(image)) ?? []), image]);
  const byStem = new Map<string, string[]>();
  for (const image of free)
    byStem.set(withoutExtension(image), [...(byStem.get(withoutExtension(image)) ?? []), image]);
  const entries: VocEntry[] = [];
  for (const { image, annotation, subset, stem } of pairs) {
    if (annotation === null) continue;
    const path = join(root, annotation);
    // Of two images of one name, `a.jpg` and `a.png`, it is the one that the file names.
    const twins = image === null ? [] : (byStem.get(withoutExtension(image)) ?? []).filter((one) => free.has(one));
    const fileName = image === null || twins.length > 0 ? await fileNameIn(path) : null;
    const wanted = fileName === null ? null : nameKey(unixPath(fileName));
    const named = wanted === null ? [] : (byName.get(wanted) ?? []).filter((one) => free.has(one));
    const twin = wanted === null ? undefined : twins.find((one) => nameKey(one) === wanted);
    if (twin !== undefined && image !== null) free.add(image);
    const own = twin ?? image ?? (named.length === 1 ? named[0]! : null);
    if (own !== null) free.delete(own);
    const missing = `there is no image ${fileName === null ? `named '${stem}'` : `'${fileName}'`} in ${root}`;
    const found = own === null ? { imagePath: null, missing } : { imagePath: join(root, own), missing: null };
    entries.push({ stem, subset, annotation: path, image: found });
  }
  for (const { image, subset, stem } of pairs) {
    if (image === null || !free.has(image)) continue;
    free.delete(image);
    entries.push({ stem, subset, annotation: null, image: { imagePath: join(root, image), missing: null } });
  }
  return entries.sort((a, b) => compareNames(a.subset, b.subset) || compareNames(a.stem, b.stem));
}

/** The image's name in a file; null where it has none, or cannot be read, which is said when its turn comes. */
async function fileNameIn(path: string): Promise<string | null> {
  const annotation = await readAnnotations(() => readVocAnnotation(path));
  return 'malformed' in annotation ? null : annotation.fileName;
}

const nameKey = (path: string): string => basename(path).normalize('NFC');

/**
 * `train.txt`, `val.txt`... `trainval.txt` is their union and left out; `cat_train.txt` lists one class and is too.
 */
async function readImageSets(folder: string): Promise<VocList[]> {
  const names = (await listFolder(folder)).files.filter((name) => name.endsWith('.txt')).map(withoutExtension);
  const isClassList = (name: string): boolean => names.some((other) => other !== name && name.endsWith(`_${other}`));
  const plain = names.filter((name) => !isClassList(name));
  const isUnion = plain.includes('train') && plain.includes('val');
  const subsets: VocList[] = [];
  for (const name of plain) {
    if (name === 'trainval' && isUnion) continue;
    const stems: string[] = [];
    for await (const { text } of readLines(join(folder, `${name}.txt`))) {
      if (text.startsWith('#')) continue;
      // Quotes stand around names with spaces; a presence flag (-1, 0, 1) may follow the name.
      stems.push(/^"([^"]*)"/.exec(text)?.[1] ?? text.replace(/\s+-?[01]$/, ''));
    }
    subsets.push({ name, stems });
  }
  return subsets;
}

/**
 * The classes: `labelmap.txt` where CVAT and Datumaro wrote one; otherwise the challenges' 20 when no other name is
 * used; otherwise all names in use, sorted. Every annotation file is read for that: one that cannot be
 * read fails its image, and most of them the dataset.
 */
async function readLabelList(layout: VocLayout): Promise<{ labelList: LabelList; notes: readonly string[] }> {
  const labelMap = join(layout.root, 'labelmap.txt');
  if (await isFile(labelMap)) {
    const labelList = new LabelList();
    for await (const { text } of readLines(labelMap)) {
      // name:r,g,b:parts:actions
      const name = text.split(':')[0]?.trim() ?? '';
      if (!text.startsWith('#') && name !== '' && name !== 'background') labelList.add(name);
    }
    if (labelList.names.length > 0) return { labelList, notes: [] };
  }
  const used = new Set<string>();
  const counting = new PixelCounting();
  const broken: DatumError[] = [];
  let files = 0;
  for (const { annotation } of layout.entries) {
    if (annotation === null) continue;
    files++;
    try {
      const read = await readVocAnnotation(annotation);
      for (const { name } of read.objects) used.add(name.normalize('NFC'));
      counting.add(read);
    } catch (error) {
      if (!(error instanceof DatumError) || error.kind !== 'dataset') throw error;
      broken.push(error);
    }
  }
  const [first] = broken;
  if (first !== undefined && broken.length * 2 > files) throw first;
  const isChallenge = used.size > 0 && [...used].every((name) => VOC_CLASSES.includes(name));
  const notes: string[] = [];
  if (counting.guess !== null) notes.push(`${layout.root}: ${counting.guess}`);
  if (first !== undefined) {
    const which = broken.length === 1 ? '1 annotation file' : `${broken.length} annotation files`;
    notes.push(`${which} of ${files} cannot be read, and their images fail; the first: ${first.message}`);
  }
  return { labelList: new LabelList(isChallenge ? VOC_CLASSES : [...used].sort(compareNames)), notes };
}

async function readItem(entry: VocEntry, labelList: LabelList, ids: UniqueIds): Promise<DatasetItem> {
  const { stem, subset, annotation: path, image } = entry;
  return {
    id: ids.claim(itemIdOfStem(stem), subset),
    subset,
    ...image,
    size: null,
    annotated: path !== null,
    labels: [],
    boxes: [],
    attributes: {},
    ...(path === null ? {} : await readAnnotations(() => readMarks(path, labelList))),
  };
}

/** What a file says of its image. */
async function readMarks(
  path: string,
  labelList: LabelList,
): Promise<Pick<DatasetItem, 'size' | 'boxes' | 'passedOver' | 'withoutPlace' | 'remarks'>> {
  const { size, objects, passedOver, remarks } = await readVocAnnotation(path);
  return {
    size,
    boxes: objects.map(({ name, isTurned: _, ...box }) => {
      const label = labelList.find(name);
      if (label === null)
        throw new DatumError('dataset', `${path}: the class '${name}' is not in labelmap.txt; add it there.`, {
          file: path,
        });
      return { ...box, label, segmentation: null };
    }),
    ...passedOver.ofItem,
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}

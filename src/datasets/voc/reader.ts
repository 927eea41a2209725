import { basename, dirname, join } from 'node:path';

import { DatumError } from '../../errors.js';
import { LabelList } from '../label-list.js';
import { findImage, findImageByStem, isFile, isFolder, walkImages, type FoundImage } from '../image-files.js';
import { itemIdOfStem, UniqueIds, withoutExtension } from '../item-id.js';
import { compareNames, listFolder, walkFiles } from '../walk.js';
import { readLines } from '../text.js';
import { DEFAULT_SUBSET, type Dataset, type DatasetItem } from '../types.js';
import { readVocAnnotation } from './annotation.js';

/** The 20 classes of the VOC challenges, in their order. */
const VOC_CLASSES = [
  ...['aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow', 'diningtable', 'dog'],
  ...['horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor'],
];

/** Where the parts of a dataset lie. */
interface VocLayout {
  readonly root: string;
  readonly annotations: string;
  readonly images: string;
  readonly subsets: readonly VocSubset[];
}

interface VocSubset {
  readonly name: string;
  /** Names of the items without extension, in order. */
  readonly stems: readonly string[];
}

/**
 * Opens Pascal VOC (http://host.robots.ox.ac.uk/pascal/VOC/voc2012/devkit_doc.pdf): `Annotations/*.xml`,
 * `JPEGImages/`, `ImageSets/Main/<subset>.txt`. A folder with annotation files and images side by side is read too.
 */
export async function openVoc(path: string): Promise<Dataset> {
  const layout = await findLayout(path);
  const labelList = await readLabelList(layout);
  return {
    format: 'voc',
    root: layout.root,
    labelNames: labelList.names,
    subsets: layout.subsets.map(({ name }) => name),
    count: layout.subsets.reduce((sum, { stems }) => sum + stems.length, 0),
    notes: [],
    async *items() {
      const ids = new UniqueIds();
      for (const subset of layout.subsets) {
        for (const stem of subset.stems) yield await readItem(layout, subset.name, stem, labelList, ids);
      }
    },
  };
}

async function findLayout(path: string): Promise<VocLayout> {
  // VOCdevkit/VOC2012 is often given by its outer folder.
  const inner = (await listFolder(path)).folders.filter((name) => /^VOC\d{4}$/.test(name));
  const root = inner.length === 1 ? join(path, inner[0]!) : path;
  const standard = await isFolder(join(root, 'Annotations'));
  const annotations = standard ? join(root, 'Annotations') : root;
  const jpegs = join(root, 'JPEGImages');
  const layout = { root, annotations, images: (await isFolder(jpegs)) ? jpegs : root };
  const listed = await readImageSets(join(root, 'ImageSets', 'Main'));
  if (listed.length > 0) return { ...layout, subsets: listed };

  const stems = new Set<string>();
  for await (const name of walkFiles(annotations, (one) => /\.xml$/i.test(one))) stems.add(withoutExtension(name));
  if (stems.size === 0 && !standard) {
    throw new DatumError(
      'dataset',
      `${path}: no VOC annotations are there; give the folder that holds Annotations/ and JPEGImages/.`,
      { file: path },
    );
  }
  for await (const name of walkImages(layout.images)) stems.add(withoutExtension(name));
  return { ...layout, subsets: [{ name: DEFAULT_SUBSET, stems: [...stems].sort(compareNames) }] };
}

/**
 * `train.txt`, `val.txt`... `trainval.txt` is their union and left out; `cat_train.txt` lists one class and is too.
 */
async function readImageSets(folder: string): Promise<VocSubset[]> {
  const names = (await listFolder(folder)).files.filter((name) => name.endsWith('.txt')).map(withoutExtension);
  const isClassList = (name: string): boolean => names.some((other) => other !== name && name.endsWith(`_${other}`));
  const plain = names.filter((name) => !isClassList(name));
  const isUnion = plain.includes('train') && plain.includes('val');
  const subsets: VocSubset[] = [];
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
 * used; otherwise all names in use, sorted. Every annotation file is read for that, so a broken one is found here.
 */
async function readLabelList(layout: VocLayout): Promise<LabelList> {
  const labelMap = join(layout.root, 'labelmap.txt');
  if (await isFile(labelMap)) {
    const labelList = new LabelList();
    for await (const { text } of readLines(labelMap)) {
      // name:r,g,b:parts:actions
      const name = text.split(':')[0]?.trim() ?? '';
      if (!text.startsWith('#') && name !== '' && name !== 'background') labelList.add(name);
    }
    if (labelList.names.length > 0) return labelList;
  }
  const used = new Set<string>();
  for (const { stems } of layout.subsets) {
    for (const stem of stems) {
      const path = annotationPath(layout, stem);
      if (!(await isFile(path))) continue;
      for (const { name } of (await readVocAnnotation(path)).objects) used.add(name.normalize('NFC'));
    }
  }
  const isChallenge = used.size > 0 && [...used].every((name) => VOC_CLASSES.includes(name));
  return new LabelList(isChallenge ? VOC_CLASSES : [...used].sort(compareNames));
}

const annotationPath = (layout: VocLayout, stem: string): string => join(layout.annotations, `${stem}.xml`);

async function readItem(
  layout: VocLayout,
  subset: string,
  stem: string,
  labelList: LabelList,
  ids: UniqueIds,
): Promise<DatasetItem> {
  const path = annotationPath(layout, stem);
  const annotated = await isFile(path);
  const annotation = annotated ? await readVocAnnotation(path) : null;
  const { imagePath, missing } = await findItemImage(layout, stem, annotation?.fileName ?? null);
  return {
    id: ids.claim(itemIdOfStem(stem), subset),
    subset,
    imagePath,
    missing,
    size: annotation?.size ?? null,
    annotated,
    labels: [],
    boxes: (annotation?.objects ?? []).map(({ name, ...box }) => {
      const label = labelList.find(name);
      if (label === null)
        throw new DatumError('dataset', `${path}: the class '${name}' is not in labelmap.txt; add it there.`, {
          file: path,
        });
      return { ...box, label, segmentation: null };
    }),
    attributes: {},
    ...(annotation === null || annotation.remarks.length === 0 ? {} : { remarks: annotation.remarks }),
  };
}

/** The image named like the annotation file; `<filename>` decides only when there is none, for it is often stale. */
async function findItemImage(layout: VocLayout, stem: string, fileName: string | null): Promise<FoundImage> {
  const folders = [...new Set([layout.images, layout.annotations])];
  const byStem = await findImageByStem(folders, stem);
  if (byStem.imagePath !== null || fileName === null) return byStem;
  const inSubFolder = dirname(stem) === '.' ? fileName : `${dirname(stem)}/${basename(fileName)}`;
  return findImage(folders, inSubFolder);
}

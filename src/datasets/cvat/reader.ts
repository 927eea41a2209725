import { basename, dirname } from 'node:path';

import { DatumError } from '../../errors.js';
import { LabelList } from '../label-list.js';
import { findImage } from '../image-files.js';
import { ImageFolders } from '../image-folders.js';
import { itemId, UniqueIds, withoutExtension } from '../item-id.js';
import { findAnnotationFiles, type AnnotationFile } from '../listed/files.js';
import { malformed, readAnnotations } from '../malformed.js';
import { kindOf, PassedOver } from '../passed-over.js';
import { sizeOf } from '../size.js';
import { textChunks } from '../text.js';
import { joinTwice } from '../twice.js';
import {
  DEFAULT_SUBSET,
  type Dataset,
  type DatasetItem,
  type ImageSize,
  type TrueBox,
  type TrueLabel,
} from '../types.js';
import { CvatParser, type CvatImage } from './parser.js';
import { attributesOf, placeOf } from './shapes.js';

/** An XML file, and the subset of those of its images that name none. */
type CvatFile = Pick<AnnotationFile, 'path' | 'subset'>;

/** Opens "CVAT for images 1.1": XML files, whole or per subset, with images beside them or in folders of such. Images are read as the file is. */
export async function openCvat(path: string): Promise<Dataset> {
  const { root, files } = await findFiles(path);
  if (files.length === 0) {
    throw new DatumError(
      'dataset',
      `${path}: there is no XML of "CVAT for images"; give the folder that holds annotations.xml.`,
      { file: path },
    );
  }
  const labelList = new LabelList();
  const subsets: string[] = [];
  for (const file of files) {
    const meta = await readMeta(file.path);
    for (const label of meta.labels) labelList.add(label);
    subsets.push(...(meta.subsets.length > 0 ? meta.subsets : [file.subset]));
  }
  return {
    format: 'cvat',
    root,
    labelNames: labelList.names,
    subsets: [...new Set(subsets)],
    count: null,
    notes: [],
    items: joinTwice(async function* () {
      const ids = new UniqueIds();
      const imageFolders = new ImageFolders(root);
      for (const file of files) {
        for await (const image of readImages(file.path))
          yield await readItem(image, file, { imageFolders, labelList, ids });
      }
    }),
  };
}

/** What a file's start shows of CVAT, in words; null when it is something else. */
export function recogniseCvat(head: string): string | null {
  return /<annotations[\s>]/.test(head) && /<(version|meta|image)[\s>]/.test(head) ? "has CVAT's <annotations>" : null;
}

async function findFiles(path: string): Promise<{ root: string; files: CvatFile[] }> {
  const { root, files } = await findAnnotationFiles(path, /\.xml$/i, recogniseCvat);
  // Datumaro names a file for its subset, whatever that is called.
  const named = (file: AnnotationFile): string => withoutExtension(basename(file.path));
  const isPlain = (name: string): boolean => /^annotations?$/i.test(name);
  return {
    root,
    files: files.map((file) => ({
      path: file.path,
      subset: file.subset === DEFAULT_SUBSET && !isPlain(named(file)) ? named(file) : file.subset,
    })),
  };
}

/** Reads `<meta>`; a file without labels there is read to its end for the labels in use. */
async function readMeta(path: string): Promise<{ labels: readonly string[]; subsets: readonly string[] }> {
  const parser = new CvatParser(path);
  const used = new Set<string>();
  let complete = false;
  for await (const chunk of textChunks(path)) {
    for (const { shapes } of parser.push(chunk))
      for (const { xml } of shapes) if (xml['label'] !== undefined) used.add(xml['label']);
    complete = parser.pastMeta && parser.labels.length > 0;
    if (complete) break;
  }
  if (!complete) parser.end();
  return { labels: parser.labels.length > 0 ? parser.labels : [...used].sort(), subsets: parser.subsets };
}

async function* readImages(path: string): AsyncGenerator<CvatImage> {
  const parser = new CvatParser(path);
  for await (const chunk of textChunks(path)) yield* parser.push(chunk);
  parser.end();
}

/** What all items share. */
interface Reading {
  readonly imageFolders: ImageFolders;
  readonly labelList: LabelList;
  readonly ids: UniqueIds;
}

async function readItem(
  image: CvatImage,
  file: CvatFile,
  { imageFolders, labelList, ids }: Reading,
): Promise<DatasetItem> {
  const { name } = image.xml;
  if (name === undefined || name === '') throw malformed(file.path, { line: image.line }, '<image> has no name');
  const subset = image.xml['subset'] ?? file.subset;
  const size = sizeOf(Number(image.xml['width']), Number(image.xml['height']));
  const { imagePath, missing } = await findImage(await imageFolders.of(dirname(file.path), subset), name);
  return {
    id: ids.claim(itemId(name), subset),
    subset,
    imagePath,
    missing,
    size,
    annotated: true,
    attributes: {},
    ...(await readAnnotations(() => readShapes(image, size, file.path, labelList))),
  };
}

function readShapes(
  image: CvatImage,
  size: ImageSize | null,
  path: string,
  labelList: LabelList,
): Pick<DatasetItem, 'labels' | 'boxes' | 'passedOver' | 'withoutPlace'> {
  const labels: TrueLabel[] = [];
  const boxes: TrueBox[] = [];
  const passed = new PassedOver();
  for (const shape of image.shapes) {
    const place = shape.type === 'tag' ? null : placeOf(shape, size, path);
    if (place === null && shape.type !== 'tag') {
      passed.add(kindOf(shape.type), labelList.find(shape.xml['label'] ?? ''));
      continue;
    }
    const labelName = shape.xml['label'] ?? '';
    const label = labelList.find(labelName);
    if (label === null) {
      throw malformed(
        path,
        { line: shape.line },
        `<${shape.type}> has the label '${labelName}', which <meta> does not declare`,
      );
    }
    const attributes = attributesOf(shape);
    if (place === null) labels.push({ label, attributes });
    else boxes.push({ ...place.box, label, attributes, segmentation: place.segmentation });
  }
  return { labels, boxes, ...passed.ofItem };
}

import { DatumError } from '../../errors.js';
import { CategoryList } from '../categories.js';
import { findImage } from '../image-files.js';
import { itemId, UniqueIds } from '../item-id.js';
import { checked } from '../json/parse.js';
import type { JsonRecord } from '../json/splitter.js';
import { JsonRecordReader, streamJson } from '../json/stream.js';
import { malformed } from '../malformed.js';
import { RecordIndex } from '../record-index.js';
import { sizeOf } from '../size.js';
import type { Dataset, DatasetItem, TrueBox, TrueLabel } from '../types.js';
import { readAnnotation } from './annotation.js';
import { findLayout, type CocoSubset } from './layout.js';
import { cocoAnnotation, cocoAnnotationKey, cocoCategory, cocoImage, idKey } from './schema.js';

/**
 * Opens COCO instances (https://cocodataset.org/#format-data). Images and annotations come in any order, so each file
 * is read once to note where the records of every image lie; the records are read again when its turn comes. Memory is
 * 64 to 150 bytes an image or annotation, whatever they hold.
 */
export async function openCoco(path: string): Promise<Dataset> {
  const { root, subsets } = await findLayout(path);
  if (subsets.length === 0) {
    throw new DatumError(
      'dataset',
      `${path}: no COCO annotations are there; give the folder above annotations/, or the .json file.`,
    );
  }
  const categories = new CategoryList();
  const indexes: SubsetIndex[] = [];
  for (const subset of subsets) indexes.push(await indexSubset(subset, categories));

  return {
    format: 'coco',
    root,
    categories: categories.names,
    subsets: subsets.map(({ name }) => name),
    count: indexes.reduce((sum, index) => sum + index.listed.length, 0),
    notes: indexes.flatMap(({ notes }) => notes),
    async *items() {
      const ids = new UniqueIds();
      for (const index of indexes) yield* readSubset(index, ids);
    },
  };
}

interface SubsetIndex {
  readonly subset: CocoSubset;
  /** Numbers of the images, in the order of the files. */
  readonly listed: readonly number[];
  readonly images: RecordIndex;
  readonly annotations: RecordIndex;
  /** Label index by category id, for each file. */
  readonly labels: readonly ReadonlyMap<number | string, number>[];
  readonly notes: readonly string[];
}

async function indexSubset(subset: CocoSubset, categories: CategoryList): Promise<SubsetIndex> {
  const numbers = new Map<number | string, number>();
  const numberOf = (id: number | string): number => {
    const key = idKey(id);
    const number = numbers.get(key) ?? numbers.size;
    if (number === numbers.size) numbers.set(key, number);
    return number;
  };
  const listed: number[] = [];
  const isListed: boolean[] = [];
  const images = new RecordIndex();
  const annotations = new RecordIndex();
  const labels: Map<number | string, number>[] = [];
  const notes: string[] = [];

  for (const [file, path] of subset.files.entries()) {
    const labelOf = new Map<number | string, number>();
    const firstUse = new Map<number | string, number>();
    const here = new Set<number>();
    let unclassed = 0;
    for await (const records of streamJson(path, { elements: ['categories', 'images', 'annotations'], values: [] })) {
      for (const record of records) {
        const at = { file, offset: record.offset, length: record.length };
        if (record.key === 'categories') {
          const { id, name } = checked(cocoCategory, record.value, path, nameOf(record));
          labelOf.set(idKey(id), categories.add(name));
        } else if (record.key === 'images') {
          const { id } = checked(cocoImage, record.value, path, nameOf(record));
          const number = numberOf(id);
          if (here.has(number)) {
            throw malformed(
              path,
              { at: nameOf(record) },
              `the image id ${id} was used before`,
              'give each image its own id',
            );
          }
          here.add(number);
          images.add(number, at);
          if (isListed[number] !== true) listed.push(number);
          isListed[number] = true;
        } else {
          const { image_id, category_id } = checked(cocoAnnotationKey, record.value, path, nameOf(record));
          if (category_id === null || category_id === undefined) {
            unclassed++;
            continue;
          }
          const category = idKey(category_id);
          if (!firstUse.has(category)) firstUse.set(category, record.index ?? 0);
          annotations.add(numberOf(image_id), at);
        }
      }
    }
    for (const [category, index] of firstUse) {
      if (labelOf.has(category)) continue;
      throw malformed(path, { at: `annotations[${index}]` }, `category_id ${category} is not in the file's categories`);
    }
    labels.push(labelOf);
    if (unclassed > 0) notes.push(`${path}: ${unclassed} annotations without category_id were left out.`);
  }

  let orphans = 0;
  for (const number of numbers.values()) if (isListed[number] !== true) orphans += [...annotations.of(number)].length;
  if (orphans > 0)
    notes.push(`${subset.files.join(', ')}: ${orphans} annotations of images that are not listed were left out.`);
  return { subset, listed, images, annotations, labels, notes };
}

const nameOf = (record: JsonRecord): string => `${record.key}[${record.index ?? 0}]`;

async function* readSubset(index: SubsetIndex, ids: UniqueIds): AsyncGenerator<DatasetItem> {
  const { subset } = index;
  const readers: JsonRecordReader[] = [];
  try {
    for (const file of subset.files) readers.push(await JsonRecordReader.open(file));
    for (const number of index.listed) yield await readItem(index, number, readers, ids);
  } finally {
    for (const reader of readers) await reader.close();
  }
}

async function readItem(
  index: SubsetIndex,
  number: number,
  readers: readonly JsonRecordReader[],
  ids: UniqueIds,
): Promise<DatasetItem> {
  const { subset } = index;
  const [at] = index.images.of(number);
  const path = subset.files[at!.file]!;
  const image = checked(cocoImage, await readers[at!.file]!.read(at!.offset, at!.length), path, `byte ${at!.offset}`);

  const labels: TrueLabel[] = [];
  const boxes: TrueBox[] = [];
  for (const { file, offset, length } of index.annotations.of(number)) {
    const source = subset.files[file]!;
    const annotation = checked(cocoAnnotation, await readers[file]!.read(offset, length), source, `byte ${offset}`);
    const { box, segmentation, attributes } = readAnnotation(annotation, source, { byte: offset });
    const label = index.labels[file]!.get(idKey(annotation.category_id!))!;
    if (box === null) labels.push({ label, attributes });
    else boxes.push({ ...box, label, attributes, segmentation });
  }

  const found = await findImage(subset.imageFolders, image.file_name);
  const { imagePath, missing } =
    found.imagePath === null && image.path ? await findImage(subset.imageFolders, image.path) : found;
  return {
    id: ids.claim(itemId(image.file_name), subset.name),
    subset: subset.name,
    imagePath,
    missing: imagePath === null ? (found.missing ?? missing) : null,
    size: sizeOf(image.width, image.height),
    annotated: true,
    labels,
    boxes,
    attributes: { id: image.id },
  };
}

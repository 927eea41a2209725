import { DatumError } from '../../errors.js';
import { setFlags } from '../attributes.js';
import { LabelList } from '../label-list.js';
import { findImage, type FoundImage } from '../image-files.js';
import { itemId, UniqueIds } from '../item-id.js';
import { checked } from '../json/parse.js';
import { JsonRecordReader } from '../json/stream.js';
import { malformed, readAnnotations } from '../malformed.js';
import { BESIDE_BOX, PassedOver } from '../passed-over.js';
import type { Location } from '../record-index.js';
import { TURNED_BOXES } from '../rotation.js';
import { sizeOf } from '../size.js';
import { eachOnce } from '../twice.js';
import type { Dataset, DatasetItem, TrueBox, TrueLabel } from '../types.js';
import { readAnnotation } from './annotation.js';
import { findLayout } from './layout.js';
import { cocoAnnotation, cocoImage, idKey, type CocoAnnotation, type CocoImage } from './schema.js';
import { findOverlap } from './overlap.js';
import { indexSubset, type SubsetIndex } from './subset-index.js';

/**
 * Opens COCO instances (https://cocodataset.org/#format-data). Images and annotations come in any order, so each file
 * is read once to note where the records of every image lie; the records are read again when its turn comes. Memory is
 * 40 to 150 bytes an annotation or image, whatever they hold.
 */
export async function openCoco(path: string): Promise<Dataset> {
  const { root, subsets, notes } = await findLayout(path);
  if (subsets.length === 0) {
    throw new DatumError(
      'dataset',
      `${path}: no COCO annotations are there; give the folder above annotations/, or the .json file.`,
      { file: path },
    );
  }
  const labelList = new LabelList();
  const indexes: SubsetIndex[] = [];
  for (const subset of subsets) indexes.push(await indexSubset(subset, labelList, subsets.length > 1));
  const overlap = await findOverlap(indexes);
  const whole = indexes.filter((index) => overlap.leftOut.get(index)?.size !== index.listed.length);

  return {
    format: 'coco',
    root,
    labelNames: labelList.names,
    subsets: whole.map(({ subset }) => subset.name),
    count: whole.reduce((sum, index) => sum + index.listed.length - (overlap.leftOut.get(index)?.size ?? 0), 0),
    notes: [...notes, ...indexes.flatMap((index) => index.notes), ...overlap.notes],
    async *items() {
      const ids = new UniqueIds();
      for (const index of whole) yield* readSubset(index, overlap.leftOut.get(index) ?? new Set(), ids);
    },
  };
}

async function* readSubset(
  index: SubsetIndex,
  leftOut: ReadonlySet<number>,
  ids: UniqueIds,
): AsyncGenerator<DatasetItem> {
  const readers: JsonRecordReader[] = [];
  try {
    for (const file of index.subset.files) readers.push(await JsonRecordReader.open(file));
    for (const number of index.listed) if (!leftOut.has(number)) yield await readItem(index, number, readers, ids);
  } finally {
    for (const reader of readers) await reader.close();
  }
}

/** A record that was read again, with where it lies. */
interface Found<T> extends Location {
  readonly path: string;
  readonly value: T;
}

async function readItem(
  index: SubsetIndex,
  number: number,
  readers: readonly JsonRecordReader[],
  ids: UniqueIds,
): Promise<DatasetItem> {
  const { subset } = index;
  const readAll = (locations: Iterable<Location>): Promise<Found<unknown>[]> =>
    Promise.all(
      Array.from(locations, async (at) => ({
        ...at,
        path: subset.files[at.file]!,
        value: await readers[at.file]!.read(at.offset, at.length),
      })),
    );
  const [records, annotations] = await Promise.all([
    readAll(index.images.of(number)),
    readAll([number, ...(index.aliases.get(number) ?? [])].flatMap((one) => [...index.annotations.of(one)])),
  ]);
  const record = records[0]!;
  const image = checked(cocoImage, record.value, record.path, `byte ${record.offset}`);

  return {
    id: ids.claim(itemId(image.file_name), subset.name),
    subset: subset.name,
    ...(await findItemImage(subset.imageFolders, image)),
    size: sizeOf(image.width, image.height),
    // Without any annotation, a file lists images that are to be annotated, or tested.
    annotated: image.annotated ?? index.annotations.size > 0,
    attributes: { id: image.id },
    ...(await readAnnotations(() => {
      const objects = readObjects(index, annotations);
      return index.aliases.has(number) ? { ...objects, boxes: eachOnce(objects.boxes) } : objects;
    })),
  };
}

function readObjects(
  index: SubsetIndex,
  annotations: readonly Found<unknown>[],
): Pick<DatasetItem, 'labels' | 'boxes' | 'passedOver' | 'withoutPlace' | 'remarks'> {
  const labels: TrueLabel[] = [];
  const boxes: TrueBox[] = [];
  const passed = new PassedOver();
  let areTurned = false;
  for (const { file, path, offset, value } of annotations) {
    const annotation: CocoAnnotation = checked(cocoAnnotation, value, path, `byte ${offset}`);
    if (annotation.segments_info !== undefined) {
      const places = { labels: index.labels[file]!, stuff: index.stuff[file]!, path, offset };
      boxes.push(...thingsOf(annotation.segments_info, places, passed));
      continue;
    }
    if (Array.isArray(annotation.keypoints) && annotation.keypoints.length > 0) passed.add(BESIDE_BOX.keyPoints);
    const { box, segmentation, attributes, passedOver, withoutPlace, isTurned } = readAnnotation(annotation);
    areTurned ||= isTurned;
    const label = labelOf(index.labels[file]!, annotation.category_id!, path, offset);
    if (passedOver !== null) passed.add(passedOver, withoutPlace ? label : null);
    if (withoutPlace) continue;
    if (box === null) labels.push({ label, attributes });
    else boxes.push({ ...box, label, attributes, segmentation });
  }
  return { labels, boxes, ...passed.ofItem, ...(areTurned ? { remarks: [TURNED_BOXES] } : {}) };
}

/** @throws DatumError (`dataset`) for a category that the file does not have. */
function labelOf(
  labels: ReadonlyMap<number | string, number>,
  category: number | string,
  path: string,
  offset: number,
): number {
  const label = labels.get(idKey(category));
  if (label !== undefined) return label;
  throw malformed(path, { byte: offset }, `category_id ${category} is not in the file's categories`);
}

/** Where segments stand, and what their categories mean. */
interface SegmentPlaces {
  readonly labels: ReadonlyMap<number | string, number>;
  readonly stuff: ReadonlySet<number | string>;
  readonly path: string;
  readonly offset: number;
}

/** The boxes of a panoptic annotation's objects; areas of stuff have no objects. */
function thingsOf(
  segments: NonNullable<CocoAnnotation['segments_info']>,
  { labels, stuff, path, offset }: SegmentPlaces,
  passed: PassedOver,
): TrueBox[] {
  return segments.flatMap(({ category_id: category, bbox, iscrowd }) => {
    if (stuff.has(idKey(category))) {
      passed.add('areas of stuff');
      return [];
    }
    if (bbox?.length !== 4) {
      throw malformed(
        path,
        { byte: offset },
        'an object in segments_info has no bbox',
        'the PNG beside it is not read',
      );
    }
    const [x, y, width, height] = bbox;
    const attributes = setFlags({ crowd: Boolean(iscrowd) });
    return [{ x, y, width, height, label: labelOf(labels, category, path, offset), attributes, segmentation: null }];
  });
}

async function findItemImage(folders: readonly string[], image: CocoImage): Promise<FoundImage> {
  const byName = await findImage(folders, image.file_name);
  if (byName.imagePath !== null || !image.path) return byName;
  const byPath = await findImage(folders, image.path);
  return byPath.imagePath === null ? byName : byPath;
}

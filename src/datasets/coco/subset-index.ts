import { checked } from '../json/parse.js';
import type { JsonRecord } from '../json/splitter.js';
import { streamJson } from '../json/stream.js';
import { malformed } from '../malformed.js';
import type { LabelList } from '../label-list.js';
import { PassedOver } from '../passed-over.js';
import { RecordIndex } from '../record-index.js';
import type { CocoSubset } from './layout.js';
import { cocoAnnotationKey, cocoCategory, cocoImage, idKey } from './schema.js';

type Id = number | string;

/** Where the records of a subset's images lie in its files. */
export interface SubsetIndex {
  readonly subset: CocoSubset;
  /** Numbers of the images, in the order of the files. */
  readonly listed: readonly number[];
  /** Records of `images` by number; more than one where several files list the image. */
  readonly images: RecordIndex;
  /** Records of `annotations` by the image's number. */
  readonly annotations: RecordIndex;
  /** Label index by category id, for each file. */
  readonly labels: readonly ReadonlyMap<Id, number>[];
  /** Ids of categories that are stuff, for each file. */
  readonly stuff: readonly ReadonlySet<Id>[];
  /** Whether each file has a list of annotations: without one, nobody has looked at its images. */
  readonly annotates: readonly boolean[];
  readonly notes: readonly string[];
}

/**
 * Reads the files of a subset once.
 *
 * @param labelList of the whole dataset: grows with the names in these files.
 * @throws DatumError (`dataset`) naming the file and the record.
 */
export async function indexSubset(subset: CocoSubset, labelList: LabelList): Promise<SubsetIndex> {
  const indexer = new Indexer(subset, labelList);
  for (const [file, path] of subset.files.entries()) {
    indexer.begin(file, path);
    const wanted = { elements: ['categories', 'images', 'annotations'], values: [] };
    let annotates = false;
    for await (const records of streamJson(path, wanted, (members) => (annotates = members.has('annotations')))) {
      for (const record of records) indexer.take(record);
    }
    indexer.endFile(annotates);
  }
  return indexer.finish();
}

class Indexer {
  readonly #subset: CocoSubset;
  readonly #labelList: LabelList;
  readonly #numbers = new Map<Id, number>();
  readonly #listed: number[] = [];
  readonly #isListed = new Set<number>();
  readonly #images = new RecordIndex();
  readonly #annotations = new RecordIndex();
  readonly #labels: Map<Id, number>[] = [];
  readonly #stuff: Set<Id>[] = [];
  readonly #annotates: boolean[] = [];
  readonly #notes: string[] = [];

  // The file at hand.
  #file = 0;
  #path = '';
  #labelOf = new Map<Id, number>();
  /** First annotation of each category. */
  #firstUse = new Map<Id, number>();
  #listedHere = new Set<number>();
  #stuffHere = new Set<Id>();
  /** Segments of panoptic files by category. */
  #segments = new Map<Id, number>();
  #passedOver = new PassedOver();
  #unsure = 0;

  constructor(subset: CocoSubset, labelList: LabelList) {
    this.#subset = subset;
    this.#labelList = labelList;
  }

  begin(file: number, path: string): void {
    this.#file = file;
    this.#path = path;
    this.#labelOf = new Map();
    this.#firstUse = new Map();
    this.#listedHere = new Set();
    this.#stuffHere = new Set();
    this.#segments = new Map();
    this.#passedOver = new PassedOver();
    this.#unsure = 0;
  }

  take(record: JsonRecord): void {
    if (record.key === 'categories') this.#category(record);
    else if (record.key === 'images') this.#image(record);
    else this.#annotation(record);
  }

  endFile(annotates: boolean): void {
    for (const [category, first] of this.#firstUse) {
      if (this.#labelOf.has(category)) continue;
      throw malformed(
        this.#path,
        { at: `annotations[${first}]` },
        `category_id ${category} is not in the file's categories`,
      );
    }
    this.#labels.push(this.#labelOf);
    this.#stuff.push(this.#stuffHere);
    this.#annotates.push(annotates);
    let areas = 0;
    for (const category of this.#stuffHere) areas += this.#segments.get(category) ?? 0;
    this.#passedOver.add('areas of stuff', areas);
    this.#notes.push(...this.#passedOver.notes(this.#path));
    if (this.#unsure > 0) {
      this.#notes.push(
        `${this.#path}: its annotators did not look for every class in every image (LVIS: neg_category_ids), so an answer that no box confirms may still be right.`,
      );
    }
  }

  finish(): SubsetIndex {
    let orphans = 0;
    for (const number of this.#numbers.values()) {
      if (!this.#isListed.has(number)) orphans += [...this.#annotations.of(number)].length;
    }
    const passedOver = new PassedOver();
    passedOver.add('annotations of images that are not listed', orphans);
    this.#notes.push(...passedOver.notes(this.#subset.files.join(', ')));
    return {
      subset: this.#subset,
      listed: this.#listed,
      images: this.#images,
      annotations: this.#annotations,
      labels: this.#labels,
      stuff: this.#stuff,
      annotates: this.#annotates,
      notes: this.#notes,
    };
  }

  #category(record: JsonRecord): void {
    const { id, name, isthing } = checked(cocoCategory, record.value, this.#path, nameOf(record));
    this.#labelOf.set(idKey(id), this.#labelList.add(name));
    if (isthing === 0 || isthing === false) this.#stuffHere.add(idKey(id));
  }

  #image(record: JsonRecord): void {
    const { id } = checked(cocoImage, record.value, this.#path, nameOf(record));
    const number = this.#numberOf(id);
    if (this.#listedHere.has(number)) {
      throw malformed(
        this.#path,
        { at: nameOf(record) },
        `the image id ${id} was used before`,
        'give each image its own id',
      );
    }
    this.#listedHere.add(number);
    if (isUnsure(record.value)) this.#unsure++;
    this.#images.add(number, { file: this.#file, offset: record.offset, length: record.length });
    if (!this.#isListed.has(number)) this.#listed.push(number);
    this.#isListed.add(number);
  }

  #annotation(record: JsonRecord): void {
    const annotation = checked(cocoAnnotationKey, record.value, this.#path, nameOf(record));
    const { image_id, category_id, segments_info: segments, keypoints } = annotation;
    if (segments === undefined && (category_id === null || category_id === undefined)) {
      this.#passedOver.add('annotations without category_id');
      return;
    }
    if (Array.isArray(keypoints) && keypoints.length > 0) this.#passedOver.add("objects' key points");
    for (const used of segments?.map((segment) => segment.category_id) ?? [category_id!]) {
      const category = idKey(used);
      if (!this.#firstUse.has(category)) this.#firstUse.set(category, record.index ?? 0);
      if (segments !== undefined) this.#segments.set(category, (this.#segments.get(category) ?? 0) + 1);
    }
    this.#annotations.add(this.#numberOf(image_id), { file: this.#file, offset: record.offset, length: record.length });
  }

  /** Numbers run from 0 in the order in which ids are met, by an image or by an annotation. */
  #numberOf(id: Id): number {
    const key = idKey(id);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }
}

const nameOf = (record: JsonRecord): string => `${record.key}[${record.index ?? 0}]`;

/** Whether an image of LVIS says which classes it was searched for: of all others nothing is known. */
function isUnsure(image: unknown): boolean {
  return typeof image === 'object' && image !== null && 'neg_category_ids' in image;
}

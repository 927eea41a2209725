import { plainPath } from '../item-id.js';
import { checked } from '../json/parse.js';
import type { JsonRecord } from '../json/splitter.js';
import { streamJson } from '../json/stream.js';
import { DatumError } from '../../errors.js';
import { malformed } from '../malformed.js';
import type { LabelList } from '../label-list.js';
import { RecordIndex } from '../record-index.js';
import type { CocoSubset } from './layout.js';
import type { z } from 'zod';

import { cocoAnnotationImage, cocoAnnotationKey, cocoCategory, cocoImage, idKey } from './schema.js';

type Id = number | string;

/** Where the records of a subset's images lie in its files. */
export interface SubsetIndex {
  readonly subset: CocoSubset;
  /** Numbers of the images, in the order of the files. */
  readonly listed: readonly number[];
  /** Names of these images, where there are several subsets, which may list the same; otherwise none. */
  readonly names: readonly string[];
  /** Numbers of an image that other ids stand for too, by that of its first. */
  readonly aliases: ReadonlyMap<number, readonly number[]>;
  /** Records of `images` by number; more than one where several files list the image. */
  readonly images: RecordIndex;
  /** Records of `annotations` by the image's number. */
  readonly annotations: RecordIndex;
  /** Label index by category id, for each file. */
  readonly labels: readonly ReadonlyMap<Id, number>[];
  /** Ids of categories that are stuff, for each file. */
  readonly stuff: readonly ReadonlySet<Id>[];
  readonly notes: readonly string[];
}

/**
 * Reads the files of a subset once.
 *
 * @param labelList of the whole dataset: grows with the names in these files.
 * @param keepNames of images, which takes memory.
 * @throws DatumError (`dataset`) naming the file and the record.
 */
export async function indexSubset(subset: CocoSubset, labelList: LabelList, keepNames: boolean): Promise<SubsetIndex> {
  const indexer = new Indexer(subset, labelList, keepNames);
  for (const [file, path] of subset.files.entries()) {
    indexer.begin(file, path);
    const wanted = { elements: ['categories', 'images', 'annotations'], values: [] };
    for await (const records of streamJson(path, wanted)) {
      for (const record of records) indexer.take(record);
    }
    indexer.endFile();
  }
  return indexer.finish();
}

class Indexer {
  readonly #subset: CocoSubset;
  readonly #labelList: LabelList;
  readonly #numbers = new Map<Id, number>();
  readonly #keepNames: boolean;
  readonly #listed: number[] = [];
  readonly #names: string[] = [];
  readonly #isListed = new Set<number>();
  readonly #byName = new Map<string, number>();
  readonly #aliases = new Map<number, number[]>();
  #again = 0;
  readonly #images = new RecordIndex();
  readonly #annotations = new RecordIndex();
  readonly #labels: Map<Id, number>[] = [];
  readonly #stuff: Set<Id>[] = [];
  readonly #notes: string[] = [];

  // The file at hand.
  #file = 0;
  #path = '';
  #labelOf = new Map<Id, number>();
  /** First annotation of each category, and how many there are. */
  #uses = new Map<Id, { readonly first: number; count: number }>();
  /** Annotations of the file, and those that cannot be read. */
  #count = 0;
  #bad = 0;
  #firstBad: DatumError | null = null;
  #listedHere = new Set<number>();
  #stuffHere = new Set<Id>();
  /** Whether its annotators did not look for every class. */
  #unsure = false;
  #withoutCategory = 0;
  /** Names that several categories have. */
  #sameNames = new Set<string>();

  constructor(subset: CocoSubset, labelList: LabelList, keepNames: boolean) {
    this.#subset = subset;
    this.#labelList = labelList;
    this.#keepNames = keepNames;
  }

  begin(file: number, path: string): void {
    this.#file = file;
    this.#path = path;
    this.#labelOf = new Map();
    this.#uses = new Map();
    this.#count = 0;
    this.#bad = 0;
    this.#firstBad = null;
    this.#listedHere = new Set();
    this.#stuffHere = new Set();
    this.#unsure = false;
    this.#withoutCategory = 0;
    this.#sameNames = new Set();
  }

  take(record: JsonRecord): void {
    if (record.key === 'categories') this.#category(record);
    else if (record.key === 'images') this.#image(record);
    else this.#annotation(record);
  }

  endFile(): void {
    for (const [category, { first, count }] of this.#uses) {
      if (this.#labelOf.has(category)) continue;
      this.#bad += count;
      this.#firstBad ??= malformed(
        this.#path,
        { at: `annotations[${first}]` },
        `category_id ${category} is not in the file's categories`,
      );
    }
    if (this.#firstBad !== null) {
      if (this.#bad * 2 > this.#count) throw this.#firstBad;
      this.#notes.push(
        `${this.#bad === 1 ? '1 annotation' : `${this.#bad} annotations`} of ${this.#count} cannot be read, and their images fail; the first: ${this.#firstBad.message}`,
      );
    }
    this.#labels.push(this.#labelOf);
    this.#stuff.push(this.#stuffHere);
    if (this.#unsure) {
      this.#notes.push(
        `${this.#path}: its annotators did not look for every class in every image (LVIS: neg_category_ids), so an answer that no box confirms may still be right.`,
      );
    }
    if (this.#sameNames.size > 0) {
      this.#notes.push(
        `${this.#path}: several categories are called ${[...this.#sameNames].join(', ')}, and count as one class.`,
      );
    }
    if (this.#withoutCategory > 0) {
      this.#notes.push(`${this.#path}: ${leftOut(this.#withoutCategory, 'without category_id')}.`);
    }
  }

  finish(): SubsetIndex {
    let orphans = 0;
    for (const number of this.#numbers.values()) {
      if (!this.#isListed.has(number)) orphans += [...this.#annotations.of(number)].length;
    }
    if (orphans > 0) {
      const files = this.#subset.files.join(', ');
      this.#notes.push(`${files}: ${leftOut(orphans, 'of images that are not listed')}.`);
    }
    if (this.#again > 0) {
      const files = this.#subset.files.join(', ');
      this.#notes.push(
        `${files}: ${this.#again === 1 ? '1 image is' : `${this.#again} images are`} listed again under another id; each is read once, with all of its annotations.`,
      );
    }
    if (this.#annotations.size === 0 && this.#listed.length > 0) {
      const files = this.#subset.files.join(', ');
      this.#notes.push(`${files}: there are images and no annotations, so these count as not looked at.`);
    }
    return {
      subset: this.#subset,
      listed: this.#listed,
      names: this.#names,
      aliases: this.#aliases,
      images: this.#images,
      annotations: this.#annotations,
      labels: this.#labels,
      stuff: this.#stuff,
      notes: this.#notes,
    };
  }

  #category(record: JsonRecord): void {
    const { id, name, isthing } = checked(cocoCategory, record.value, this.#path, nameOf(record));
    const label = this.#labelList.add(name);
    const before = this.#labelOf.get(idKey(id));
    if (before !== undefined && before !== label) {
      throw malformed(
        this.#path,
        { at: nameOf(record) },
        `the category id ${id} was used before, for '${this.#labelList.names[before] ?? ''}', and is of '${name}' here`,
        'give each category its own id',
      );
    }
    for (const [other, its] of this.#labelOf) if (its === label && other !== idKey(id)) this.#sameNames.add(name);
    this.#labelOf.set(idKey(id), label);
    if (isthing === 0 || isthing === false) this.#stuffHere.add(idKey(id));
  }

  #image(record: JsonRecord): void {
    const { id, file_name: name, path } = checked(cocoImage, record.value, this.#path, nameOf(record));
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
    this.#unsure ||= isUnsure(record.value);
    this.#images.add(number, { file: this.#file, offset: record.offset, length: record.length });
    if (!this.#isListed.has(number)) this.#list(number, plainPath(name), path ?? '');
    this.#isListed.add(number);
  }

  /** Lists an image, or knows it as another id of one that is listed. */
  #list(number: number, name: string, path: string): void {
    const key = `${name}\n${path}`;
    const first = this.#byName.get(key);
    if (first !== undefined) {
      this.#aliases.set(first, [...(this.#aliases.get(first) ?? []), number]);
      this.#again++;
      return;
    }
    this.#byName.set(key, number);
    this.#listed.push(number);
    if (this.#keepNames) this.#names.push(name);
  }

  #annotation(record: JsonRecord): void {
    this.#count++;
    const annotation = this.#checkedAnnotation(record);
    if (annotation === null) return;
    const { image_id, category_id, segments_info: segments } = annotation;
    if (segments === undefined && (category_id === null || category_id === undefined)) {
      this.#withoutCategory++;
      return;
    }
    for (const used of segments?.map((segment) => segment.category_id) ?? [category_id!]) {
      const category = idKey(used);
      const use = this.#uses.get(category);
      if (use === undefined) this.#uses.set(category, { first: record.index ?? 0, count: 1 });
      else use.count++;
    }
    this.#annotations.add(this.#numberOf(image_id), { file: this.#file, offset: record.offset, length: record.length });
  }

  /** An annotation; null where it is not one, and is kept for its image to fail by. */
  #checkedAnnotation(record: JsonRecord): z.output<typeof cocoAnnotationKey> | null {
    try {
      return checked(cocoAnnotationKey, record.value, this.#path, nameOf(record));
    } catch (error) {
      const own = cocoAnnotationImage.safeParse(record.value);
      if (!(error instanceof DatumError) || !own.success) throw error;
      this.#bad++;
      this.#firstBad ??= error;
      const { offset, length } = record;
      this.#annotations.add(this.#numberOf(own.data.image_id), { file: this.#file, offset, length });
      return null;
    }
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

function leftOut(count: number, which: string): string {
  return `${count} ${count === 1 ? 'annotation' : 'annotations'} ${which} ${count === 1 ? 'was' : 'were'} left out`;
}

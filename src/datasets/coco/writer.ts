import { createReadStream } from 'node:fs';

import type { WriteOptions } from '../format.js';
import type { Sink, Staging } from '../staging.js';
import { writerOf, type SubsetWriter } from '../subset-writer.js';
import type { Attributes, DatasetItem, Segmentation, TrueBox, TrueLabel } from '../types.js';

/**
 * Writes COCO, one `annotations/instances_<subset>.json` for each subset with all images and the boxes. Labels of whole
 * images go into `labels_<subset>.json`, where Datumaro looks for them: COCO itself has none. Scores are written as
 * `score`, where COCO's results have them; an image keeps the `id` it came with, so results can be compared with the
 * source by other tools.
 */
export const writeCoco = writerOf((staging, subset, labelNames, options) =>
  CocoSubsetWriter.create(staging, subset, labelNames, options),
);

class CocoSubsetWriter implements SubsetWriter {
  readonly #staging: Staging;
  readonly #subset: string;
  readonly #labelNames: readonly string[];
  readonly #options: WriteOptions;
  readonly #images: Sink;
  readonly #boxes: Sink;
  readonly #labels: Sink;
  readonly #imageIds = new ImageIds();
  #imageCount = 0;
  #boxCount = 0;
  #labelCount = 0;

  private constructor(
    staging: Staging,
    subset: string,
    labelNames: readonly string[],
    options: WriteOptions,
    [images, boxes, labels]: readonly [Sink, Sink, Sink],
  ) {
    this.#staging = staging;
    this.#subset = subset;
    this.#labelNames = labelNames;
    this.#options = options;
    this.#images = images;
    this.#boxes = boxes;
    this.#labels = labels;
  }

  static async create(
    staging: Staging,
    subset: string,
    labelNames: readonly string[],
    options: WriteOptions,
  ): Promise<CocoSubsetWriter> {
    // Images and annotations arrive together and stand apart in the file: each grows in a file of its own.
    const sinks = [
      await staging.sink(`${subset}.images`),
      await staging.sink(`${subset}.boxes`),
      await staging.sink(`${subset}.labels`),
    ] as const;
    return new CocoSubsetWriter(staging, subset, labelNames, options, sinks);
  }

  async add(item: DatasetItem, imageName: string): Promise<void> {
    const id = this.#imageIds.claim(item.attributes['id']);
    const image = {
      id,
      file_name: imageName,
      width: item.size?.width ?? 0,
      height: item.size?.height ?? 0,
      ...(item.imagePath !== null && this.#options.copyImages !== true ? { path: item.imagePath } : {}),
      // COCO itself does not say whether somebody looked.
      ...(item.boxes.length + item.labels.length === 0 ? { annotated: item.annotated } : {}),
    };
    await this.#images.write(separated(this.#imageCount++, image));
    for (const box of item.boxes)
      await this.#boxes.write(separated(this.#boxCount++, boxRecord(box, this.#boxCount, id)));
    for (const label of item.labels) {
      await this.#labels.write(separated(this.#labelCount++, labelRecord(label, this.#labelCount, id)));
    }
  }

  async finish(): Promise<string[]> {
    for (const sink of [this.#images, this.#boxes, this.#labels]) await this.#staging.close(sink);
    const names = new Map<Sink, string>();
    names.set(await this.#assemble('instances', this.#boxes), `annotations/instances_${this.#subset}.json`);
    if (this.#labelCount > 0) {
      names.set(await this.#assemble('labels', this.#labels), `annotations/labels_${this.#subset}.json`);
    }
    return this.#staging.publish(names);
  }

  async #assemble(task: string, annotations: Sink): Promise<Sink> {
    const file = await this.#staging.sink(`${task}_${this.#subset}.json`);
    const categories = this.#labelNames.map((name, label) => ({ id: label + 1, name, supercategory: '' }));
    const head = JSON.stringify({ info: this.#options.info ?? {}, licenses: [], categories });
    await file.write(`${head.slice(0, -1)},\n"images":[`);
    await append(file, this.#images.path);
    await file.write('\n],\n"annotations":[');
    await append(file, annotations.path);
    await file.write('\n]}\n');
    await this.#staging.close(file);
    return file;
  }
}

/** Keeps ids that are free integers, those above 2^53 as the texts that they are; others get numbers above all ids so far. */
class ImageIds {
  readonly #taken = new Set<number | string>();
  #next = 1;

  claim(wanted: unknown): number | string {
    const isId = Number.isInteger(wanted) || (typeof wanted === 'string' && /^\d{16,}$/.test(wanted));
    const kept = isId && (typeof wanted === 'number' || typeof wanted === 'string') && !this.#taken.has(wanted);
    const id = kept ? wanted : this.#next;
    this.#taken.add(id);
    if (typeof id === 'number') this.#next = Math.max(this.#next, id + 1);
    return id;
  }
}

function boxRecord(box: TrueBox, id: number, imageId: number | string): object {
  const { score, attributes } = splitAttributes(box.attributes);
  return {
    id,
    image_id: imageId,
    category_id: box.label + 1,
    bbox: [box.x, box.y, box.width, box.height],
    area: box.width * box.height,
    segmentation: box.segmentation === null ? [] : cocoSegmentation(box.segmentation),
    iscrowd: box.attributes['crowd'] === true ? 1 : 0,
    ...score,
    ...attributes,
  };
}

function labelRecord({ label, attributes }: TrueLabel, id: number, imageId: number | string): object {
  const split = splitAttributes(attributes);
  return { id, image_id: imageId, category_id: label + 1, ...split.score, ...split.attributes };
}

function splitAttributes(all: Attributes): { score: object; attributes: object } {
  const { score, crowd: _, ...attributes } = all;
  return {
    score: typeof score === 'number' ? { score } : {},
    attributes: Object.keys(attributes).length > 0 ? { attributes } : {},
  };
}

function cocoSegmentation(segmentation: Segmentation): object {
  return segmentation.kind === 'polygons'
    ? segmentation.polygons
    : { counts: segmentation.counts, size: [segmentation.height, segmentation.width] };
}

const separated = (before: number, record: object): string => `${before === 0 ? '' : ','}\n${JSON.stringify(record)}`;

async function append(to: Sink, path: string): Promise<void> {
  for await (const chunk of createReadStream(path, 'utf8')) await to.write(String(chunk));
}

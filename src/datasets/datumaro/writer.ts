import type { Sink, Staging } from '../staging.js';
import { writerOf, type SubsetWriter } from '../subset-writer.js';
import type { Attributes, DatasetItem, Segmentation } from '../types.js';
import type { WriteOptions } from '../format.js';
import { encodeCounts } from '../rle.js';

/** The version of the format that Datumaro 1.x writes and reads. */
const FORMAT_VERSION = '1.0';

/** Datumaro's number for images among its media types. */
const IMAGE_MEDIA_TYPE = 2;

/**
 * Writes Datumaro's JSON, one `annotations/<subset>.json` for each subset. A box with an outline becomes a bbox and a
 * polygon or mask of the same group.
 */
export const writeDatumaro = writerOf((staging, subset, labelNames, options) =>
  DatumaroSubsetWriter.create(staging, subset, labelNames, options),
);

class DatumaroSubsetWriter implements SubsetWriter {
  readonly #staging: Staging;
  readonly #subset: string;
  readonly #file: Sink;
  readonly #options: WriteOptions;
  #count = 0;

  private constructor(staging: Staging, subset: string, file: Sink, options: WriteOptions) {
    this.#staging = staging;
    this.#subset = subset;
    this.#file = file;
    this.#options = options;
  }

  static async create(
    staging: Staging,
    subset: string,
    labelNames: readonly string[],
    options: WriteOptions,
  ): Promise<DatumaroSubsetWriter> {
    const file = await staging.sink(`${subset}.json`);
    const labels = labelNames.map((name) => ({ name, parent: '', attributes: [] }));
    const head = JSON.stringify({
      dm_format_version: FORMAT_VERSION,
      media_type: IMAGE_MEDIA_TYPE,
      infos: options.info ?? {},
      categories: { label: { labels, label_groups: [], attributes: [] } },
    });
    await file.write(`${head.slice(0, -1)},\n"items":[`);
    return new DatumaroSubsetWriter(staging, subset, file, options);
  }

  async add(item: DatasetItem, imageName: string): Promise<void> {
    const path = item.imagePath !== null && this.#options.copyImages !== true ? item.imagePath : imageName;
    const attributes = item.annotated ? item.attributes : { ...item.attributes, annotated: false };
    const record = {
      id: item.id,
      annotations: annotationsOf(item),
      // Datumaro itself does not say whether somebody looked.
      ...(Object.keys(attributes).length > 0 ? { attr: attributes } : {}),
      image: { path, ...(item.size === null ? {} : { size: [item.size.height, item.size.width] }) },
    };
    await this.#file.write(`${this.#count++ === 0 ? '' : ','}\n${JSON.stringify(record)}`);
  }

  async finish(): Promise<string[]> {
    await this.#file.write('\n]}\n');
    await this.#staging.close(this.#file);
    return this.#staging.publish(new Map([[this.#file, `annotations/${this.#subset}.json`]]));
  }
}

function annotationsOf(item: DatasetItem): object[] {
  const annotations: object[] = [];
  const add = (type: string, label: number, attributes: Attributes, group: number, more: object): void => {
    annotations.push({
      id: annotations.length,
      type,
      attributes: toDatumaro(attributes),
      group,
      label_id: label,
      ...more,
    });
  };
  for (const { label, attributes } of item.labels) add('label', label, attributes, 0, {});
  item.boxes.forEach(({ x, y, width: w, height: h, label, attributes, segmentation }, i) => {
    const group = segmentation === null ? 0 : i + 1;
    add('bbox', label, attributes, group, { bbox: [x, y, w, h], z_order: 0 });
    for (const [type, shape] of segmentation === null ? [] : shapesOf(segmentation)) {
      add(type, label, attributes, group, shape);
    }
  });
  return annotations;
}

/** The outline as annotations: type and members. */
function shapesOf(segmentation: Segmentation): readonly (readonly [string, object])[] {
  if (segmentation.kind === 'polygons') {
    return segmentation.polygons.map((points) => ['polygon', { points, z_order: 0 }]);
  }
  const { width, height, counts } = segmentation;
  return [['mask', { rle: { counts: encodeCounts(counts), size: [height, width] }, z_order: 0 }]];
}

/** Datumaro calls a crowd `is_crowd`. */
function toDatumaro({ crowd, ...attributes }: Attributes): Attributes {
  return crowd === undefined ? attributes : { ...attributes, is_crowd: crowd };
}

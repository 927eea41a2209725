import { extname } from 'node:path';

import { codeOf, DatumError } from '../errors.js';
import type { DatasetWriter, WriteOptions } from './format.js';
import { notWritten, Staging } from './staging.js';
import type { DatasetItem } from './types.js';

/** Writes the items of one subset. */
export interface SubsetWriter {
  /** @param imageName the image's file name below the subset's image folder, with its extension. */
  add(item: DatasetItem, imageName: string): Promise<void>;
  /** Completes the subset's files and gives them their names; returns these, absolute. */
  finish(): Promise<string[]>;
}

/** What a format does for one subset; everything around it is the same for all. */
export type SubsetWriterFactory = (
  staging: Staging,
  subset: string,
  labelNames: readonly string[],
  options: WriteOptions,
) => Promise<SubsetWriter>;

/** A writer for formats with annotation files by subset and images in `images/<subset>/`. */
export function writerOf(factory: SubsetWriterFactory): DatasetWriter {
  return async (path, items, labelNames, options) => {
    const staging = await Staging.in(path);
    const subsets = new Map<string, SubsetWriter>();
    const count = { items: 0, boxes: 0, labels: 0 };
    try {
      for await (const item of items) {
        if (options.signal?.aborted === true)
          throw new DatumError('interrupted', 'writing the dataset was interrupted.');
        // A subset's name becomes part of file names.
        const name = item.subset.replace(/[/\\:]/g, '_');
        let subset = subsets.get(name);
        if (subset === undefined) {
          subset = await factory(staging, name, labelNames, options);
          subsets.set(name, subset);
        }
        checkLabels(item, labelNames);
        const imageName = item.id + extensionOf(item);
        if (options.copyImages === true && item.imagePath !== null) {
          await staging.copy(item.imagePath, `images/${name}/${imageName}`);
        }
        await subset.add(item, imageName);
        count.items++;
        count.boxes += item.boxes.length;
        count.labels += item.labels.length;
      }
      const files: string[] = [];
      for (const subset of subsets.values()) files.push(...(await subset.finish()));
      return { ...count, files };
    } catch (error) {
      throw codeOf(error) === undefined ? error : notWritten(path, error);
    } finally {
      await staging.discard();
    }
  };
}

/** Extension of the item's image, `.jpg` when there is none, as Datumaro does. */
function extensionOf(item: DatasetItem): string {
  return (item.imagePath === null ? '' : extname(item.imagePath)) || '.jpg';
}

function checkLabels(item: DatasetItem, labelNames: readonly string[]): void {
  for (const { label } of [...item.labels, ...item.boxes]) {
    if (labelNames[label] !== undefined) continue;
    throw new DatumError(
      'output',
      `${item.id}: label ${label} has no name, since ${labelNames.length} names were given; give a name for every label.`,
    );
  }
}

import { framedItem } from './frames.js';
import { knowsLeft, LeftImages, leftOfAll, withLeft } from './left-images.js';
import { ReadingCounter } from './reading.js';
import { withoutShares } from './shares.js';
import { withArea, withinImage } from './usable.js';
import type { Dataset, DatasetItem, Reading } from './types.js';

/** How the items of an opened dataset are read without a look at their images. */
const WRITTEN = new WeakMap<Dataset, () => AsyncIterable<DatasetItem>>();

/** Items whose boxes lie on their image already. */
const PLACED = new WeakSet<DatasetItem>();

/** Where a dataset was opened. */
export interface OpenedFrom {
  /** Absolute folder that was named, whose images are looked for; null where a file was, or there are parts. */
  readonly folder?: string | null;
  /** What it was joined of. */
  readonly parts?: readonly Dataset[];
}

/**
 * A dataset as its format reads it, made one that every use can rely on: boxes without a place are left out, boxes are
 * in pixels of the image as it is seen, and what is read is counted as it goes by.
 */
export function opened(dataset: Dataset, { folder = null, parts = [] }: OpenedFrom = {}): Dataset {
  let reading: Reading | null = null;
  let left: LeftImages | null = null;
  const written = async function* (): AsyncGenerator<DatasetItem, void, void> {
    left = null;
    const watched = folder === null ? null : new LeftImages(folder, dataset.format);
    for await (const item of dataset.items()) {
      watched?.add(item);
      yield withArea(withoutShares(dataset.format, item));
    }
    left = watched;
  };
  const whole: Dataset = {
    ...dataset,
    get reading() {
      return reading;
    },
    async *items() {
      const counter = new ReadingCounter();
      for await (const item of written()) {
        const placed = await placedItem(item);
        counter.add(placed);
        yield placed;
      }
      reading = await withLeft(counter.reading, whole);
    },
  };
  WRITTEN.set(whole, written);
  knowsLeft(whole, () => (left === null ? leftOfAll(parts) : left.remarks()));
  return whole;
}

/**
 * The items of a dataset as they are written: boxes may be in pixels of the image as it is stored, and no image was looked
 * at. For those who choose among many; `placedItem` does the rest. A dataset of a caller's own gives what it has.
 */
export function writtenItems(dataset: Dataset): AsyncIterable<DatasetItem> {
  return WRITTEN.get(dataset)?.() ?? dataset.items();
}

/** An item with its boxes in pixels of the image as it is seen; those that do not touch the image are left out. */
export async function placedItem(item: DatasetItem): Promise<DatasetItem> {
  if (PLACED.has(item)) return item;
  const framed = await framedItem(item);
  // Without the image, a declared size does not tell which way it lies.
  const placed = framed.imagePath === null ? framed : withinImage(framed, framed.size);
  PLACED.add(placed);
  return placed;
}

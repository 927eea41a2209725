import type { DatasetItem } from './types.js';

/** An image that is there and that nobody has annotated. */
export function unannotatedItem(id: string, subset: string, imagePath: string): DatasetItem {
  return {
    id,
    subset,
    imagePath,
    missing: null,
    size: null,
    annotated: false,
    labels: [],
    boxes: [],
    attributes: {},
  };
}

import { isFile } from './image-files.js';
import type { DatasetItem } from './types.js';

/** An image of a folder, which is missing where it is a link that leads nowhere; nobody has annotated it. */
export async function itemOfFolder(id: string, subset: string, path: string): Promise<DatasetItem> {
  const item = unannotatedItem(id, subset, path);
  if (await isFile(path)) return item;
  return { ...item, imagePath: null, missing: `${path} is a link to a file that is not there` };
}

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

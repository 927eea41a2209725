/** Folder names that stand for a part of a dataset and not for a class. */
const SUBSET_FOLDERS = new Set([
  ...['train', 'training', 'val', 'valid', 'validation', 'test', 'testing', 'dev', 'train2017', 'val2017', 'test2017'],
]);

/** Folder names that say what is in them and are neither subsets nor classes. */
const PART_FOLDERS = new Set([
  ...['images', 'image', 'imgs', 'img', 'jpegimages', 'photos', 'images', 'data', 'labels', 'annotations', 'masks'],
  ...['imagesets', 'segmentationclass', 'segmentationobject', 'media', 'frames'],
]);

export function isSubsetFolder(name: string): boolean {
  return SUBSET_FOLDERS.has(name.toLowerCase());
}

export function isPartFolder(name: string): boolean {
  return PART_FOLDERS.has(name.toLowerCase());
}

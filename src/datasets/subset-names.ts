import { withoutExtension } from './item-id.js';
import { DEFAULT_SUBSET } from './types.js';

/** Folder names that stand for a part of a dataset and not for a class; with a year, as in COCO. */
const SUBSET_FOLDER = /^(train|training|val|valid|validation|test|testing|dev)(20\d\d)?$/i;

/** Folder names that say what is in them and are neither subsets nor classes: those of images. */
const IMAGE_FOLDERS = new Set([
  ...['images', 'image', 'imgs', 'img', 'jpegimages', 'photos', 'pictures', 'data', 'media', 'frames', 'image_2'],
]);

/** The same, of annotations. */
const ANNOTATION_FOLDERS = new Set([
  ...[
    'labels',
    'label',
    'annotations',
    'annotation',
    'anns',
    'ann',
    'xml',
    'xmls',
    'json',
    'jsons',
    'label_2',
    'imagesets',
    'metadata',
  ],
]);

/** The same, of images that are annotations: every pixel's class. */
const MASK_FOLDERS = new Set([
  ...['masks', 'mask', 'segmentationclass', 'segmentationobject', 'ground_truth', 'segmentationclassaug'],
]);

export function isSubsetFolder(name: string): boolean {
  return SUBSET_FOLDER.test(name);
}

export function isPartFolder(name: string): boolean {
  return isImageFolder(name) || isAnnotationFolder(name) || isMaskFolder(name);
}

export function isImageFolder(name: string): boolean {
  return IMAGE_FOLDERS.has(name.toLowerCase());
}

export function isAnnotationFolder(name: string): boolean {
  return ANNOTATION_FOLDERS.has(name.toLowerCase());
}

export function isMaskFolder(name: string): boolean {
  return MASK_FOLDERS.has(name.toLowerCase());
}

/** The subset in the name of a file, between signs: `train_labels.csv`, `_annotations.valid.json`, `oidv6-test-annotations-bbox.csv`. */
export function subsetOfName(name: string): string {
  return (
    withoutExtension(name)
      .split(/[-_. ]/)
      .find(isSubsetFolder) ?? DEFAULT_SUBSET
  );
}

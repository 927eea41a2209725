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

/** The same, of images that are annotations: every pixel's class. `mask` may be a class too, of faces. */
const MASK_FOLDERS =
  /^(masks|segmentation(class|object)(aug|raw)?|ground_?truths?|(?!(with(out)?|no)[-_ ])\w+[-_ ]masks|mask_?images|seg(mentation)?_?maps?)$/i;

/** The same, where nothing but their images tells: `gt`, `semantic`. */
const MAYBE_MASK_FOLDERS = /^(mask|gts?|gt[-_]\w+|\w+[-_]gt|semantic|instance|segmentations?|panoptic(_\w+)?)$/i;

/** Folders of work on a dataset, and of small copies of its images, beside it. */
const ASIDE_FOLDERS = new Set([
  ...['weights', 'models', 'checkpoints', 'ckpt', 'notebooks', 'logs', 'log', 'runs', 'wandb', 'mlruns', 'tensorboard'],
  ...['thumbs', 'thumbnails', 'cache', 'src', 'scripts', 'code', 'docs', 'tools', 'config', 'configs', 'utils'],
  ...['node_modules', 'venv', 'env'],
]);

/**
 * What a folder's name says: `train_images` says a subset and what is in it, as `train/images/` does; any other name is
 * one word.
 */
export function wordsOfFolder(name: string): readonly string[] {
  const [, first, second] = /^([^-_. ]+)[-_. ]([^-_. ]+)$/.exec(name) ?? [];
  if (first === undefined || second === undefined) return [name];
  const isPart = (word: string): boolean => isImageFolder(word) || isAnnotationFolder(word);
  const saysBoth = (isSubsetFolder(first) && isPart(second)) || (isPart(first) && isSubsetFolder(second));
  return saysBoth ? [first, second] : [name];
}

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
  return MASK_FOLDERS.test(name);
}

/** Whether images of such a folder are masks where they are named like images beside it. */
export function mayBeMaskFolder(name: string): boolean {
  return MAYBE_MASK_FOLDERS.test(name) || isAnnotationFolder(name);
}

/** Whether a folder beside a dataset is hardly a part of it. */
export function isAsideFolder(name: string): boolean {
  return ASIDE_FOLDERS.has(name.toLowerCase());
}

/** Whether a folder holds small copies of images. */
export function isThumbnailFolder(name: string): boolean {
  return /^thumb(nail)?s$/i.test(name);
}

/** The subset in the name of a file, between signs: `train_labels.csv`, `_annotations.valid.json`, `oidv6-test-annotations-bbox.csv`. */
export function subsetOfName(name: string): string {
  return (
    withoutExtension(name)
      .split(/[-_. ]/)
      .find(isSubsetFolder) ?? DEFAULT_SUBSET
  );
}

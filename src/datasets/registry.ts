import type { DatasetFormat } from './format.js';

/** The formats by name, each loaded when first needed. */
const FORMATS: Readonly<Record<string, () => Promise<DatasetFormat>>> = {
  coco: async () => (await import('./coco/index.js')).coco,
  cvat: async () => (await import('./cvat/index.js')).cvat,
  datumaro: async () => (await import('./datumaro/index.js')).datumaro,
  image_dir: async () => (await import('./image-dir/index.js')).imageDir,
  imagenet: async () => (await import('./imagenet/index.js')).imagenet,
  imagenet_txt: async () => (await import('./imagenet-txt/index.js')).imagenetTxt,
  label_me: async () => (await import('./label-me/index.js')).labelMe,
  open_images: async () => (await import('./open-images/index.js')).openImages,
  voc: async () => (await import('./voc/index.js')).voc,
  yolo: async () => (await import('./yolo/index.js')).yolo,
  yolo_ultralytics: async () => (await import('./yolo-ultralytics/index.js')).yoloUltralytics,
};

/** Other names under which the formats are known. */
const ALIASES: Readonly<Record<string, string>> = {
  coco_instances: 'coco',
  imagenet_with_subset_dirs: 'imagenet',
  labelme: 'label_me',
  pascal_voc: 'voc',
  voc_detection: 'voc',
};

/** Names of the formats, sorted. */
export function formatNames(): readonly string[] {
  return Object.keys(FORMATS);
}

/** A format by its name or another name for it; null when there is none. */
export async function findFormat(name: string): Promise<DatasetFormat | null> {
  if (!isFormatName(name)) return null;
  const key = name.toLowerCase();
  return (await FORMATS[ALIASES[key] ?? key]?.()) ?? null;
}

/** Whether {@link findFormat} knows a name. */
export function isFormatName(name: string): boolean {
  const key = name.toLowerCase();
  return Object.hasOwn(FORMATS, key) || Object.hasOwn(ALIASES, key);
}

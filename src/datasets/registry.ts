import { entryNamed, type Entry } from '../plugins/entry.js';
import type { DatasetFormat } from './format.js';

/** What is known of a format without loading it. */
export interface FormatEntry extends Entry<DatasetFormat> {
  readonly aliases: readonly string[];
  /** Endings of the files that stand for a whole dataset, with the dot; none where a folder does. */
  readonly files: readonly string[];
  /** Whether it can be written. */
  readonly writable: boolean;
  /** What is read of it, in Markdown. */
  readonly reads: string;
  /** By what it is told from others, in Markdown. */
  readonly knownBy: string;
  /** Where its files are looked for, in Markdown; null where there is nothing to say. */
  readonly places: { readonly annotations: string; readonly images: string } | null;
}

/** The formats, sorted by name. */
export const FORMATS: readonly FormatEntry[] = [
  {
    name: 'coco',
    title: 'COCO instances',
    aliases: ['coco_instances'],
    files: ['.json'],
    writable: true,
    reads: 'instances: boxes, polygons, masks, crowds, scores; key points for their boxes; panoptic files for their things; LVIS; `labels_*.json` for labels of whole images',
    knownBy: 'a JSON object whose `images` have `file_name` or `coco_url`, or whose `annotations` have `image_id`',
    places: {
      annotations:
        '`annotations/instances_<subset>.json`, otherwise any COCO file in `annotations/`, `labels/`, the folder, or its sub-folders (Roboflow); in any case',
      images: '`images/<subset>/`, `<subset>/`, beside the file and in `images/` there, `images/`, `JPEGImages/`, `data/`, the folder',
    },
    load: async () => (await import('./coco/index.js')).coco,
  },
  {
    name: 'cvat',
    title: 'CVAT for images 1.1',
    aliases: [],
    files: ['.xml'],
    writable: false,
    reads: '"CVAT for images 1.1": boxes, polygons, masks, ellipses, tags, attributes',
    knownBy: '`<annotations>`',
    places: { annotations: '`*.xml` in the folder', images: '`images/<subset>/`, `images/`, the folder' },
    load: async () => (await import('./cvat/index.js')).cvat,
  },
  {
    name: 'datumaro',
    title: 'Datumaro JSON',
    aliases: [],
    files: ['.json'],
    writable: true,
    reads: 'labels, boxes, polygons, masks, ellipses, attributes',
    knownBy: '`dm_format_version`, or `categories` as an object beside `infos` or `items`',
    places: { annotations: '`annotations/<subset>.json`', images: '`images/<subset>/`, `images/`, the folder' },
    load: async () => (await import('./datumaro/index.js')).datumaro,
  },
  {
    name: 'image_dir',
    title: 'folder of images',
    aliases: [],
    files: [],
    writable: false,
    reads: 'images without annotations, sub-folders included',
    knownBy: 'an image; only when nothing else fits',
    places: null,
    load: async () => (await import('./image-dir/index.js')).imageDir,
  },
  {
    name: 'imagenet',
    title: 'ImageNet: one folder a class',
    aliases: ['imagenet_with_subset_dirs'],
    files: [],
    writable: false,
    reads: 'one folder a class, or one such folder a subset',
    knownBy: 'two or more folders with images and no images above them',
    places: null,
    load: async () => (await import('./imagenet/index.js')).imagenet,
  },
  {
    name: 'imagenet_txt',
    title: 'ImageNet: lists of images and class numbers',
    aliases: [],
    files: ['.txt'],
    writable: false,
    reads: 'lists `<subset>.txt` of `image label...`, `synsets.txt`',
    knownBy: 'lines of an image and numbers',
    places: { annotations: 'the folder', images: '`images/`, `images/<subset>/`, `<subset>/`, the folder' },
    load: async () => (await import('./imagenet-txt/index.js')).imagenetTxt,
  },
  {
    name: 'label_me',
    title: 'LabelMe',
    aliases: ['labelme'],
    files: ['.xml', '.json'],
    writable: false,
    reads: "the web tool's XML and the desktop tool's JSON: polygons, boxes, circles, the boxes of masks, image flags",
    knownBy: '`<annotation>` with `<polygon>`, `<segm>` or `<imagesize>`; JSON with `shapes`',
    places: {
      annotations: 'everywhere below the folder',
      images: 'XML: `Images/<folder>/`; JSON: `imagePath` from the file',
    },
    load: async () => (await import('./label-me/index.js')).labelMe,
  },
  {
    name: 'open_images',
    title: 'Open Images CSV',
    aliases: [],
    files: ['.csv'],
    writable: false,
    reads: 'CSV tables of V4 to V7: boxes and labels of whole images',
    knownBy: 'the columns `ImageID`, `LabelName`',
    places: {
      annotations: '`annotations/*.csv`, or the folder',
      images: '`images/<subset>/`, `<subset>/`, `images/`, the folder',
    },
    load: async () => (await import('./open-images/index.js')).openImages,
  },
  {
    name: 'voc',
    title: 'Pascal VOC',
    aliases: ['pascal_voc', 'voc_detection'],
    files: ['.xml'],
    writable: false,
    reads: 'boxes, `difficult`, `truncated`, `occluded`, pose, attributes',
    knownBy: '`<annotation>` with `<bndbox>` or `<size>`',
    places: {
      annotations:
        '`ImageSets/Main/<subset>.txt` and `Annotations/` where there are lists; otherwise `annotations/` or `labels/`, whole or per subset, or beside the images, in any case',
      images: '`JPEGImages/`, `images/`, `data/`, or the folder',
    },
    load: async () => (await import('./voc/index.js')).voc,
  },
  {
    name: 'yolo',
    title: 'YOLO (Darknet)',
    aliases: [],
    files: ['.data', '.names', '.txt'],
    writable: false,
    reads: 'Darknet: boxes',
    knownBy: 'a `.data` file that names lists; or `obj.names` and `obj_<subset>_data/`',
    places: { annotations: 'beside the images, or `labels/` for `images/`', images: 'as the lists name them' },
    load: async () => (await import('./yolo/index.js')).yolo,
  },
  {
    name: 'yolo_loose',
    title: 'YOLO label files without data.yaml or obj.data',
    aliases: [],
    files: [],
    writable: false,
    reads:
      'boxes, segments, oriented boxes, as in `yolo_ultralytics`; names from `classes.txt`, `obj.names` or a YAML file',
    knownBy: 'text files of class numbers and shares, and images of their names',
    places: {
      annotations: 'beside the images, or `labels/` for `images/`, whole or per subset, in any case',
      images: 'everywhere below the folder',
    },
    load: async () => (await import('./yolo-loose/index.js')).yoloLoose,
  },
  {
    name: 'yolo_ultralytics',
    title: 'YOLO (Ultralytics)',
    aliases: [],
    files: ['.yaml', '.yml'],
    writable: false,
    reads: 'boxes, segments, oriented boxes (as the box around them), scores; key points are left out',
    knownBy: 'a YAML file with `train:` or `val:` and `names:` or `nc:`',
    places: { annotations: '`labels/` for `images/`, or beside the images', images: 'as `data.yaml` names them' },
    load: async () => (await import('./yolo-ultralytics/index.js')).yoloUltralytics,
  },
];

/** Names of the formats, sorted. */
export function formatNames(): readonly string[] {
  return FORMATS.map(({ name }) => name);
}

/** A format by its name or another name for it; null when there is none. */
export async function findFormat(name: string): Promise<DatasetFormat | null> {
  return (await entryNamed(FORMATS, name.toLowerCase())?.load()) ?? null;
}

/** Whether {@link findFormat} knows a name. */
export function isFormatName(name: string): boolean {
  return entryNamed(FORMATS, name.toLowerCase()) !== undefined;
}

/** Endings of files that stand for a whole dataset, with the dot. */
export function datasetFileEndings(): ReadonlySet<string> {
  return new Set(FORMATS.flatMap(({ files }) => files));
}

/** Names of the formats that can be written. */
export function writableFormats(): readonly string[] {
  return FORMATS.filter(({ writable }) => writable).map(({ name }) => name);
}

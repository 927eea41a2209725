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
    reads:
      'instances: boxes, polygons, masks, crowds, scores; key points for their boxes; panoptic files for their things; LVIS; `labels_*.json` for labels of whole images',
    knownBy: 'a JSON object whose `images` have `file_name` or `coco_url`, or whose `annotations` have `image_id`',
    places: {
      annotations:
        '`annotations/instances_<subset>.json`, otherwise any COCO file in `annotations/`, `labels/`, the folder, or its sub-folders (Roboflow); in any case',
      images:
        '`images/<subset>/`, `<subset>/`, beside the file and in folders of images there, `images/`, `JPEGImages/`, `data/`, `img/` and their like, the folder',
    },
    load: async () => (await import('./coco/index.js')).coco,
  },
  {
    name: 'create_ml',
    title: 'CreateML',
    aliases: ['roboflow_create_ml', 'createml'],
    files: ['.json'],
    writable: false,
    reads: 'boxes',
    knownBy: 'a JSON list with `image` and `coordinates`',
    places: {
      annotations: 'every such file down to two sub-folders',
      images: 'beside the file, in `images/` or `data/` there, above it or in the folder, whole or per subset',
    },
    load: async () => (await import('./create-ml/index.js')).createMl,
  },
  {
    name: 'csv',
    title: 'CSV with a box a row',
    aliases: ['roboflow_csv', 'tensorflow_csv', 'vott_csv'],
    files: ['.csv'],
    writable: false,
    reads:
      'boxes of Roboflow, TensorFlow, VoTT; RetinaNet and MakeSense without a header; commas, semicolons or tabs between cells',
    knownBy: 'columns of an image, a class, and `xmin`, `ymin`, `xmax`, `ymax` or their like',
    places: {
      annotations: 'every such file',
      images: 'beside the file, in `images/` or `data/` there, above it or in the folder, whole or per subset',
    },
    load: async () => (await import('./csv/index.js')).csv,
  },
  {
    name: 'cvat',
    title: 'CVAT for images 1.1',
    aliases: [],
    files: ['.xml'],
    writable: false,
    reads: '"CVAT for images 1.1": boxes, polygons, masks, ellipses, tags, attributes',
    knownBy: '`<annotations>`',
    places: {
      annotations: 'every such file',
      images: 'beside the file, in `images/` or `data/` there, above it or in the folder, whole or per subset',
    },
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
    places: {
      annotations: '`annotations/<subset>.json`, or any such file',
      images: 'in `images/<subset>/` or `images/` beside the file, above it or in the folder',
    },
    load: async () => (await import('./datumaro/index.js')).datumaro,
  },
  {
    name: 'fiftyone',
    title: 'FiftyOne',
    aliases: ['fiftyone_dataset'],
    files: ['.json'],
    writable: false,
    reads:
      '`FiftyOneDataset`: detections, classifications, closed polylines of the field with the truth; `FiftyOneImageDetectionDataset`, `FiftyOneImageClassificationDataset`',
    knownBy: '`samples.json` with `samples`, `labels.json` with `classes` and `labels`',
    places: {
      annotations: '`samples.json` or `labels.json`',
      images: '`data/`, or as `filepath` says',
    },
    load: async () => (await import('./fiftyone/index.js')).fiftyone,
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
    name: 'imagefolder',
    title: 'Hugging Face imagefolder with metadata',
    aliases: ['hf_imagefolder'],
    files: ['.jsonl', '.csv'],
    writable: false,
    reads: '`objects` with `bbox` (x, y, width, height) and `categories`; `label`',
    knownBy: '`metadata.jsonl` or `metadata.csv` with `file_name`',
    places: {
      annotations: '`metadata.jsonl`, `metadata.csv`, whole or per subset',
      images: 'as `file_name` says, from the file',
    },
    load: async () => (await import('./imagefolder/index.js')).imagefolder,
  },
  {
    name: 'imagenet',
    title: 'ImageNet: one folder a class',
    aliases: ['imagenet_with_subset_dirs'],
    files: [],
    writable: false,
    reads: 'one folder a class, or one such folder a subset',
    knownBy: 'two or more folders with images, and at most a few images above them',
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
    name: 'kitti',
    title: 'KITTI object detection',
    aliases: ['kitti_detection'],
    files: [],
    writable: false,
    reads: 'boxes, `truncated`, `occluded`, scores; areas of `DontCare` are left out',
    knownBy: 'text files of lines of a class and 14 numbers',
    places: {
      annotations: '`label_2/`, `labels/`, whole or per subset',
      images: '`image_2/`, `images/`, `data/`, of the same names',
    },
    load: async () => (await import('./kitti/index.js')).kitti,
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
      images: 'as the file names them, from it or from the folder of images that mirrors its own',
    },
    load: async () => (await import('./label-me/index.js')).labelMe,
  },
  {
    name: 'label_studio',
    title: 'Label Studio',
    aliases: [],
    files: ['.json'],
    writable: false,
    reads: 'JSON and JSON-MIN: rectangles, polygons, ellipses (turned ones as the box around them), choices',
    knownBy: 'a JSON list of tasks with `data` and `annotations`, or with `rectanglelabels` and their like',
    places: {
      annotations: 'every such file',
      images:
        'beside the file, in `images/` or `data/` there, above it or in the folder, whole or per subset; by their name without address and without the digits of an upload',
    },
    load: async () => (await import('./label-studio/index.js')).labelStudio,
  },
  {
    name: 'mvtec',
    title: 'MVTec AD',
    aliases: ['mvtec_classification'],
    files: [],
    writable: false,
    reads: 'the class of an image: `good`, or the kind of defect; masks are left out',
    knownBy: '`train/good/`, `test/` and `ground_truth/`, of one product or a folder a product',
    places: null,
    load: async () => (await import('./mvtec/index.js')).mvtec,
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
    name: 'roboflow_multiclass',
    title: 'Roboflow classes',
    aliases: [],
    files: ['.csv'],
    writable: false,
    reads: 'labels of whole images',
    knownBy: '`_classes.csv` with a column a class',
    places: {
      annotations: '`_classes.csv`, whole or per subset',
      images: 'beside it',
    },
    load: async () => (await import('./roboflow-multiclass/index.js')).roboflowMulticlass,
  },
  {
    name: 'via',
    title: 'VGG Image Annotator',
    aliases: ['vgg_image_annotator'],
    files: ['.json', '.csv'],
    writable: false,
    reads:
      'versions 1 and 2: rectangles, polygons, circles, ellipses, attributes; the class is the attribute `class`, `label`, `name`..., or the only one',
    knownBy:
      'a JSON object of `filename`, `regions`, `file_attributes`; `_via_img_metadata`; the columns `region_shape_attributes`, `region_attributes`',
    places: {
      annotations: 'every such file',
      images: 'beside the file, in `images/` or `data/` there, above it or in the folder, whole or per subset',
    },
    load: async () => (await import('./via/index.js')).via,
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

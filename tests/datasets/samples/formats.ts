import { join } from 'node:path';

import { DETECTION, IMAGES, makeFiles, makeImage, makeImages, type Summary } from './world.js';

/** How a tiny dataset is made in one format, and what must be read from it. */
export interface FormatSample {
  readonly format: string;
  readonly make: (root: string) => Promise<void>;
  /** In reading order. */
  readonly items: readonly Summary[];
  readonly labelNames: readonly string[];
  readonly subsets: readonly string[];
  /** An image that is listed, to be taken away; null where images are only found on disk. */
  readonly listedImage: string | null;
  /** Ways to break it: the file's new text, and what the message must say beside the file's name. */
  readonly broken: readonly { readonly file: string; readonly text: string; readonly says: RegExp }[];
}

export const CLASSES = ['cat', 'dog', 'potted plant'];
const [ONE, TWO] = [DETECTION[0]!.boxes, DETECTION[1]!.boxes];

const coco = {
  categories: CLASSES.map((name, i) => ({ id: 10 * (i + 1), name })),
  // Annotations stand before the images they are of.
  annotations: [
    { id: 2, image_id: 2, category_id: 30, bbox: [0, 0, 20, 32], iscrowd: 0 },
    { id: 1, image_id: 1, category_id: 10, bbox: [8, 6, 16, 12], iscrowd: 0 },
    { id: 3, image_id: 1, category_id: 20, bbox: [32, 12, 24, 20], iscrowd: 1 },
  ],
  images: [
    { id: 1, file_name: 'one.jpg', ...IMAGES.one },
    { id: 2, file_name: 'two.jpg', ...IMAGES.two },
    { id: 3, file_name: 'bare.jpg', ...IMAGES.bare },
  ],
};

export function vocXml(name: keyof typeof IMAGES, boxes: Summary['boxes']): string {
  const { width, height } = IMAGES[name];
  const objects = boxes.map(
    ([label, x, y, w, h]) =>
      `<object><name>${label}</name><difficult>0</difficult><bndbox><xmin>${x}</xmin><ymin>${y}</ymin><xmax>${x + w}</xmax><ymax>${y + h}</ymax></bndbox></object>`,
  );
  return `<?xml version="1.0"?>\n<annotation>\n<filename>${name}.jpg</filename><size><width>${width}</width><height>${height}</height><depth>3</depth></size>\n${objects.join('\n')}\n</annotation>`;
}

export function yoloLines(name: keyof typeof IMAGES, boxes: Summary['boxes']): string {
  const { width, height } = IMAGES[name];
  return boxes
    .map(([label, x, y, w, h]) =>
      [CLASSES.indexOf(label), (x + w / 2) / width, (y + h / 2) / height, w / width, h / height].join(' '),
    )
    .join('\n');
}

function cvatXml(): string {
  const image = (name: keyof typeof IMAGES, id: number, boxes: Summary['boxes']): string =>
    `<image id="${id}" name="${name}.jpg" width="${IMAGES[name].width}" height="${IMAGES[name].height}">\n` +
    boxes
      .map(
        ([label, x, y, w, h]) =>
          `<box label="${label}" occluded="0" xtl="${x}" ytl="${y}" xbr="${x + w}" ybr="${y + h}" z_order="0"></box>`,
      )
      .join('\n') +
    '\n</image>';
  const labels = CLASSES.map((name) => `<label><name>${name}</name><attributes></attributes></label>`).join('');
  return `<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n<meta><task><id>1</id><labels>${labels}</labels></task></meta>\n${image('one', 0, ONE)}\n${image('two', 1, TWO)}\n${image('bare', 2, [])}\n</annotations>`;
}

function labelMeXml(name: keyof typeof IMAGES, boxes: Summary['boxes']): string {
  const objects = boxes.map(([label, x, y, w, h], id) => {
    const corners = [
      [x, y],
      [x + w, y],
      [x + w, y + h],
      [x, y + h],
    ];
    const points = corners.map(([px, py]) => `<pt><x>${px ?? 0}</x><y>${py ?? 0}</y></pt>`).join('');
    return `<object><name>${label}</name><deleted>0</deleted><occluded>no</occluded><id>${id}</id><type>bounding_box</type><polygon><username>x</username>${points}</polygon></object>`;
  });
  const { width, height } = IMAGES[name];
  return `<annotation><filename>${name}.jpg</filename><folder></folder><imagesize><nrows>${height}</nrows><ncols>${width}</ncols></imagesize>\n${objects.join('\n')}\n</annotation>`;
}

function labelMeJson(name: keyof typeof IMAGES, boxes: Summary['boxes']): object {
  return {
    version: '5.4.1',
    flags: {},
    shapes: boxes.map(([label, x, y, w, h]) => ({
      label,
      // Corners in any order.
      points: [
        [x + w, y],
        [x, y + h],
      ],
      group_id: null,
      shape_type: 'rectangle',
      flags: {},
    })),
    imagePath: `${name}.jpg`,
    imageData: null,
    imageHeight: IMAGES[name].height,
    imageWidth: IMAGES[name].width,
  };
}

function openImagesRow(name: keyof typeof IMAGES, [label, x, y, w, h]: Summary['boxes'][number]): string {
  const { width, height } = IMAGES[name];
  const mid = ['/m/01yrx', '/m/0bt9lr', '/m/03fp41'][CLASSES.indexOf(label)]!;
  return [name, 'xclick', mid, 1, x / width, (x + w) / width, y / height, (y + h) / height, 0, 0, 0, 0, 0].join(',');
}

const datumaro = {
  dm_format_version: '1.0',
  media_type: 2,
  infos: {},
  categories: {
    label: { labels: CLASSES.map((name) => ({ name, parent: '', attributes: [] })), label_groups: [], attributes: [] },
  },
  items: DETECTION.map(({ id, boxes }) => ({
    id,
    annotations: boxes.map(([label, ...bbox], i) => ({
      id: i,
      type: 'bbox',
      attributes: {},
      group: 0,
      label_id: CLASSES.indexOf(label),
      bbox,
      z_order: 0,
    })),
    image: { path: `${id}.jpg` },
  })),
};

const byName = [...DETECTION].sort((a, b) => (a.id < b.id ? -1 : 1));
const plain = (id: string, ...labels: string[]): Summary => ({ id, labels, boxes: [] });

export const SAMPLES: readonly FormatSample[] = [
  {
    format: 'coco',
    make: async (root) => {
      await makeFiles(root, { 'annotations/instances_val.json': coco });
      await makeImages((name) => join(root, 'images/val', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['val'],
    listedImage: 'images/val/one.jpg',
    broken: [
      {
        file: 'annotations/instances_val.json',
        text: '{"images":[{"id":1,"file_name":"one.jpg"}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,3]}],"categories":[{"id":1,"name":"a"}]}',
        says: /annotations\[0\]\.bbox: a box is four numbers/,
      },
      {
        file: 'annotations/instances_val.json',
        text: '{"images":[{"id":1,"file_name":"one.jpg"}],"annotations":[{"id":1,"image_id":1,"category_id":7,"bbox":[1,2,3,4]}],"categories":[]}',
        says: /annotations\[0\]: category_id 7 is not in the file's categories/,
      },
      {
        file: 'annotations/instances_val.json',
        text: '{"images":[{"id":1,"file_name":"one.jpg"},{"id":1,"file_name":"two.jpg"}]}',
        says: /images\[1\]: the image id 1 was used before/,
      },
      {
        file: 'annotations/instances_val.json',
        text: '{"images":[{"id":1,"file_name":"one.jpg"}',
        says: /byte 41: the file ends in the middle/,
      },
      {
        file: 'annotations/instances_val.json',
        text: '{"images":[{"id":1,"file_name":"one.jpg"} {"id":2}]}',
        says: /byte 42: the JSON has '\{' where ',' or '\]' should be/,
      },
    ],
  },
  {
    format: 'datumaro',
    make: async (root) => {
      await makeFiles(root, { 'annotations/train.json': datumaro });
      await makeImages((name) => join(root, 'images/train', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['train'],
    listedImage: 'images/train/one.jpg',
    broken: [
      {
        file: 'annotations/train.json',
        text: '{"dm_format_version":"1.0","categories":{"label":{"labels":[]}},"items":[{"id":"a"},{"id":4}]}',
        says: /items\[1\]\.id/,
      },
      {
        file: 'annotations/train.json',
        text: '{"dm_format_version":"1.0","categories":{"label":{"labels":[]}},"items":[{"id":"a","annotations":[{"type":"bbox","label_id":3,"bbox":[0,0,1,1]}]}]}',
        says: /items\[0\]\.annotations\[0\]: label_id 3 is not in the 0 categories/,
      },
      {
        file: 'annotations/train.json',
        text: '{"dm_format_version":"1.0","categories":{"label":{"labels":[{"name":"a"}]}},"items":[{"id":"a","annotations":[{"type":"bbox","label_id":0}]}]}',
        says: /needs "bbox"/,
      },
    ],
  },
  {
    format: 'voc',
    make: async (root) => {
      await makeFiles(root, {
        'Annotations/one.xml': vocXml('one', ONE),
        'Annotations/two.xml': vocXml('two', TWO),
        'Annotations/bare.xml': vocXml('bare', []),
        'ImageSets/Main/train.txt': 'one\ntwo\n',
        'ImageSets/Main/val.txt': 'bare\n',
        'ImageSets/Main/trainval.txt': 'one\ntwo\nbare\n',
        'ImageSets/Main/cat_train.txt': 'one 1\ntwo -1\n',
      });
      await makeImages((name) => join(root, 'JPEGImages', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['train', 'val'],
    listedImage: 'JPEGImages/one.jpg',
    broken: [
      {
        file: 'Annotations/one.xml',
        text: '<annotation>\n<object>\n</annotation>',
        says: /line 3: the XML is not well-formed/,
      },
      {
        file: 'Annotations/one.xml',
        text: '<annotation>\n<object><name>cat</name></object></annotation>',
        says: /line 2: the object 'cat' has no <bndbox>/,
      },
      {
        file: 'Annotations/one.xml',
        text: '<annotation><object>\n<name>cat</name><bndbox>\n<xmin>a</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>',
        says: /line 3: <xmin> is 'a', not a number/,
      },
      {
        file: 'Annotations/one.xml',
        text: '<!DOCTYPE a [<!ENTITY x "y">]>\n<annotation>&x;</annotation>',
        says: /line 1: the XML declares a document type/,
      },
    ],
  },
  {
    format: 'yolo',
    make: async (root) => {
      await makeFiles(root, {
        'obj.data': 'classes = 3\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n',
        'obj.names': `${CLASSES.join('\r\n')}\r\n`,
        'train.txt': 'data/obj_train_data/one.jpg\ndata/obj_train_data/two.jpg\ndata/obj_train_data/bare.jpg\n',
        'obj_train_data/one.txt': yoloLines('one', ONE),
        'obj_train_data/two.txt': yoloLines('two', TWO),
        'obj_train_data/bare.txt': '',
      });
      await makeImages((name) => join(root, 'obj_train_data', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['train'],
    listedImage: 'obj_train_data/one.jpg',
    broken: [
      {
        file: 'obj_train_data/one.txt',
        text: '0 0.5 0.5 0.1 0.1\n0 0.5 x 0.1 0.1',
        says: /line 2: 'x' is not a number/,
      },
      {
        file: 'obj_train_data/one.txt',
        text: '3 0.5 0.5 0.1 0.1',
        says: /line 1: class 3 has no name, since there are 3 classes/,
      },
      { file: 'obj_train_data/one.txt', text: '0 20 10 5 5', says: /line 1: the box is not in shares of the image/ },
      { file: 'obj_train_data/one.txt', text: '0 0.5 0.5 0.1', says: /line 1: there are 4 values/ },
      {
        file: 'obj.data',
        text: 'names = obj.names\ntrain = other.txt\n',
        says: /it names 'other.txt', which is not there/,
      },
    ],
  },
  {
    format: 'yolo_ultralytics',
    make: async (root) => {
      await makeFiles(root, {
        'data.yaml': 'path: .\ntrain: images/train\nval: images/val\nnames:\n  0: cat\n  1: dog\n  2: potted plant\n',
        'labels/train/one.txt': yoloLines('one', ONE),
        'labels/train/two.txt': yoloLines('two', TWO),
      });
      await makeImages((name) => join(root, 'images', name === 'bare' ? 'val' : 'train', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['train', 'val'],
    listedImage: null,
    broken: [
      { file: 'labels/train/one.txt', text: '-1 0.5 0.5 0.1 0.1', says: /line 1: the class is -1/ },
      {
        file: 'data.yaml',
        text: 'train: images/train\nnames: [a\nval: images/val',
        says: /line \d+: this is not valid YAML/,
      },
      { file: 'data.yaml', text: 'train: nowhere\nnames: [a]\n', says: /none of the images that it names are there/ },
    ],
  },
  {
    format: 'cvat',
    make: async (root) => {
      await makeFiles(root, { 'annotations.xml': cvatXml() });
      await makeImages((name) => join(root, 'images', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['default'],
    listedImage: 'images/one.jpg',
    broken: [
      {
        file: 'annotations.xml',
        text: '<annotations><version>1.1</version><meta/>\n<image name="a.jpg">\n<box label="cat" xtl="1"/></image></annotations>',
        says: /line 3: <box> has no ytl/,
      },
      {
        file: 'annotations.xml',
        text: '<annotations><version>1.1</version>\n<meta><task><labels><label><name>a</name></label></labels></task></meta><image name="a.jpg"><box label="b" xtl="1" ytl="1" xbr="2" ybr="2"/></image></annotations>',
        says: /line 2: <box> has the label 'b', which <meta> does not declare/,
      },
      {
        file: 'annotations.xml',
        text: '<annotations><version>1.1</version>\n<meta/><track id="0"></track></annotations>',
        says: /line 2: this is "CVAT for video"/,
      },
      {
        file: 'annotations.xml',
        text: '<annotations><version>1.1</version>\n<image name="a.jpg">',
        says: /line 2: the XML is not well-formed/,
      },
      {
        file: 'annotations.xml',
        text: '<!DOCTYPE annotations [<!ENTITY a "aaaa">]>\n<annotations><version>1.1</version></annotations>',
        says: /line 1: the XML declares a document type/,
      },
    ],
  },
  {
    format: 'label_me',
    make: async (root) => {
      await makeFiles(root, {
        'one.xml': labelMeXml('one', ONE),
        'two.xml': labelMeXml('two', TWO),
        'bare.xml': labelMeXml('bare', []),
      });
      await makeImages((name) => join(root, 'Images', `${name}.jpg`));
    },
    items: byName,
    labelNames: CLASSES,
    subsets: ['default'],
    listedImage: 'Images/one.jpg',
    broken: [
      {
        file: 'one.xml',
        text: '<annotation><filename>one.jpg</filename>\n<imagesize/><object><name>a</name></object></annotation>',
        says: /line 2: the object 'a' has neither a <polygon> nor a <segm>/,
      },
      { file: 'one.xml', text: '<annotation>\n<imagesize/></annotation>', says: /line 1: there is no <filename>/ },
    ],
  },
  {
    format: 'label_me',
    make: async (root) => {
      await makeFiles(root, {
        'one.json': labelMeJson('one', ONE),
        'two.json': labelMeJson('two', TWO),
        'bare.json': labelMeJson('bare', []),
      });
      await makeImages((name) => join(root, `${name}.jpg`));
    },
    items: byName,
    labelNames: CLASSES,
    subsets: ['default'],
    listedImage: 'one.jpg',
    broken: [
      {
        file: 'one.json',
        text: '{"version":"5","flags":{},"shapes":[{"label":"a","points":[[1,2,3]]}],"imagePath":"one.jpg"}',
        says: /shapes\[0\]\.points\[0\]: a point is two numbers/,
      },
      {
        file: 'one.json',
        text: '{"version":"5","flags":{},"shapes":[{"label":"a","points":[[1,2]],"shape_type":"polygon"}],"imagePath":"one.jpg"}',
        says: /shapes\[0\]: the polygon 'a' has fewer than 3 points/,
      },
      { file: 'one.json', text: '{"version":"5","flags":{},"shapes":[', says: /this is not valid JSON/ },
    ],
  },
  {
    format: 'open_images',
    make: async (root) => {
      await makeFiles(root, {
        'annotations/oidv6-class-descriptions.csv':
          'LabelName,DisplayName\n/m/09qck,Banana\n/m/01yrx,cat\n/m/0bt9lr,dog\n/m/03fp41,potted plant\n',
        'annotations/validation-images-with-rotation.csv':
          'ImageID,Subset,OriginalURL\none,validation,http://x/a\ntwo,validation,"http://x/b,c"\nbare,validation,http://x/d\n',
        'annotations/validation-annotations-bbox.csv': [
          'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside',
          // Rows of one image need not be together.
          openImagesRow('one', ONE[0]!),
          openImagesRow('two', TWO[0]!),
          openImagesRow('one', ONE[1]!),
        ].join('\n'),
      });
      await makeImages((name) => join(root, 'images/validation', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['validation'],
    listedImage: 'images/validation/one.jpg',
    broken: [
      {
        file: 'annotations/validation-annotations-bbox.csv',
        text: 'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\none,x,/m/01yrx,1,a,0.5,0,1',
        says: /byte \d+: XMin is 'a' in the row/,
      },
      {
        file: 'annotations/validation-annotations-bbox.csv',
        text: 'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\none,x',
        says: /line 2: the row has 2 columns/,
      },
    ],
  },
  {
    format: 'imagenet',
    make: async (root) => {
      await makeImage(join(root, 'cat/one.jpg'), 64, 32);
      await makeImage(join(root, 'dog/two.png'), 32, 64);
      await makeImage(join(root, 'dog/three.JPG'), 32, 64);
    },
    items: [plain('cat/one', 'cat'), plain('dog/three', 'dog'), plain('dog/two', 'dog')],
    labelNames: ['cat', 'dog'],
    subsets: ['default'],
    listedImage: null,
    broken: [],
  },
  {
    format: 'imagenet_txt',
    make: async (root) => {
      await makeFiles(root, { 'train.txt': 'one.jpg 0\n"sub/two b".jpg 1 0\n', 'synsets.txt': 'cat\ndog\n' });
      await makeImage(join(root, 'images/one.jpg'), 64, 32);
      await makeImage(join(root, 'images/sub/two b.jpg'), 32, 64);
    },
    items: [plain('one', 'cat'), plain('sub/two b', 'dog', 'cat')],
    labelNames: ['cat', 'dog'],
    subsets: ['train'],
    listedImage: 'images/one.jpg',
    broken: [
      {
        file: 'train.txt',
        text: 'one.jpg 0\ntwo.jpg 2\n',
        says: /line 2: label 2 has no name, since synsets.txt has 2 lines/,
      },
      { file: 'train.txt', text: 'one.jpg 0\nfoo\n', says: /line 2: 'foo' is not an image and its label numbers/ },
    ],
  },
  {
    format: 'image_dir',
    make: async (root) => {
      await makeImage(join(root, 'one.jpg'), 64, 32);
      await makeImage(join(root, 'deep/er/two.png'), 32, 64);
    },
    items: [plain('one'), plain('deep/er/two')],
    labelNames: [],
    subsets: ['default'],
    listedImage: null,
    broken: [],
  },
];

import { join } from 'node:path';

import { CLASSES, type FormatSample } from './formats.js';
import { DETECTION, IMAGES, makeFiles, makeImage, makeImages, type Summary } from './world.js';

type Name = keyof typeof IMAGES;

const [ONE, TWO] = [DETECTION[0]!.boxes, DETECTION[1]!.boxes];
const ALL: readonly [Name, Summary['boxes']][] = [
  ['one', ONE],
  ['two', TWO],
  ['bare', []],
];

/** The items of formats that list images in their files' order. */
const listed = DETECTION;

const createMl = ALL.map(([name, boxes]) => ({
  image: `${name}.jpg`,
  annotations: boxes.map(([label, x, y, width, height]) => ({
    label,
    coordinates: { x: x + width / 2, y: y + height / 2, width, height },
  })),
}));

const via = Object.fromEntries(
  ALL.map(([name, boxes]) => [
    `${name}.jpg123`,
    {
      filename: `${name}.jpg`,
      size: 123,
      regions: boxes.map(([label, x, y, width, height]) => ({
        shape_attributes: { name: 'rect', x, y, width, height },
        region_attributes: { class: label },
      })),
      file_attributes: {},
    },
  ]),
);

const viaCsv = [
  'filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes',
  ...ALL.flatMap(([name, boxes]) => {
    const quoted = (value: object): string => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
    const row = (id: number, shape: object, attributes: object): string =>
      [`${name}.jpg`, 1, '{}', boxes.length, id, quoted(shape), quoted(attributes)].join(',');
    if (boxes.length === 0) return [row(0, {}, {})];
    return boxes.map(([label, x, y, width, height], id) =>
      row(id, { name: 'rect', x, y, width, height }, { label: { [label]: true, nothing: false } }),
    );
  }),
].join('\n');

const csv = [
  'filename,width,height,class,xmin,ymin,xmax,ymax',
  // The rows of an image need not be together.
  ...[['one', ONE[0]!] as const, ['two', TWO[0]!] as const, ['one', ONE[1]!] as const].map(
    ([name, [label, x, y, w, h]]) =>
      [`${name}.jpg`, IMAGES[name].width, IMAGES[name].height, label, x, y, x + w, y + h].join(','),
  ),
].join('\n');

const labelStudio = ALL.map(([name, boxes], id) => {
  const { width, height } = IMAGES[name];
  return {
    id,
    data: { image: `/data/upload/1/0123abcd-${name}.jpg` },
    annotations: [
      {
        id,
        was_cancelled: false,
        result: boxes.map(([label, x, y, w, h], i) => ({
          id: `${id}-${i}`,
          type: 'rectanglelabels',
          from_name: 'label',
          to_name: 'image',
          original_width: width,
          original_height: height,
          image_rotation: 0,
          value: {
            x: (100 * x) / width,
            y: (100 * y) / height,
            width: (100 * w) / width,
            height: (100 * h) / height,
            rotation: 0,
            rectanglelabels: [label],
          },
        })),
      },
    ],
    predictions: [],
  };
});

const metadata = ALL.map(([name, boxes]) =>
  JSON.stringify({
    file_name: `${name}.jpg`,
    objects: { bbox: boxes.map(([, ...box]) => box), categories: boxes.map(([label]) => label) },
  }),
).join('\n');

const fiftyone = {
  samples: ALL.map(([name, boxes]) => ({
    _id: { $oid: name },
    filepath: `data/${name}.jpg`,
    tags: [],
    metadata: { _cls: 'ImageMetadata', size_bytes: 1, ...IMAGES[name] },
    ground_truth: {
      _cls: 'Detections',
      detections: boxes.map(([label, x, y, w, h]) => ({
        _cls: 'Detection',
        attributes: {},
        label,
        bounding_box: [
          x / IMAGES[name].width,
          y / IMAGES[name].height,
          w / IMAGES[name].width,
          h / IMAGES[name].height,
        ],
      })),
    },
  })),
};

const kittiLines = (boxes: Summary['boxes']): string =>
  boxes
    .map(
      ([label, x, y, w, h]) =>
        `${label.replace(' ', '_')} 0.00 0 -1.57 ${x} ${y}.00 ${x + w} ${y + h} 1.4 1.6 3.7 1.84 1.47 8.41 0.01`,
    )
    .join('\n');
const kittiItems = DETECTION.map(({ id, labels, boxes }) => ({
  id,
  labels,
  boxes: boxes.map(([label, ...box]) => [label.replace(' ', '_'), ...box] as const),
})).sort((a, b) => (a.id < b.id ? -1 : 1));

const plain = (id: string, ...labels: string[]): Summary => ({ id, labels, boxes: [] });

/** Images in a folder, and an annotation file. */
function beside(folder: string, file: string, content: string | object): FormatSample['make'] {
  return async (root) => {
    await makeFiles(root, { [file]: content });
    await makeImages((name) => join(root, folder, `${name}.jpg`));
  };
}

/** Formats of annotation tools and hubs. */
export const TOOL_SAMPLES: readonly FormatSample[] = [
  {
    format: 'create_ml',
    make: beside('train', 'train/_annotations.createml.json', createMl),
    items: listed,
    labelNames: CLASSES,
    subsets: ['train'],
    listedImage: 'train/one.jpg',
    broken: [
      {
        file: 'train/_annotations.createml.json',
        text: '[{"image":"one.jpg","annotations":[{"label":"cat","coordinates":{"x":1,"y":2,"width":3}}]}]',
        says: /\[0\]\.annotations\[0\]\.coordinates\.height/,
      },
      {
        file: 'train/_annotations.createml.json',
        text: '[{"image":"one.jpg","annotations":[{"label":"cat","coordinates":{"x":1,"y":2,"width":3,"height":4}}]}',
        says: /byte 101: the file ends in the middle of its JSON/,
      },
    ],
  },
  {
    format: 'via',
    make: beside('images', 'via_region_data.json', via),
    items: listed,
    labelNames: CLASSES,
    subsets: ['default'],
    listedImage: 'images/one.jpg',
    broken: [
      {
        file: 'via_region_data.json',
        text: '{"a":{"filename":"one.jpg","regions":[{"shape_attributes":{"name":"rect","x":1},"region_attributes":{}}],"file_attributes":{}}}',
        says: /\["a"\]\.regions\[0\]: the rect has no y/,
      },
      {
        file: 'via_region_data.json',
        text: '{"a":{"filename":"one.jpg","regions":[{"shape_attributes":{"name":"circle","cx":1,"cy":1,"r":1},"region_attributes":{"color":"red","age":"3"}}],"file_attributes":{}}}',
        says: /the attributes color, age, and which is its class is not clear; call the attribute of the class 'class'/,
      },
    ],
  },
  {
    format: 'via',
    make: beside('', 'via_region_data.csv', viaCsv),
    items: listed,
    labelNames: CLASSES,
    subsets: ['default'],
    listedImage: 'one.jpg',
    broken: [
      {
        file: 'via_region_data.csv',
        text: `${viaCsv.split('\n')[0]!}\none.jpg,1,"{}",1,0,"{""name"":""rect""","{}"`,
        says: /byte \d+: this is not valid JSON/,
      },
    ],
  },
  {
    format: 'csv',
    make: beside('Test', 'Test/_annotations.csv', csv),
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['Test'],
    listedImage: 'Test/one.jpg',
    broken: [
      {
        file: 'Test/_annotations.csv',
        text: 'filename,class,xmin,ymin,xmax,ymax\none.jpg,cat,1,a,2,3\n',
        says: /byte \d+: ymin is 'a' in the row 'one\.jpg,cat,1,a,2,3', not a number/,
      },
      {
        file: 'Test/_annotations.csv',
        text: 'filename,class,xmin,ymin,xmax,ymax\none.jpg,cat,0.1,0.1,0.5,0.5\n',
        says: /the box is in shares of the image in the row/,
      },
    ],
  },
  {
    format: 'roboflow_multiclass',
    make: beside('valid', 'valid/_classes.csv', 'filename, cat, dog\none.jpg,1,0\ntwo.jpg,1,1\nbare.jpg,0,0\n'),
    items: [plain('one', 'cat'), plain('two', 'cat', 'dog'), plain('bare')],
    labelNames: ['cat', 'dog'],
    subsets: ['valid'],
    listedImage: 'valid/one.jpg',
    broken: [
      {
        file: 'valid/_classes.csv',
        text: 'filename,cat,dog\none.jpg,1,0\ntwo.jpg,1,yes\n',
        says: /the row of 'two\.jpg' has 'yes' for dog, where 0 or 1 should be/,
      },
    ],
  },
  {
    format: 'label_studio',
    make: beside('images', 'project-1.json', labelStudio),
    items: listed,
    labelNames: CLASSES,
    subsets: ['default'],
    listedImage: 'images/one.jpg',
    broken: [
      {
        file: 'project-1.json',
        text: '[{"data":{"image":"one.jpg"},"annotations":[{"result":[{"type":"polygonlabels","value":{"points":[[1,2]],"polygonlabels":["a"]}}]}]}]',
        says: /\[0\]\.annotations\[0\]\.result\[0\]: the polygon has fewer than 3 points/,
      },
      {
        file: 'project-1.json',
        text: '[{"data":{"image":"one.jpg"},"annotations":[]},{"data":{"text":"hello"},"annotations":[]}]',
        says: /\[1\]: the task has no image/,
      },
    ],
  },
  {
    format: 'imagefolder',
    make: beside('train', 'train/metadata.jsonl', metadata),
    items: listed,
    labelNames: CLASSES,
    subsets: ['train'],
    listedImage: 'train/one.jpg',
    broken: [
      {
        file: 'train/metadata.jsonl',
        text: '{"file_name":"one.jpg","objects":{"bbox":[[1,2,3,4]],"categories":[]}}',
        says: /line 1, objects: there are 1 boxes and 0 categories/,
      },
      {
        file: 'train/metadata.jsonl',
        text: '{"file_name":"one.jpg","objects":{"bbox":[]}\n',
        says: /line 1: this is not valid JSON/,
      },
    ],
  },
  {
    format: 'imagefolder',
    make: beside('', 'metadata.csv', 'file_name,label\none.jpg,cat\ntwo.jpg,dog\nbare.jpg,cat\n'),
    items: [plain('one', 'cat'), plain('two', 'dog'), plain('bare', 'cat')],
    labelNames: ['cat', 'dog'],
    subsets: ['default'],
    listedImage: 'one.jpg',
    broken: [
      {
        file: 'metadata.csv',
        text: 'file_name,label\none.jpg,cat\n,dog\n',
        says: /line 3: the row has 2 columns, or no file_name/,
      },
    ],
  },
  {
    format: 'fiftyone',
    make: beside('data', 'samples.json', fiftyone),
    items: listed,
    labelNames: CLASSES,
    subsets: ['default'],
    listedImage: 'data/one.jpg',
    broken: [
      {
        file: 'samples.json',
        text: '{"samples":[{"filepath":"data/one.jpg","ground_truth":{"_cls":"Detections","detections":[{"label":"cat","bounding_box":[1,2]}]}}]}',
        says: /samples\[0\]\.ground_truth\.detections\[0\]\.bounding_box: a box is four numbers/,
      },
    ],
  },
  {
    format: 'fiftyone',
    make: beside('data', 'labels.json', { classes: ['cat', 'dog'], labels: { one: 1, two: 'cat', bare: null } }),
    items: [plain('one', 'dog'), plain('two', 'cat'), plain('bare')],
    labelNames: ['cat', 'dog'],
    subsets: ['default'],
    listedImage: 'data/one.jpg',
    broken: [
      {
        file: 'labels.json',
        text: '{"classes":["cat"],"labels":{"one":7}}',
        says: /labels\["one"\]: there is no class of this name or number/,
      },
    ],
  },
  {
    format: 'kitti',
    make: async (root) => {
      await makeFiles(root, {
        'training/label_2/one.txt': `${kittiLines(ONE)}\nDontCare -1 -1 -10 0 0 5 5 -1 -1 -1 -1000 -1000 -1000 -10\n`,
        'training/label_2/two.txt': kittiLines(TWO),
        'training/label_2/bare.txt': '',
      });
      await makeImages((name) => join(root, 'training/image_2', `${name}.jpg`));
    },
    items: kittiItems,
    labelNames: ['cat', 'dog', 'potted_plant'],
    subsets: ['training'],
    listedImage: 'training/image_2/one.jpg',
    broken: [
      {
        file: 'training/label_2/one.txt',
        text: 'Car 0 0 0 1 2 3',
        says: /line 1: there are 7 values, where KITTI has a class/,
      },
    ],
  },
  {
    format: 'mvtec',
    make: async (root) => {
      for (const path of [
        'train/good/000',
        'test/good/000',
        'test/broken_large/000',
        'ground_truth/broken_large/000_mask',
      ])
        await makeImage(join(root, `${path}.png`), 16, 16);
    },
    items: [plain('good/000', 'good'), plain('broken_large/000', 'broken_large'), plain('test/good/000', 'good')],
    labelNames: ['good', 'broken_large'],
    subsets: ['train', 'test'],
    listedImage: null,
    broken: [],
  },
];

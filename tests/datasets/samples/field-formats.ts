import { join } from 'node:path';

import { CLASSES, vocXml, yoloLines, type FormatSample } from './formats.js';
import { DETECTION, IMAGES, makeFiles, makeImages } from './world.js';

const [ONE, TWO] = [DETECTION[0]!.boxes, DETECTION[1]!.boxes];
const byName = [...DETECTION].sort((a, b) => (a.id < b.id ? -1 : 1));

function panoptic(names: readonly (keyof typeof IMAGES)[]): object {
  const categories = [...CLASSES, 'sky'].map((name, i) => ({ id: i + 1, name, isthing: name === 'sky' ? 0 : 1 }));
  const images = names.map((name, id) => ({ id, file_name: `${name}.jpg`, ...IMAGES[name] }));
  const annotations = names.map((name, id) => ({
    image_id: id,
    file_name: `${name}.png`,
    segments_info: [
      { id: 9, category_id: 4, iscrowd: 0, bbox: [0, 0, 5, 5] },
      ...DETECTION.find((one) => one.id === name)!.boxes.map(([label, ...bbox], i) => ({
        id: i,
        category_id: CLASSES.indexOf(label) + 1,
        iscrowd: 0,
        bbox,
      })),
    ],
  }));
  return { images, annotations, categories };
}

/** Layouts and formats of today's tools, beside those of the challenges. */
export const FIELD_SAMPLES: readonly FormatSample[] = [
  {
    format: 'coco',
    make: async (root) => {
      await makeFiles(root, {
        'Train/Annotations/panoptic.json': panoptic(['one', 'two']),
        'Valid/Annotations/panoptic.json': panoptic(['bare']),
      });
      await makeImages((name) => join(root, name === 'bare' ? 'Valid' : 'Train', 'Images', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: [...CLASSES, 'sky'],
    subsets: ['Train', 'Valid'],
    listedImage: 'Train/Images/one.jpg',
    broken: [
      {
        file: 'Train/Annotations/panoptic.json',
        text: '{"images":[{"id":1,"file_name":"one.jpg"}],"annotations":[{"image_id":1,"segments_info":[{"category_id":1}]}],"categories":[{"id":1,"name":"a","isthing":1}]}',
        says: /an object in segments_info has no bbox/,
      },
      {
        file: 'Train/Annotations/panoptic.json',
        text: '{"images":[{"id":1,"file_name":"one.jpg"},{"id":2}],"annotations":[],"categories":[]}',
        says: /images\[1\]\.file_name: the image has no file_name/,
      },
    ],
  },
  {
    format: 'voc',
    make: async (root) => {
      await makeFiles(root, {
        'Train/annotations/one.XML': vocXml('one', ONE),
        'Train/annotations/two.xml': vocXml('two', TWO),
        'Valid/annotations/bare.xml': vocXml('bare', []),
      });
      await makeImages((name) => join(root, name === 'bare' ? 'Valid' : 'Train', 'Images', `${name}.jpg`));
    },
    items: DETECTION,
    labelNames: CLASSES,
    subsets: ['Train', 'Valid'],
    listedImage: 'Train/Images/one.jpg',
    broken: [
      {
        file: 'Train/annotations/two.xml',
        text: '<annotation>\n<object><name>cat</name></object></annotation>',
        says: /line 2: the object 'cat' has no <bndbox>/,
      },
    ],
  },
  {
    format: 'yolo_loose',
    make: async (root) => {
      await makeFiles(root, {
        'classes.txt': `${CLASSES.join('\n')}\n`,
        'Labels/one.txt': yoloLines('one', ONE),
        'Labels/two.txt': yoloLines('two', TWO),
        'Labels/bare.txt': '',
      });
      await makeImages((name) => join(root, 'Images', `${name}.jpg`));
    },
    items: byName,
    labelNames: CLASSES,
    subsets: ['default'],
    listedImage: 'Images/one.jpg',
    broken: [
      { file: 'Labels/one.txt', text: '3 0.5 0.5 0.1 0.1', says: /line 1: class 3 has no name/ },
      { file: 'Labels/one.txt', text: '0 0.5 0.5 0.1', says: /line 1: there are 4 values/ },
    ],
  },
];

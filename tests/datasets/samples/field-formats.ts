import { join } from 'node:path';

import { CLASSES, vocXml, yoloLines, type FormatSample } from './formats.js';
import { DETECTION, makeFiles, makeImages } from './world.js';

const [ONE, TWO] = [DETECTION[0]!.boxes, DETECTION[1]!.boxes];
const byName = [...DETECTION].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Layouts and formats of today's tools, beside those of the challenges. */
export const FIELD_SAMPLES: readonly FormatSample[] = [
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

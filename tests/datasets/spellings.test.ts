import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const BOXES = [
  { label: 0, x: 2, y: 1, width: 10, height: 4 },
  { label: 1, x: 4, y: 6, width: 8, height: 6 },
];

/** The same two boxes of one image in spellings that tools and documentations have. */
const FILES: Readonly<Record<string, Record<string, string | object>>> = {
  'CreateML as its tools write it': { 'a.json': createMl('image', 'annotations') },
  'CreateML as Apple documents it': { 'a.json': createMl('imagefilename', 'annotation') },
  'Hugging Face, columns of objects': {
    'metadata.jsonl': JSON.stringify({
      file_name: 'a.png',
      objects: {
        bbox: [
          [2, 1, 10, 4],
          [4, 6, 8, 6],
        ],
        category: ['cat', 'dog'],
      },
    }),
  },
  'Hugging Face, rows of objects': {
    'metadata.jsonl': JSON.stringify({
      file_name: 'a.png',
      objects: [
        { bbox: [2, 1, 10, 4], category: 'cat' },
        { bbox: [4, 6, 8, 6], category: 'dog' },
      ],
    }),
  },
};

function createMl(image: string, annotations: string): object[] {
  return [
    {
      [image]: 'a.png',
      [annotations]: [
        { label: 'cat', coordinates: { x: 7, y: 3, width: 10, height: 4 } },
        { label: 'dog', coordinates: { x: 8, y: 9, width: 8, height: 6 } },
      ],
    },
  ];
}

it.each(Object.entries(FILES))('reads %s', async (_, files) => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'a.png'), 32, 16);
  await makeFiles(root, files);
  const dataset = await openDataset(root);
  const [item] = await collect(dataset.items());
  expect(item?.malformed).toBeUndefined();
  expect(item?.boxes).toMatchObject(BOXES);
  expect(dataset.labelNames).toEqual(['cat', 'dog']);
});

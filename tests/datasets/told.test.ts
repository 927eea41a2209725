import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import type { Dataset } from '../../src/datasets/types.js';
import { makeFiles, makeImage, temporaryFolder } from './samples/world.js';

async function opened(images: readonly string[], files: Readonly<Record<string, string>>): Promise<Dataset> {
  const root = await temporaryFolder();
  await makeFiles(root, files);
  for (const image of images) await makeImage(join(root, image), 100, 80);
  return openDataset(root);
}

it.each(['labels.txt', 'Classes.txt'])(
  'lists of images and numbers take their names from %s, and say so',
  async (file) => {
    const lists = { 'train.txt': 'images/a.jpg 0\nimages/b.jpg 1\n' };
    const named = await opened(['images/a.jpg', 'images/b.jpg'], { ...lists, [file]: 'cat\ndog\n' });
    expect([named.format, named.labelNames]).toEqual(['imagenet_txt', ['cat', 'dog']]);
    expect(named.notes).toEqual([`${named.root}: the class names are the lines of ${file}, counted from 0.`]);
    // A list of images is none of names.
    const other = await opened(['images/a.jpg', 'images/b.jpg'], { ...lists, [file]: 'images/a.jpg 1\n' });
    expect(other.labelNames).toEqual(['class-0', 'class-1']);
  },
);

it.each([
  ['nc: 3\n', 'there are no names of classes, so classes are called class-0, class-1...'],
  ['nc: 3\nnames: [cat]\n', "'nc' says 3 and 'names' has 1: the names count."],
  ['nc: 1\nnames: [cat]\n', null],
  ['names: {0: cat}\n', null],
])('Ultralytics: says what its names lack: %j', async (names, note) => {
  const { notes } = await opened(['images/a.jpg'], { 'data.yaml': `train: images\n${names}`, 'labels/a.txt': '' });
  expect(notes.join('\n')).toContain(note ?? '');
  if (note === null) expect(notes).toEqual([]);
});

it('names the text files among annotations that a format passes by', async () => {
  const xml = '<annotation><filename>a.jpg</filename><size><width>100</width><height>80</height></size></annotation>';
  const { format, notes } = await opened(['images/a.jpg'], {
    'annotations/xmls/a.xml': xml,
    'annotations/list.txt': 'a 1 1 1\n',
    'annotations/README': '',
  });
  expect([format, notes.join('\n')]).toEqual(['voc', expect.stringContaining('annotations/list.txt looks like')]);
});

it('names a file of CrowdHuman, which is not read', async () => {
  const { format, notes } = await opened(['Images/a.jpg'], { 'annotation_train.odgt': '{"ID": "a", "gtboxes": []}\n' });
  expect([format, notes.join('\n')]).toEqual([
    'image_dir',
    expect.stringContaining('annotation_train.odgt looks like'),
  ]);
});

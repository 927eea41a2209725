import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

async function yolo(list: string): Promise<string> {
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/a.png'), 32, 16);
  await makeFiles(root, { 'labels/a.txt': '0 .5 .5 .5 .5\n2 .5 .5 .5 .5', 'classes.txt': list });
  return root;
}

it.each([
  { list: 'cat\n\ndog\n', names: ['cat', 'class-1', 'dog'], said: /class 1 has no name/ },
  { list: '0 cat\n1 dog\n2 bird\n', names: ['cat', 'dog', 'bird'], said: /begin with the numbers of the classes/ },
  { list: '2: bird\n0: cat\n1: dog', names: ['cat', 'dog', 'bird'], said: /begin with the numbers/ },
  {
    list: 'cat\ncat\ndog\n\n\n',
    names: ['cat', 'cat', 'dog'],
    said: /called the same and are kept apart: cat \(0, 1\)/,
  },
  { list: '3 cats\n10 dogs\nbird\n', names: ['3 cats', '10 dogs', 'bird'], said: /^$/ },
])('takes names of classes at their numbers: $list', async ({ list, names, said }) => {
  const dataset = await openDataset(await yolo(list));
  expect(dataset.labelNames).toEqual(names);
  expect(dataset.notes.join()).toMatch(said);
  const [item] = await collect(dataset.items());
  expect(item?.boxes.map(({ label }) => label)).toEqual([0, 2]);
});

it("names the columns of Hugging Face's metadata of which no annotation is read", async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'a.png'), 8, 8);
  await makeFiles(root, { 'metadata.csv': 'file_name,cat,dog,width\na.png,1,0,8\n' });
  expect((await openDataset(root)).notes).toEqual([
    `${root}: no annotations are read of the columns cat, dog: only 'objects' and 'label' hold these.`,
  ]);
});

it('does not name the list of a subset as unread that it reads', async () => {
  const root = await temporaryFolder();
  for (const image of ['train/cat/a.png', 'train/dog/b.png', 'val/c.png']) await makeImage(join(root, image), 8, 8);
  await makeFiles(root, { 'val.txt': 'c.png dog\n', 'train.txt': 'cat/a.png cat\n' });
  const { notes } = await openDataset(root);
  expect(notes.join()).toContain('train.txt looks like annotations');
  expect(notes.join()).not.toContain('val.txt');
});

it('keeps an attribute that is called as what objects inherit from', async () => {
  const attribute = '<attributes><attribute><name>__proto__</name><value>x</value></attribute></attributes>';
  const trees = {
    voc: {
      'a.xml': `<annotation><object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox>${attribute}</object></annotation>`,
    },
    cvat: {
      'a.xml':
        '<annotations><version>1.1</version><image id="0" name="a.png" width="8" height="8"><box label="cat" xtl="1" ytl="1" xbr="5" ybr="5"><attribute name="__proto__">x</attribute></box></image></annotations>',
    },
    label_me: {
      'a.xml':
        '<annotation><filename>a.png</filename><object><name>cat</name><attributes>__proto__=x</attributes><polygon><pt><x>1</x><y>1</y></pt><pt><x>5</x><y>1</y></pt><pt><x>5</x><y>5</y></pt></polygon></object></annotation>',
    },
  };
  for (const [format, files] of Object.entries(trees)) {
    const root = await temporaryFolder();
    await makeImage(join(root, 'a.png'), 8, 8);
    await makeFiles(root, files);
    const dataset = await openDataset(root);
    const [item] = await collect(dataset.items());
    expect([dataset.format, Object.entries(item?.boxes[0]?.attributes ?? {})]).toEqual([format, [['__proto__', 'x']]]);
  }
});

it('looks for images of COCO in folders called as such, and says where lists of several years of VOC are not read', async () => {
  const coco = await temporaryFolder();
  await makeImage(join(coco, 'img/a.png'), 8, 8);
  await makeFiles(coco, {
    'annotations/instances_val.json': { images: [{ id: 1, file_name: 'a.png' }], annotations: [], categories: [] },
  });
  expect((await collect((await openDataset(coco)).items()))[0]?.imagePath).toBe(join(coco, 'img/a.png'));
  const voc = await temporaryFolder();
  for (const year of ['VOC2007', 'VOC2012']) {
    await makeImage(join(voc, year, `JPEGImages/${year}.jpg`), 8, 8);
    await makeFiles(join(voc, year), {
      [`Annotations/${year}.xml`]: '<annotation><size><width>8</width><height>8</height></size></annotation>',
      'ImageSets/Main/val.txt': `${year}\n`,
    });
  }
  expect((await openDataset(voc)).notes.join()).toMatch(
    /lists of subsets are not read .*VOC2007\/ImageSets, VOC2012\/ImageSets/,
  );
});

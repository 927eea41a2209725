import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const meta =
  '<version>1.1</version><meta><project><name>p</name><labels><label><name>cat &amp; dog</name><attributes><attribute><name>color</name></attribute></attributes></label><label><name>b</name></label></labels><subsets>Train\nVal</subsets></project></meta>';

async function read(images: string) {
  const root = await temporaryFolder();
  await makeFiles(root, { 'annotations.xml': `<annotations>${meta}${images}</annotations>` });
  const dataset = await openDataset(root);
  return { root, dataset, items: await collect(dataset.items()) };
}

it('reads tags, attributes and subsets', async () => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/Train/d/a.jpg'), 8, 8);
  await makeFiles(root, {
    'annotations.xml': `<annotations>${meta}<image id="0" name="d/a.jpg" subset="Train" width="8" height="8">
      <tag label="b"></tag>
      <box label="cat &amp; dog" occluded="1" xtl="1" ytl="2" xbr="3" ybr="5"><attribute name="color">red</attribute><attribute name="wet">true</attribute></box>
      </image></annotations>`,
  });
  const dataset = await openDataset(root);
  expect(dataset.labelNames).toEqual(['cat & dog', 'b']);
  expect(await collect(dataset.items())).toMatchObject([
    {
      id: 'd/a',
      subset: 'Train',
      imagePath: join(root, 'images/Train/d/a.jpg'),
      labels: [{ label: 1, attributes: {} }],
      boxes: [{ x: 1, y: 2, width: 2, height: 3, label: 0, attributes: { color: 'red', wet: true, occluded: true } }],
    },
  ]);
});

it('puts boxes around polygons, ellipses, masks and turned boxes, and passes over what has no area', async () => {
  const { items } = await read(`<image id="0" name="a.jpg" width="6" height="4">
    <polygon label="b" points="1.00,1.00;3.00,1.00;3.00,2.50"/>
    <ellipse label="b" cx="3" cy="2" rx="2" ry="1"/>
    <mask label="b" rle="1, 2, 1" left="2" top="1" width="2" height="2"/>
    <box label="b" xtl="0" ytl="1" xbr="4" ybr="3" rotation="90"/>
    <points label="b" points="1,1"/>
    <skeleton label="unknown"><points label="eye" points="1,1"/></skeleton>
    </image>`);
  const boxes = items[0]!.boxes;
  expect(boxes.slice(0, 3).map(({ x, y, width: w, height: h }) => [x, y, w, h])).toEqual([
    [1, 1, 2, 1.5],
    [1, 1, 4, 2],
    [2, 1, 2, 2],
  ]);
  expect(boxes[0]?.segmentation).toEqual({ kind: 'polygons', polygons: [[1, 1, 3, 1, 3, 2.5]] });
  // Rows 0 1 / 1 0 at (2, 1) in 6 x 4; down the columns: x = 2 has y = 2, x = 3 has y = 1.
  expect(boxes[2]?.segmentation).toEqual({ kind: 'rle', width: 6, height: 4, counts: [10, 1, 2, 1, 10] });
  expect(boxes).toHaveLength(4);
  const turned = boxes[3]!;
  // A quarter turn goes through sine and cosine.
  for (const [value, expected] of [
    [turned.x, 1],
    [turned.y, 0],
    [turned.width, 2],
    [turned.height, 4],
  ] as const)
    expect(value).toBeCloseTo(expected, 12);
});

it('collects the labels in use when none are declared', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'val.xml':
      '<annotations><version>1.1</version><meta/><image name="a.jpg"><tag label="z"/><tag label="a"/></image></annotations>',
  });
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ labelNames: ['a', 'z'], subsets: ['val'] });
  expect(await collect(dataset.items())).toMatchObject([
    { subset: 'val', size: null, labels: [{ label: 1 }, { label: 0 }] },
  ]);
});

it('names a mask that does not fill its box, and reads the other images', async () => {
  const { items } = await read(
    '\n<image id="0" name="a.jpg" width="6" height="4"><mask label="b" rle="1,2" left="2" top="1" width="2" height="2"/></image>' +
      '<image id="1" name="b.jpg" width="6" height="4"><tag label="b"/></image>',
  );
  expect(items[0]?.malformed).toMatch(/line \d+: the mask's rle does not fill/);
  expect(items[0]).toMatchObject({ annotated: false, boxes: [] });
  expect(items[1]).toMatchObject({ annotated: true, labels: [{}] });
});

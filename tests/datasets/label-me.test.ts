import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const points = (...pairs: readonly (readonly [number, number])[]): string =>
  pairs.map(([x, y]) => `<pt>\n<x>\n${x}\n</x>\n<y>\n${y}\n</y>\n</pt>`).join('');

it('reads the web tool’s files as they are: white space, deleted objects, attributes, segments', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'Annotations/street/a.xml': `<annotation><filename>\na.jpg\n</filename><folder>street</folder><source><sourceImage>x</sourceImage></source>
      <object><name>\ncar\n</name><deleted>0</deleted><occluded>yes</occluded><attributes>red, seats=4, note="a\\, b", used=false</attributes><polygon>${points([1, 1], [5, 1], [5, 4])}</polygon></object>
      <object><name>car</name><deleted>1</deleted><polygon>${points([1, 1], [5, 1], [5, 4])}</polygon></object>
      <object><name></name><polygon>${points([1, 1], [5, 1], [5, 4])}</polygon></object>
      <object><name>tree</name><segm><box><xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>8</ymax></box><mask>m.png</mask></segm></object>
      </annotation>`,
  });
  await makeImage(join(root, 'Images/street/a.jpg'), 8, 8);
  await makeImage(join(root, 'Images/street/b.jpg'), 8, 8);
  await makeImage(join(root, 'Masks/street/m.png'), 8, 8);
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ format: 'label_me', labelNames: ['car', 'tree'] });
  expect(await collect(dataset.items())).toMatchObject([
    {
      id: 'a',
      subset: 'street',
      imagePath: join(root, 'Images/street/a.jpg'),
      boxes: [
        {
          ...{ x: 1, y: 1, width: 4, height: 3, label: 0 },
          attributes: { red: true, seats: 4, note: 'a, b', used: false, occluded: true },
          segmentation: { kind: 'polygons', polygons: [[1, 1, 5, 1, 5, 4]] },
        },
        { x: 1, y: 2, width: 3, height: 6, label: 1 },
      ],
    },
    { id: 'street/b', annotated: false },
  ]);
});

it('reads the desktop tool’s shapes, groups and flags', async () => {
  const root = await temporaryFolder();
  const shape = (label: string, shape_type: string, at: number[][], group_id: number | null = null) => ({
    label,
    shape_type,
    points: at,
    group_id,
    flags: {},
  });
  await makeFiles(root, {
    'train/ann/a.json': {
      version: '5.4.1',
      flags: { outdoor: true, night: false },
      shapes: [
        shape(
          'cat',
          'polygon',
          [
            [0, 0],
            [2, 0],
            [2, 2],
          ],
          1,
        ),
        shape(
          'cat',
          'polygon',
          [
            [4, 4],
            [6, 4],
            [6, 6],
          ],
          1,
        ),
        shape('dog', 'circle', [
          [4, 4],
          [4, 6],
        ]),
        shape('dog', 'point', [[1, 1]]),
        shape('dog', 'mask', [
          [1, 1],
          [3, 2],
        ]),
      ],
      imagePath: '..\\pics\\a.jpg',
      imageData: 'x'.repeat(100_000),
      imageHeight: 8,
      imageWidth: 9,
    },
  });
  await makeImage(join(root, 'train/pics/a.jpg'), 9, 8);
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ labelNames: ['cat', 'dog', 'outdoor'], subsets: ['train'] });
  expect(await collect(dataset.items())).toMatchObject([
    {
      id: 'a',
      imagePath: join(root, 'train/pics/a.jpg'),
      size: { width: 9, height: 8 },
      labels: [{ label: 2 }],
      boxes: [
        {
          x: 0,
          y: 0,
          width: 6,
          height: 6,
          label: 0,
          segmentation: {
            polygons: [
              [0, 0, 2, 0, 2, 2],
              [4, 4, 6, 4, 6, 6],
            ],
          },
        },
        { x: 2, y: 2, width: 4, height: 4, label: 1, segmentation: null },
        { x: 1, y: 1, width: 2, height: 1, label: 1 },
      ],
    },
  ]);
});

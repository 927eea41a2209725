import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

/** A box of 30 x 40 at 10, 20, as CVAT exports it to formats of upright boxes when it is turned. */
const FORMATS: Readonly<Record<string, (rotation: number) => Record<string, string | object>>> = {
  coco: (rotation) => ({
    'annotations/instances_default.json': {
      images: [{ id: 1, file_name: 'a.png', width: 100, height: 80 }],
      annotations: [
        { id: 1, image_id: 1, category_id: 1, bbox: [10, 20, 30, 40], segmentation: [], attributes: { rotation } },
      ],
      categories: [{ id: 1, name: 'cat' }],
    },
  }),
  voc: (rotation) => ({
    'Annotations/a.xml': `<annotation><object><name>cat</name><bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>60</ymax></bndbox><attributes><attribute><name>rotation</name><value>${rotation.toFixed(1)}</value></attribute></attributes></object></annotation>`,
  }),
  datumaro: (rotation) => ({
    'annotations/default.json': {
      dm_format_version: '1.0',
      infos: {},
      categories: { label: { labels: [{ name: 'cat' }] } },
      items: [
        {
          id: 'a',
          annotations: [
            { id: 0, type: 'bbox', attributes: { rotation }, group: 0, label_id: 0, bbox: [10, 20, 30, 40] },
          ],
          image: { path: 'a.png', size: [80, 100] },
        },
      ],
    },
  }),
};

it.each(
  Object.entries(FORMATS).flatMap(([format, filesOf]) =>
    [
      [0, [10, 20, 30, 40]],
      [90, [5, 25, 40, 30]],
      // (30 + 40) / sqrt 2 on either side, about 25, 40.
      [45, [25 - 24.749, 40 - 24.749, 49.497, 49.497]],
    ].map(([rotation, box]) => [format, rotation, box, filesOf] as const),
  ),
)('reads a turned box of CVAT as the upright one around it: %s, %i degrees', async (format, rotation, box, filesOf) => {
  const root = await temporaryFolder();
  await makeImage(join(root, 'images/a.png'), 100, 80);
  await makeFiles(root, filesOf(Number(rotation)));
  const dataset = await openDataset(root);
  const [item] = await collect(dataset.items());
  const [read] = item?.boxes ?? [];
  expect(dataset.format).toBe(format);
  const edges = [read?.x, read?.y, read?.width, read?.height];
  expect(edges.map((one) => Math.round((one ?? 0) * 100))).toEqual(
    [box].flat().map((one) => Math.round((one ?? 0) * 100)),
  );
  // The attribute is done with: read again, a written dataset would be turned twice.
  expect(read?.attributes['rotation'] === undefined).toBe(rotation !== 0);
  expect(item?.remarks?.join() ?? '').toMatch(rotation === 0 ? /^$/ : /^with turned boxes/);
});

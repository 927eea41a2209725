import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openDataset } from '../../src/datasets/open.js';
import { collect, makeFiles, makeImage, temporaryFolder } from './samples/world.js';

const boxColumns =
  'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside';

it('reads labels, flags and names in any case that the published files have', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    // No header, a name with a comma, a name that stands for two classes.
    'annotations/class-descriptions-boxable.csv': '/m/01,"Fish, dried"\r\n/m/02,Bat\r\n/m/03,Bat\r\n/m/09,Unused\r\n',
    'annotations/train-annotations-bbox.csv': `${boxColumns}\r\na,x,/m/01,0.5,0,0.5,0,1,1,0,1,-1,0\r\n"a",x,/m/03,1,0,1,0,1,-1,-1,-1,-1,-1\r\n`,
    'annotations/train-annotations-human-imagelabels.csv':
      'ImageID,Source,LabelName,Confidence\r\na,verification,/m/02,1\r\na,verification,/m/01,0\r\nb,verification,/m/77,1\r\n',
    'annotations/train-annotations-object-segmentation.csv':
      'MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\r\n',
  });
  await makeImage(join(root, 'images/train/a.jpg'), 8, 4);
  const dataset = await openDataset(root);
  expect(dataset).toMatchObject({ format: 'open_images', count: 2, subsets: ['train'] });
  expect(dataset.labelNames).toEqual(['Fish, dried', 'Bat', 'Bat (/m/03)', '/m/77']);
  expect(await collect(dataset.items())).toMatchObject([
    {
      id: 'a',
      size: { width: 8, height: 4 },
      labels: [{ label: 1, attributes: {} }],
      boxes: [
        { x: 0, y: 0, width: 4, height: 4, label: 0, attributes: { score: 0.5, occluded: true, crowd: true } },
        { x: 0, y: 0, width: 8, height: 4, label: 2, attributes: {} },
      ],
    },
    { id: 'b', imagePath: null, labels: [{ label: 3 }], boxes: [] },
  ]);
});

it('says of images in the list alone that nobody annotated them', async () => {
  const root = await temporaryFolder();
  await makeFiles(root, {
    'annotations/image_ids_and_rotation.csv':
      'ImageID,Subset,OriginalURL,Rotation\nz,test,http://x,0.0\na,train,http://x,\n',
    'annotations/train-annotations-bbox.csv': `${boxColumns}\na,x,/m/01,1,0,1,0,1,0,0,0,0,0\n`,
  });
  const dataset = await openDataset(root);
  expect(dataset.subsets).toEqual(['test', 'train']);
  expect((await collect(dataset.items())).map(({ id, annotated }) => [id, annotated])).toEqual([
    ['z', false],
    ['a', true],
  ]);
});

/** YOLOX-nano on photos: every box's evidence lies in the box. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iou } from '../../src/annotations/index.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { explain } from '../../src/runs/explain-file.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { densities, type Region } from '../helpers/maps.js';

describe.skipIf(!hasAssets)('YOLOX-nano', () => {
  let model: OpenModel;
  beforeAll(async () => {
    const description = asset('onnx/yolox_nano.onnx');
    model = await openModel({ description, labels: asset('labels/coco80.txt') });
  });
  afterAll(async () => {
    await model.close();
  });

  const box = (x: number, y: number, right: number, bottom: number): Region => ({
    x,
    y,
    width: right - x,
    height: bottom - y,
  });

  it.each<[string, [string, Region][]]>([
    [
      'catdog.png',
      [
        ['cat', box(50, 123, 188, 220)],
        ['dog', box(79, 13, 165, 149)],
      ],
    ],
    [
      'darknet_dog.jpg',
      [
        ['dog', box(133, 205, 323, 543)],
        ['car', box(467, 78, 693, 171)],
        ['bicycle', box(61, 133, 572, 428)],
      ],
    ],
  ])('%s', async (photo, objects) => {
    const options = { maxSamples: 192, stopAt: 'off', detConfThresh: 0.5 } as const;
    const { targets, image } = await explain(model, asset(`photos/${photo}`), options);
    const boxes = targets.filter(({ kind }) => kind === 'bbox');
    expect(boxes.map(({ label }) => label?.name).sort()).toEqual(objects.map(([name]) => name).sort());
    for (const [name, where] of objects) {
      const found = boxes.find(({ label }) => label?.name === name)!;
      expect(iou(found.box!, where)).toBeGreaterThan(0.85);
      const map = { width: image.mapWidth, height: image.mapHeight, data: found.renderMap() };
      const { inside, outside } = densities(map, found.box!);
      // "At least 70 % more": positive saliency a pixel, since negative saliency speaks against the object.
      expect(inside, `${name} in ${photo}`).toBeGreaterThan(1.7 * outside);
    }
  });
});

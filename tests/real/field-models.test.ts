/** Planted detectors of the field: heads that were read as something else, or refused with advice that led nowhere. */
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { readImage } from '../../src/image/files.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { explain } from '../helpers/explain.js';
import { densities } from '../helpers/maps.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

type Corners = readonly [x: number, y: number, width: number, height: number];

/** All of them see one object in the red square of `p.png`. */
const SQUARE: Corners = [8, 8, 16, 16];

interface Planted {
  readonly model: string;
  /** A file beside the model, or the names that one holds. */
  readonly labels?: string | readonly string[];
  readonly size?: { readonly width: number; readonly height: number };
  readonly interpreter: string;
  readonly name: string;
  readonly box?: Corners;
  readonly score?: number;
}

const PLANTED: readonly Planted[] = [
  { model: '14/m5.onnx', interpreter: 'rtdetr-hf', name: 'class 1', score: 0.941 },
  { model: '14/m5.onnx', labels: ['a', 'b', 'c', 'd', 'e'], interpreter: 'rtdetr-hf', name: 'b', score: 0.941 },
  { model: '14/m90.onnx', interpreter: 'rtdetr-hf', name: 'person', score: 0.951 },
  {
    model: '14/m90.onnx',
    labels: Array.from({ length: 90 }, (_, id) => `c${id}`),
    interpreter: 'rtdetr-hf',
    name: 'c1',
    score: 0.951,
  },
  { model: '14/s4.onnx', interpreter: 'rtdetr-hf', name: 'class 0', score: 0.956 },
  { model: '14/s4.onnx', labels: '14/l4.txt', interpreter: 'rtdetr-hf', name: 'a', score: 0.956 },
  {
    model: '16/m.onnx',
    labels: '16/names.txt',
    size: { width: 64, height: 64 },
    interpreter: 'tf-detection',
    name: 'van',
    score: 0.903,
  },
  { model: '19/b8.onnx', interpreter: 'yolov8', name: 'cat' },
  { model: '21/pose.onnx', interpreter: 'yolov8', name: 'class 0' },
  { model: '21/pose.onnx', labels: ['person'], interpreter: 'yolov8', name: 'person' },
  { model: '21/posem.onnx', interpreter: 'yolov8', name: 'person' },
  { model: '21/obb.onnx', interpreter: 'yolov8', name: 'class 0', box: [12, 6, 8, 20] },
  { model: '21/obb.onnx', labels: ['plane', 'ship', 'car'], interpreter: 'yolov8', name: 'plane', box: [12, 6, 8, 20] },
  { model: '21/obbm.onnx', interpreter: 'yolov8', name: 'plane', box: [12, 6, 8, 20] },
  // 16 x 16 turned by .3: 16 (cos .3 + sin .3).
  { model: '21/obb15.onnx', interpreter: 'yolov8', name: 'c1', box: [6, 6, 20, 20] },
  { model: '23/det.onnx', interpreter: 'yolov10', name: 'dog' },
  { model: '23/pose.onnx', interpreter: 'yolov10', name: 'dog' },
  { model: '23/seg.onnx', interpreter: 'yolov10', name: 'dog' },
  // Turned by .82 and .4.
  { model: '23/obb.onnx', interpreter: 'yolov10', name: 'dog', box: [4.7, 4.7, 22.6, 22.6] },
  { model: '23/obbn.onnx', interpreter: 'yolov10', name: 'dog', box: [4.7, 4.7, 22.6, 22.6] },
  { model: '23/obb15e.onnx', interpreter: 'yolov10', name: 'c1', box: [5.5, 5.5, 21, 21] },
];

describe.skipIf(!hasAssets)('a planted model of the field finds its object', () => {
  it.each(PLANTED.map((planted) => [planted.model, planted] as const))('%s', async (path, planted) => {
    const { labels, size, interpreter, name, box = SQUARE, score = 0.931 } = planted;
    const picture = asset(`field-cases/${path.split('/')[0]}/p.png`);
    const model = await openModel(
      {
        description: asset(`field-cases/${path}`),
        labels:
          typeof labels === 'object'
            ? folder.write('names.txt', labels.join('\n'))
            : labels && asset(`field-cases/${labels}`),
        inputSize: size,
      },
      { workers: 1, image: await readImage(picture) },
    );
    try {
      expect(model.info).toMatchObject({ interpreter, task: 'detection' });
      const { targets, image } = await explain(model, picture, { maxSamples: 96, stopAt: 'off' });
      const [found, ...others] = targets.filter(({ kind }) => kind === 'bbox');
      expect(others).toEqual([]);
      expect(found?.label?.name).toBe(name);
      expect(found?.score).toBeCloseTo(score, 2);
      if (found?.box == null) throw new Error('no box was found');
      const { x, y, width, height } = found.box;
      for (const [axis, value] of [x, y, width, height].entries()) {
        expect(Math.abs(value - box[axis]!), `${x}, ${y}, ${width}, ${height}`).toBeLessThan(1);
      }
      const map = { width: image.mapWidth, height: image.mapHeight, data: found.renderMap() };
      const [left, top, across, down] = SQUARE;
      const { inside, outside } = densities(map, { x: left, y: top, width: across, height: down });
      expect(inside).toBeGreaterThan(1.7 * outside);
    } finally {
      await model.close();
    }
  });
});

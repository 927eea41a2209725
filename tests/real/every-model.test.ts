/**
 * Every model beside the project, as a user opens it with a photo and no flags: how it is read and fed, its top answer, and where the
 * map of that answer lies; or why it is refused.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { iou } from '../../src/annotations/index.js';
import { DatumError } from '../../src/errors.js';
import { readImage } from '../../src/image/files.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { predict } from '../../src/runs/predict.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { explain } from '../helpers/explain.js';
import { shareWithin } from '../helpers/maps.js';
import { around, KNOWN_MODELS, type Read, type Refused, type Row } from './known-models.js';

function isRefused(expected: Read | Refused): expected is Refused {
  return 'refused' in expected;
}

/** Opens a model as a user does, with the photo to try it on. */
async function open({ model, photo, options }: Row): Promise<OpenModel> {
  return openModel({ description: asset(model), ...options }, { image: await readImage(asset(photo)), workers: 2 });
}

/** What the first channel makes of a pixel. */
function fedAs(pixel: number, { scale, mean, std }: OpenModel['info']['preprocessing']): number {
  return (pixel * scale - (mean[0] ?? 0)) / (std[0] ?? 1);
}

describe.skipIf(!hasAssets)('every model beside the project', () => {
  it('is in the table below', () => {
    const files = ['onnx', 'field', 'field-cases', 'ir'].flatMap((folder) =>
      readdirSync(asset(folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    );
    const models = files.filter((name) => name.endsWith('.onnx') || (name.includes('ir/') && name.endsWith('.xml')));
    const inTable = new Set(KNOWN_MODELS.map(({ model }) => model));
    expect(models.filter((name) => !inTable.has(name))).toEqual([]);
  });

  it.each(KNOWN_MODELS.filter(({ expected }) => isRefused(expected)))('$model is refused', async (row) => {
    const { expected } = row;
    if (!isRefused(expected)) return;
    const error: unknown = await open(row).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DatumError);
    expect(error).toMatchObject({ kind: expected.refused });
    expect((error as DatumError).message).toMatch(expected.says);
  });

  it.each(KNOWN_MODELS.filter(({ expected }) => !isRefused(expected)))('$model on $photo', async (row) => {
    const { expected, photo } = row;
    if (isRefused(expected)) return;
    const model = await open(row);
    try {
      const { interpreter, input, preprocessing, facts } = model.info;
      expect({ interpreter, input: `${input.width}x${input.height}` }).toEqual({
        interpreter: expected.interpreter,
        input: expected.input,
      });
      const [color, of0, of255] = expected.fed;
      expect(preprocessing.color).toBe(color);
      expect(fedAs(0, preprocessing)).toBeCloseTo(of0, 2);
      expect(fedAs(255, preprocessing)).toBeCloseTo(of255, 2);
      expect({ fed: facts.preprocessing.by, labels: facts.labels.by }).toEqual({
        fed: expected.fedBy,
        labels: expected.labelsBy,
      });
      const image = await readImage(asset(photo));
      const [best] = (await predict(model, image)).found;
      const [name, score] = expected.top;
      if (name === '') return;
      expect(best?.label.name).toBe(name);
      expect(Math.abs((best?.score ?? 0) - score), `score ${best?.score}`).toBeLessThan(0.05);
      if (expected.box !== null) expect(iou(best!.box!, expected.box)).toBeGreaterThan(0.7);
      const object = expected.object === undefined ? expected.box : expected.object;
      if (object === null) return;
      const { targets, image: shape } = await explain(model, image, {
        maxSamples: 192,
        stopAt: 'off',
        ...(expected.box === null ? {} : { maxBoxes: 1 }),
      });
      expect(targets.length).toBeGreaterThan(0);
      // A detector's class lies where its box does.
      for (const target of targets.filter(({ label }) => label?.name === name)) {
        const map = { width: shape.mapWidth, height: shape.mapHeight, data: target.renderMap() };
        expect(shareWithin(map, around(object)), target.kind).toBeGreaterThan(0.5);
      }
    } finally {
      await model.close();
    }
  });
});

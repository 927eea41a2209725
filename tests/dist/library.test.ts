/** The library as a user imports it: by the package's name, through its exports, from the build. */
import { readdirSync } from 'node:fs';
import { expect, expectTypeOf, it, vi } from 'vitest';
import * as annotations from 'datum-explain/annotations';
import * as browser from 'datum-explain/browser';
import * as openvino from 'datum-explain/openvino';
import * as datum from 'datum-explain';
import { DatumError, explain, openModel, type Explanation, type Model } from 'datum-explain';
import { png, white } from '../helpers/images.js';
import { classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

async function opened(): Promise<Model> {
  const bytes = plantedClassifier({ width: 48, height: 32 }, { x: 30, y: 4, width: 12, height: 8 });
  return openModel(classifierConfig(folder.write('model.onnx', bytes)), { workers: 1 });
}

it('exports what the documentation names', () => {
  expect(Object.keys(datum).sort()).toEqual(
    expect.arrayContaining(['DatumError', 'decodeImage', 'explain', 'openModel', 'readImage']),
  );
  expect(Object.keys(annotations).sort()).toEqual(
    expect.arrayContaining(['Bbox', 'Label', 'iou', 'nms', 'rows', 'sigmoid', 'softmax']),
  );
  expect(Object.keys(browser).sort()).toEqual(
    expect.arrayContaining(['DatumError', 'explain', 'functionModel', 'imageFromPixels', 'measure']),
  );
  expect(Object.keys(openvino).sort()).toEqual(['DatumError', 'convertModel']);
});

it('explains an image from a file, with typed results', async () => {
  const model = await opened();
  try {
    const photo = folder.write('photo.png', await png(white(48, 32)));
    const explanation = await explain(model, photo, { maxSamples: 12 });
    expectTypeOf(explanation).toEqualTypeOf<Explanation>();
    expectTypeOf(explanation.targets[0]!.map.data).toEqualTypeOf<Float32Array>();
    expectTypeOf(explanation.run.stopped).extract<'interrupted'>().toEqualTypeOf<'interrupted'>();
    expect(explanation.image).toMatchObject({ path: photo, width: 48, height: 32 });
    expect(explanation.targets[0]!.map).toMatchObject({ shape: [32, 48] });
  } finally {
    await model.close();
  }
});

it('iterates over snapshots, tells the progress and stops when told', async () => {
  const model = await opened();
  const counts: number[] = [];
  try {
    const run = explain(model, white(48, 32), {
      maxSamples: 1e9,
      stopAt: 'off',
      snapshotInterval: 0,
      onProgress: (done) => counts.push(done),
    });
    const snapshots: number[] = [];
    for await (const { samples } of run) {
      snapshots.push(samples);
      if (snapshots.length === 2) run.stop();
    }
    expect((await run).run.stopped).toBe('interrupted');
    expect(snapshots.length).toBeGreaterThanOrEqual(2);
    expect(counts).toEqual(expect.arrayContaining(snapshots));
  } finally {
    await model.close();
  }
});

it('explains pixels with a function, as in a page', async () => {
  const model = await browser.functionModel({
    input: { width: 16, height: 8 },
    labels: ['bright', 'dark'],
    interpreter: 'classification',
    run: (data, shape) => {
      const each = data.length / shape[0]!;
      const means = Array.from(
        { length: shape[0]! },
        (_, n) => data.slice(n * each, (n + 1) * each).reduce((a, b) => a + b) / each,
      );
      return { scores: { data: Float32Array.from(means.flatMap((mean) => [mean, 1 - mean])), shape: [shape[0]!, 2] } };
    },
  });
  const rgba = new Uint8ClampedArray(4 * 40 * 20).fill(255);
  const { targets, image, notes } = await browser.explain(model, browser.imageFromPixels(40, 20, rgba), {
    maxSamples: 32,
    fill: 'zero',
  });
  expect(image).toMatchObject({ path: null, width: 40, height: 20 });
  expect(targets.map(({ label, score }) => ({ name: label?.name, score }))).toEqual([{ name: 'bright', score: 1 }]);
  expect(notes).toEqual([]);
  rgba[3] = 0;
  const seeThrough = await browser.explain(model, browser.imageFromPixels(40, 20, rgba), { maxSamples: 8 });
  expect(seeThrough.notes).toContainEqual(expect.objectContaining({ kind: 'alpha-dropped' }));
  expect(() => browser.imageFromPixels(40, 20, rgba.subarray(1))).toThrow(
    'an image of 40 x 20 pixels has 2400 values (RGB) or 3200 (RGBA), not 3199.',
  );
  expect(() => browser.imageFromPixels(0.5, 20, rgba)).toThrow('not 0.5 x 20');
  await model.close();
});

it('throws DatumErrors with a kind', async () => {
  const missing = openModel(folder.at('none.onnx'));
  await expect(missing).rejects.toBeInstanceOf(DatumError);
  await expect(missing).rejects.toMatchObject({ kind: 'model' });
  await expect(openModel({ description: folder.at('none.onnx'), std: [0] })).rejects.toMatchObject({ kind: 'usage' });
  await expect(openModel(folder.at('model.unknown'))).rejects.toMatchObject({ kind: 'usage' });
  const model = await opened();
  try {
    await expect(explain(model, white(8, 8), { maxSamples: 0 })).rejects.toMatchObject({ kind: 'usage' });
    await expect(explain(model, folder.at('none.png'))).rejects.toMatchObject({ kind: 'image' });
  } finally {
    await model.close();
  }
});

it('prints nothing and leaves no files behind', async () => {
  const before = readdirSync(folder.path).length;
  const written = vi.spyOn(process.stdout, 'write');
  const model = await opened();
  await explain(model, white(48, 32), { maxSamples: 4 });
  await model.close();
  expect(written).not.toHaveBeenCalled();
  written.mockRestore();
  expect(readdirSync(folder.path).length).toBe(before);
});

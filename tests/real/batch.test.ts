/** Models from the field whose exporters named or fixed the batch in their own way. */
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { readImage } from '../../src/image/files.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { explain } from '../helpers/explain.js';

describe.skipIf(!hasAssets)('the batch of a model from the field', () => {
  it('has another symbol in the output than in the input: tf2onnx', async () => {
    const model = await openModel(
      { description: asset('field/tf2onnx_emotion.onnx'), scale: 1 / 255, mean: [0], std: [1] },
      { workers: 1, image: await readImage(asset('photos/crops/face_astronaut.png')) },
    );
    try {
      expect(model.info).toMatchObject({
        interpreter: 'classification',
        task: 'classification',
        facts: { batch: null },
      });
      const { targets } = await explain(model, asset('photos/crops/face_astronaut.png'), { maxSamples: 32 });
      // Class 3 is "happy".
      expect(targets[0]!.label?.id).toBe(3);
      expect(targets[0]!.score).toBeGreaterThan(0.98);
    } finally {
      await model.close();
    }
  });

  it('is open, with a Reshape to one', async () => {
    const model = await openModel(asset('field-cases/19/one.onnx'), { workers: 1 });
    try {
      expect(model.info).toMatchObject({ input: { batch: 1 }, facts: { batch: 'fails' } });
      const { targets } = await explain(model, asset('field-cases/19/p.png'), { maxSamples: 32 });
      expect(targets).toHaveLength(1);
    } finally {
      await model.close();
    }
  });
});

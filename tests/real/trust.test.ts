/** A map that is repeatable and does not explain the score: the photo on which that was found. */
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { verdictOn } from '../../src/results/explanation.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { explained } from '../helpers/explained.js';

describe.skipIf(!hasAssets)('MobileNetV2 on captum_elephant.jpg', () => {
  it('has a map of 7 x 7 cells that does not explain why it is an African elephant', async () => {
    const labels = asset('labels/imagenet1000_simple.txt');
    const model = await openModel({ description: asset('onnx/mobilenetv2-12-qdq.onnx'), labels });
    try {
      const measured = await explained(model, asset('photos/captum_elephant.jpg'), {
        given: { maskWidth: 7, maskHeight: 7, fill: 'zero', maxSamples: 600, stopAt: 'off' },
        metrics: 'fast',
      });
      const [target] = measured.targets;
      expect(target!.explained.label?.name).toMatch(/elephant/);
      expect(target!.explained.verdict).toBe('ok');
      expect(target!.explained.reliability).toBeGreaterThan(0.9);
      // Hiding what the map marks leaves the score higher than showing it does.
      const { deletion, insertion } = target!.metrics!;
      expect(deletion.auc).toBeGreaterThan(insertion.auc);
      const { advantage, rho, oa, runs } = target!.faithfulness!;
      expect(rho).toBeLessThan(0.6);
      expect(oa).toBeLessThan(0);
      expect(advantage).toBeLessThan(0.1);
      expect(runs).toBe(42);
      expect(verdictOn(target!)).toBe('unfaithful');
      expect(measured.explanation.notes).toMatchObject([{ kind: 'unfaithful', target: 0, next: 'sharp' }]);
    } finally {
      await model.close();
    }
  });
});

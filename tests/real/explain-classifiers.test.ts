/** Real classifiers on a photo of a dog above a cat: the evidence for each must lie on its own half. */
import { describe, expect, it } from 'vitest';
import { openModel, type ModelSource } from '../../src/models/open.js';
import type { ExplainedTarget, Explanation } from '../../src/results/explanation.js';
import { explain } from '../../src/runs/explain-file.js';
import { asset, hasAssets } from '../helpers/assets.js';
import { densities } from '../helpers/maps.js';

const labels = asset('labels/imagenet1000_simple.txt');
const SQUEEZENET: ModelSource = {
  description: asset('onnx/squeezenet1.1.onnx'),
  // The mean is subtracted inside.
  color: 'bgr',
  scale: 1,
  mean: [0],
  std: [1],
  labels,
};
const MOBILENET: ModelSource = { description: asset('onnx/mobilenetv2-12-qdq.onnx'), labels };

async function explained(source: ModelSource, classes: string[]): Promise<Explanation> {
  const model = await openModel(source);
  try {
    return await explain(model, asset('photos/catdog.png'), { maxSamples: 256, stopAt: 'off', classes });
  } finally {
    await model.close();
  }
}

/** Share of a target's positive saliency on the upper half, where the dog is. */
function shareAbove(target: ExplainedTarget, { image }: Explanation): number {
  const { mapWidth: width, mapHeight: height } = image;
  const map = { width, height, data: target.renderMap() };
  const { inside, outside } = densities(map, { x: 0, y: 0, width: width, height: height / 2 });
  return inside / (inside + outside);
}

describe.skipIf(!hasAssets)('on catdog.png', () => {
  it.each([
    ['SqueezeNet 1.1', SQUEEZENET],
    ['MobileNetV2', MOBILENET],
  ])('%s sees the dog above and the cat below', async (_name, source) => {
    const explanation = await explained(source, ['bull mastiff', 'boxer', 'tiger cat']);
    const [ofDog, ofBoxer, ofCat] = explanation.targets;
    expect(explanation.targets.map(({ label }) => label?.name)).toEqual(['bull mastiff', 'boxer', 'tiger cat']);
    // As independent runs of the models found, with another filter for resizing: .93 and .90 together, cat .06 at most.
    expect(ofDog!.score + ofBoxer!.score).toBeGreaterThan(0.8);
    expect(ofCat!.score).toBeLessThan(0.1);
    expect(shareAbove(ofDog!, explanation)).toBeGreaterThan(0.5);
    expect(shareAbove(ofCat!, explanation)).toBeLessThan(0.5);
  });
});

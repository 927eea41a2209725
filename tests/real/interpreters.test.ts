import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { detectionsOf, iou } from '../../src/annotations/index.js';
import { readImage } from '../../src/image/files.js';
import { boxToImage } from '../../src/image/index.js';
import { openDirect, type Direct } from '../helpers/direct.js';
import { vocPhotos } from './voc.js';

const shared = new URL('../../../shared/', import.meta.url);
const asset = (path: string): string => fileURLToPath(new URL(`assets/${path}`, shared));

let model: Direct | null = null;
async function open(path: string, image = 'photos/catdog.png', launcher = 'onnx'): Promise<Direct> {
  model = await openDirect(asset(path), await readImage(asset(image)), { launcher });
  return model;
}
afterEach(async () => {
  await model?.close();
  model = null;
});

/** Names and scores of the best classes for an image. */
async function topClasses(direct: Direct, image: string, count: number): Promise<[string, number][]> {
  const { prediction } = await direct.predict(await readImage(asset(image)));
  const scored = Array.from(prediction.scores ?? [], (score, id): [string, number] => [
    direct.inference.labels?.[id] ?? '',
    score,
  ]);
  return scored.sort((a, b) => b[1] - a[1]).slice(0, count);
}

/** Share of the true boxes that a detector finds over the VOC photos: same class, IoU at least 0.5, score above 0.25. */
async function recall(direct: Direct): Promise<number> {
  let found = 0;
  let total = 0;
  for (const { path, objects } of vocPhotos(new URL('assets/voc2012-50/', shared))) {
    const { prediction, placement } = await direct.predict(await readImage(path));
    const detections = detectionsOf(prediction.proposals!, 0.25, direct.inference.interpreter.nms).map(
      ({ label, x, y, width: w, height: h }) => ({
        name: direct.inference.labels?.[label],
        box: boxToImage({ x, y, width: w, height: h }, placement),
      }),
    );
    for (const object of objects) {
      total += 1;
      if (detections.some(({ name, box }) => name === object.name && iou(box, object) >= 0.5)) found += 1;
    }
  }
  return found / total;
}

describe.skipIf(!existsSync(shared))('real models, read without flags', () => {
  it('MobileNetV2: logits through a softmax, ImageNet names', async () => {
    const direct = await open('onnx/mobilenetv2-12-qdq.onnx');
    expect(direct.inference.interpreter.name).toBe('classification');
    const [first, second] = await topClasses(direct, 'photos/catdog.png', 2);
    // Scores as the asset's manifest has them; the resizing filter differs a little.
    expect(first).toEqual(['bull mastiff', expect.closeTo(0.7, 1)]);
    expect(second).toEqual(['boxer', expect.closeTo(0.2, 1)]);
  });

  it('SqueezeNet: probabilities taken as they are, Caffe order of colors', async () => {
    const direct = await open('onnx/squeezenet1.1.onnx');
    expect(direct.inference.preprocessing).toMatchObject({ color: 'bgr', scale: 1, mean: [0], std: [1] });
    const names = (await topClasses(direct, 'photos/catdog.png', 2)).map(([name]) => name);
    expect(names.sort()).toEqual(['boxer', 'bull mastiff']);
    expect((await topClasses(direct, 'photos/goldfish.jpg', 1))[0]?.[0]).toBe('goldfish');
  });

  it('YOLOX-nano: raw offsets, cat and dog where they are', async () => {
    const direct = await open('onnx/yolox_nano.onnx');
    expect(direct.inference.interpreter.name).toBe('yolox');
    const { prediction, placement } = await direct.predict(await readImage(asset('photos/catdog.png')));
    const [cat, dog, ...others] = detectionsOf(prediction.proposals!, 0.5, 0.45)
      .map(({ label, score, ...box }) => ({
        name: direct.inference.labels?.[label],
        score,
        ...boxToImage(box, placement),
      }))
      .sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
    expect(others).toEqual([]);
    expect(cat?.name).toBe('cat');
    expect(iou(cat!, { x: 50, y: 123, width: 138, height: 97 })).toBeGreaterThan(0.9);
    expect(dog?.name).toBe('dog');
    expect(iou(dog!, { x: 79, y: 13, width: 86, height: 136 })).toBeGreaterThan(0.9);
  });

  it('NanoDet: pairs of outputs matched by their sizes, though declared in a wrong order', async () => {
    const direct = await open('onnx/nanodet.onnx');
    expect(direct.inference.interpreter.name).toBe('nanodet');
  });

  it('YOLOX-nano finds at least 75 % of the true boxes in the VOC photos', async () => {
    expect(await recall(await open('onnx/yolox_nano.onnx'))).toBeGreaterThanOrEqual(0.75);
  });

  it('NanoDet finds at least 60 % of the true boxes in the VOC photos', async () => {
    expect(await recall(await open('onnx/nanodet.onnx'))).toBeGreaterThanOrEqual(0.6);
  });
});

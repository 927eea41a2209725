import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { flagName } from '../../src/cli/flag-names.js';
import { sayOptions } from '../../src/errors.js';
import { describeDiagnosis } from '../../src/interpreters/infer/diagnosis/describe-diagnosis.js';
import type { Diagnosis } from '../../src/interpreters/infer/diagnosis/diagnose.js';
import type { ModelConfig } from '../../src/models/config.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { openModel } from '../../src/models/open.js';
import { diagnoseExplanation } from '../../src/runs/diagnose.js';
import { explained } from '../helpers/explained.js';

const shared = new URL('../../../shared/', import.meta.url);
const asset = (path: string): string => fileURLToPath(new URL(`assets/${path}`, shared));

/** What is found of an explanation that is a mask long: what the answer alone shows. */
async function diagnosed(model: OpenModel, photo: string): Promise<Diagnosis | null> {
  return diagnoseExplanation(model, await explained(model, asset(photo), { given: { maxSamples: 1 } }));
}

/** The same for a model that is opened for it. */
async function diagnosisOf(model: string, photo: string, fed: Partial<ModelConfig>): Promise<Diagnosis | null> {
  const opened = await openModel({ description: asset(model), ...fed }, { workers: 1 });
  try {
    return await diagnosed(opened, photo);
  } finally {
    await opened.close();
  }
}

const IMAGENET = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

describe.skipIf(!existsSync(shared))('a model that is fed in a wrong way gets the options to set', () => {
  it.each([
    // Too small: the answer is the same whatever is shown.
    ['field/mnist_raw_scale.onnx', 'field/digit0.jpg', {}, '--scale 1,'],
    ['field/mnist_raw_scale.onnx', 'field/digit0.jpg', { scale: 1 / 127.5, mean: [1] }, '--scale 1 --mean 0,'],
    ['onnx/squeezenet1.1.onnx', 'photos/goldfish.jpg', { scale: 1 / 255 }, '--scale 1,'],
    ['onnx/squeezenet1.1.onnx', 'photos/darknet_dog.jpg', { scale: 1 / 255, color: 'rgb' }, '--scale 1,'],
    [
      'onnx/squeezenet1.1.onnx',
      'photos/pytorchhub_dog.jpg',
      { ...IMAGENET, color: 'rgb' },
      '--scale 1 --mean 0 --std 1,',
    ],
    ['onnx/yolox_nano.onnx', 'photos/catdog.png', { scale: 1 / 255 }, '--scale 1,'],
    ['onnx/yolox_nano.onnx', 'photos/darknet_dog.jpg', { ...IMAGENET }, '--scale 1 --mean 0 --std 1,'],
    // Too large.
    ['onnx/mobilenetv2-12-qdq.onnx', 'photos/coral_bird.png', { scale: 1 }, '--scale 1/255'],
    ['onnx/mobilenetv2-12-qdq.onnx', 'photos/captum_swan.jpg', { scale: 1 }, '--scale 1/255'],
    // The scale alone makes a vulture of the eagle.
    [
      'onnx/mobilenetv2-12-qdq.onnx',
      'photos/darknet_eagle.jpg',
      { scale: 1 },
      '--scale 1/255 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225,',
    ],
    ['field/tf2onnx_emotion.onnx', 'photos/crops/face_astronaut.png', { scale: 1 }, '--scale 1/255,'],
    [
      'onnx/nanodet.onnx',
      'photos/coral_pets.jpg',
      { scale: 1 },
      '--scale 1 --mean 103.53,116.28,123.675 --std 57.375,57.12,58.395,',
    ],
    // The family's own order of colors, though the other one finds as much.
    ['field/fastestdet.onnx', 'photos/catdog.png', { scale: 1 }, 'with --scale 1/255,'],
    // Boxes everywhere, on a photo without a face and on one with a face.
    ['field/yolov5n_face_landmarks.onnx', 'photos/goldfish.jpg', { scale: 1 }, 'with --scale 1/255,'],
    ['field/yolov5n_face_landmarks.onnx', 'photos/skimage_astronaut.png', { scale: 1 }, 'with --scale 1/255,'],
    [
      'onnx/mobilenetv2-12-qdq.onnx',
      'photos/ort_wolves.jpg',
      { scale: 1 },
      '--scale 1/255 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225,',
    ],
  ] satisfies [string, string, Partial<ModelConfig>, string][])(
    '%s on %s fed with %j',
    async (model, photo, wrong, advice) => {
      const found = await diagnosisOf(model, photo, wrong);
      expect(found?.advice).not.toBeNull();
      expect(found && sayOptions(describeDiagnosis(found), flagName)).toContain(advice);
    },
  );

  it.each([
    ['onnx/squeezenet1.1.onnx', 'photos/skimage_coffee.png', 'rgb', '--color bgr,'],
    ['onnx/mobilenetv2-12-qdq.onnx', 'photos/catdog.png', 'bgr', '--color rgb,'],
  ] as const)('%s on %s fed in the order %s', async (model, photo, color, advice) => {
    const found = await diagnosisOf(model, photo, { color });
    expect(found?.symptom).toBe('unsure');
    expect(found && sayOptions(describeDiagnosis(found), flagName)).toContain(advice);
  });
});

describe.skipIf(!existsSync(shared))('a model that is fed rightly gets no advice', () => {
  const photos = existsSync(shared)
    ? readdirSync(asset('photos')).flatMap((name) => (/\.(jpg|png)$/.test(name) ? [`photos/${name}`] : []))
    : [];
  it.each([
    ['onnx/squeezenet1.1.onnx', {}, photos],
    ['onnx/mobilenetv2-12-qdq.onnx', {}, photos],
    ['onnx/yolox_nano.onnx', {}, photos.filter((_, i) => i % 3 === 0)],
    ['field/mnist_raw_scale.onnx', { scale: 1 }, ['field/digit0.jpg']],
    // Photos without a face among them.
    [
      'field/tf2onnx_emotion.onnx',
      { scale: 1 / 255 },
      [
        'photos/crops/face_astronaut.png',
        'photos/opencv_orange.jpg',
        'photos/tfjs_room.jpg',
        'photos/crops/car_voc252.png',
      ],
    ],
    [
      'field/ultraface_rfb_320.onnx',
      {},
      [
        'photos/crops/face_hopper.png',
        'photos/opencv_orange.jpg',
        'photos/crops/car_darknet.png',
        'photos/crops/car_voc252.png',
      ],
    ],
  ] as const)('%s', { timeout: 120_000 }, async (model, fed, shown) => {
    const opened = await openModel({ description: asset(model), ...fed }, { workers: 2 });
    const advised: string[] = [];
    for (const photo of shown) {
      const found = await diagnosed(opened, photo);
      if (found?.advice != null) advised.push(`${photo}: ${describeDiagnosis(found)}`);
    }
    await opened.close();
    expect(advised).toEqual([]);
  });
});

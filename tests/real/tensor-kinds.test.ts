/** What the outputs of published models are: classes, and what is refused or left out by name. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readImage } from '../../src/image/files.js';
import type { ModelConfig } from '../../src/models/config.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';

const shared = new URL('../../../shared/', import.meta.url);
const asset = (path: string): string => fileURLToPath(new URL(`assets/${path}`, shared));

let model: OpenModel | null = null;
async function open(path: string, image: string, config: Partial<ModelConfig> = {}): Promise<OpenModel> {
  const pixels = await readImage(asset(image));
  model = await openModel({ description: asset(path), ...config }, { workers: 1, image: pixels });
  return model;
}
afterEach(async () => {
  await model?.close();
  model = null;
});

const FACE = 'photos/crops/face_astronaut.png';
const CATDOG = 'photos/catdog.png';
const CAR = 'photos/crops/car_darknet.png';

async function topOf(opened: OpenModel, image: string): Promise<number> {
  const scene = await opened.scene(await readImage(asset(image)));
  const { scores } = (await opened.predict(scene)).prediction;
  return scores?.indexOf(Math.max(...scores)) ?? -1;
}

describe.skipIf(!existsSync(shared))('published models', () => {
  it.each<[string, string, Partial<ModelConfig>, string]>([
    ['onnx/mobilenetv2-12-qdq.onnx', CATDOG, {}, '"output" [1, 1000]: logits of one class in many'],
    ['onnx/mobilenet_v2_batch1.onnx', CATDOG, {}, '"class_logits" [1, 1000]: logits of one class in many'],
    ['onnx/squeezenet1.1.onnx', CATDOG, {}, '"prob" [1, 1000, 1, 1]: probabilities of one class in many'],
    ['ir/squeezenet1.1/FP16-v3/squeezenet1.1_FP16.xml', CATDOG, {}, 'probabilities of one class in many'],
    ['field/tf2onnx_emotion.onnx', FACE, { scale: 1 / 255 }, 'probabilities of one class in many'],
    [
      'field/mnist_raw_scale.onnx',
      'field/digit0.jpg',
      { scale: 1 },
      'logarithms of probabilities of one class in many',
    ],
    [
      'field/paddle_text_angle.onnx',
      CATDOG,
      { inputSize: { width: 192, height: 48 } },
      'probabilities of one class in many',
    ],
    ['field-cases/19/c8.onnx', 'field-cases/19/p.png', {}, '"prob" [8, 2]: probabilities'],
    ['field-cases/22/m.onnx', 'field-cases/22/p.png', {}, 'probabilities of one class in many'],
    ['ir/datumaro-rise-tiny/v11/model.xml', CAR, {}, '"2" [1, 3]: taken for logits of one class in many'],
    [
      'ir/vehicle-attributes-recognition-barrier-0039/FP32/vehicle-attributes-recognition-barrier-0039.xml',
      CAR,
      {},
      '"type" [1, 4, 1, 1]: probabilities of one class in many; "color" [1, 7, 1, 1]: probabilities of one class in many',
    ],
  ])('%s is a classifier', async (path, image, config, reason) => {
    const { info } = await open(path, image, config);
    expect(info.interpreter).toBe('classification');
    expect(info.facts.outputs.reason).toContain(reason);
    expect(info.facts.outputs.reason).not.toContain('left out');
  });

  it('age and gender: gender is the class, the age a regression that is left out', async () => {
    const path = 'field/ir/age-gender-recognition-retail-0013/FP16-INT8/age-gender-recognition-retail-0013.xml';
    const { info } = await open(path, FACE);
    expect(info.facts.outputs.reason).toBe(
      'output "prob" [1, 2, 1, 1]: probabilities of one class in many; left out: "age_conv3" [1, 1, 1, 1], a regression of an age (by its name)',
    );
    expect(info.facts.labels).toMatchObject({ classes: 2 });
  });

  it('attributes of persons: eight classes, the two points left out', async () => {
    const path =
      'ir/person-attributes-recognition-crossroad-0230/FP16/person-attributes-recognition-crossroad-0230.xml';
    const { info } = await open(path, 'photos/crops/person_darknet.png');
    expect(info.facts.outputs.reason).toMatch(
      /^output "453" \[1, 8, 1, 1\]: probabilities of independent classes; left/,
    );
    expect(info.facts.outputs.reason).toContain('"456" [1, 2, 1, 1], in doubt');
    expect(info.facts.labels).toMatchObject({ classes: 8 });
  });

  it('a text and a map from names to scores: the tensor behind them, with its names', async () => {
    const { info } = await open('field-cases/15/m.onnx', 'field-cases/15/p.png');
    expect(info.facts.outputs.reason).toContain('"p" [1, 2]: probabilities of one class in many');
    expect(info.labels).toEqual(['red', 'blue']);
    expect(await topOf(model!, 'field-cases/15/p.png')).toBe(0);
    await model?.close();
    expect((await open('field-cases/15/m.onnx', 'field-cases/15/p.png', { outputLayers: ['p'] })).info.labels).toEqual([
      'red',
      'blue',
    ]);
  });

  it.each([
    ['field/ir/person-reidentification-retail-0288/person-reidentification-retail-0288.xml', 'an embedding'],
    ['field/fsanet_head_pose.onnx', 'a regression of angles (the model scales them'],
    ['ir/head-pose-estimation-adas-0001/FP16/head-pose-estimation-adas-0001.xml', 'a regression of angles'],
    ['ir/landmarks-regression-retail-0009/FP32-v11/landmarks-regression-retail-0009.xml', 'a regression of points'],
    ['ir/road-segmentation-adas-0001/FP16/road-segmentation-adas-0001.xml', 'maps of an image, as of a segmentation'],
  ])('%s is refused by name', async (path, what) => {
    const failure = open(path, FACE);
    await expect(failure).rejects.toMatchObject({ kind: 'interpreter' });
    await expect(failure).rejects.toThrow(what);
    await expect(failure).rejects.toThrow('give its path with interpreter');
  });

  it('an embedding is explained as classes where the user says so', async () => {
    const path = 'field/ir/person-reidentification-retail-0288/person-reidentification-retail-0288.xml';
    const { info } = await open(path, FACE, { interpreter: 'classification' });
    expect(info.facts.labels).toMatchObject({ classes: 256 });
  });

  it('inputs that nothing is known of are named', async () => {
    const gaze = open('ir/gaze-estimation-adas-0002/FP16/gaze-estimation-adas-0002.xml', FACE);
    await expect(gaze).rejects.toThrow('takes several images (left_eye_image, right_eye_image)');
    const plate = open(
      'ir/license-plate-recognition-barrier-0001/FP16/license-plate-recognition-barrier-0001.xml',
      CAR,
    );
    await expect(plate).rejects.toThrow('an input "seq_ind" beside the image ([88, 1])');
  });
});

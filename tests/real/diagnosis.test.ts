import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../src/image/files.js';
import type { RgbImage } from '../../src/image/index.js';
import type { PreprocessingChange } from '../../src/interpreters/infer/diagnosis/alternatives.js';
import { diagnose, type Diagnosis, type TrialSubject } from '../../src/interpreters/infer/diagnosis/diagnose.js';
import { symptomOf, type AnswerContext } from '../../src/interpreters/infer/diagnosis/symptoms.js';
import type { Preprocessing } from '../../src/interpreters/contract/types.js';
import { openModel } from '../../src/models/open.js';
import { diagnoseExplanation } from '../../src/runs/diagnose.js';
import { openDirect } from '../helpers/direct.js';
import { explained } from '../helpers/explained.js';

const shared = new URL('../../../shared/', import.meta.url);
const asset = (path: string): string => new URL(`assets/${path}`, shared).pathname;

function subjectOf(image: RgbImage, subject: TrialSubject): RgbImage {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length).fill(128);
  if (subject === 'image') return image;
  if (subject === 'plain') return { width, height, data };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * width + (width - 1 - x));
      data.set(image.data.subarray(from, from + 3), 3 * (y * width + x));
    }
  }
  return { width, height, data };
}

/** The options proposed for a model that is fed in a wrong way. */
async function adviceFor(
  model: string,
  photo: string,
  wrong: Partial<Preprocessing>,
): Promise<PreprocessingChange | null> {
  const image = await readImage(asset(photo));
  const direct = await openDirect(asset(model), image);
  const { interpreter, preprocessing } = direct.inference;
  const { placement } = await direct.predict(image);
  const context: AnswerContext = { area: placement.area, confidence: 0.25, nms: interpreter.nms };
  const fed = { ...preprocessing, ...wrong };
  const { prediction } = await direct.predict(image, fed);
  const symptom = symptomOf(prediction, context) ?? 'constant-scores';
  const found = await diagnose(
    symptom,
    fed,
    context,
    async (tried, subject) => (await direct.predict(subjectOf(image, subject), tried)).prediction,
    interpreter.name,
  );
  await direct.close();
  return found?.advice?.options ?? null;
}

const UNIT = { color: 'rgb', scale: 1 / 255 } as const;

describe.skipIf(!existsSync(shared))('a model that is fed in a wrong way gets the options to set', () => {
  it.each([
    ['onnx/squeezenet1.1.onnx', 'photos/goldfish.jpg', UNIT, { color: 'bgr', scale: 1 }],
    // A white dog: the order of colors makes no difference.
    ['onnx/squeezenet1.1.onnx', 'photos/pytorchhub_dog.jpg', UNIT, { scale: 1 }],
    [
      'onnx/mobilenetv2-12-qdq.onnx',
      'photos/goldfish.jpg',
      { color: 'bgr', scale: 1, mean: [0], std: [1] },
      { color: 'rgb' },
    ],
    ['onnx/yolox_nano.onnx', 'photos/catdog.png', UNIT, { scale: 1 }],
    ['onnx/yolox_nano.onnx', 'photos/darknet_dog.jpg', UNIT, { scale: 1 }],
  ] as const)('%s on %s', async (model, photo, wrong, advice) => {
    expect(await adviceFor(model, photo, wrong)).toMatchObject(advice);
  });
});

/** What is found of SqueezeNet's explanation of a photo, 96 masks long. */
async function diagnosisFor(photo: string, wrong: Partial<Preprocessing>): Promise<Diagnosis | null> {
  const { mean, std, ...fed } = { color: 'bgr', scale: 1, mean: [0], std: [1], ...wrong } as const;
  const model = await openModel({
    description: asset('onnx/squeezenet1.1.onnx'),
    ...fed,
    mean: [...mean],
    std: [...std],
  });
  try {
    return await diagnoseExplanation(model, await explained(model, asset(photo), { given: { maxSamples: 96 } }));
  } finally {
    await model.close();
  }
}

describe.skipIf(!existsSync(shared))('SqueezeNet, of which another color order is surer by chance', () => {
  it('gets no advice where it is fed rightly', async () => {
    expect(await diagnosisFor('photos/darknet_dog.jpg', {})).toBeNull();
  });

  it('gets options to compare with where it is fed in 0..1', async () => {
    expect(await diagnosisFor('photos/darknet_dog.jpg', UNIT)).toMatchObject({
      symptom: 'as-without-image',
      advice: { options: { scale: 1 } },
    });
  });
});

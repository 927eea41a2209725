/** Models of each framework that is there. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { correlation } from '../../src/testing/check.js';
import { plantedClassifier } from '../helpers/planted.js';
import { pythonWith } from '../helpers/python.js';
import { contrast, failure, folder, found, IMAGE, mapOf, modelOf } from '../helpers/python-models.js';

const withTorch = pythonWith('torch', 'torchvision', 'PIL');
const withKeras = pythonWith('keras', 'jax');
const withOrt = pythonWith('onnxruntime');

describe.skipIf(withTorch === null)('PyTorch', () => {
  const torch = withTorch ?? undefined;
  /** The mean of a part of the image, after the usual normalisation, as logits. */
  const NET = `
import torch
class Net(torch.nn.Module):
    def forward(self, x):
        part = x[:, :, int(0.2 * x.shape[2]):int(0.6 * x.shape[2]), int(0.6 * x.shape[3]):int(0.8 * x.shape[3])]
        bright = part.mean((1, 2, 3))
        return torch.stack([-bright, bright], 1)
`;

  it('a module, told its preprocessing by nothing: a guess, and called one', async () => {
    const { map, facts, info } = await mapOf(modelOf(`${NET}model = Net()\n`, { python: torch }), 150);
    expect(contrast(map)).toBeGreaterThan(0.7);
    expect(facts[1]).toMatch(/less 0\.485, 0\.456, 0\.406.*a guess/);
    expect(info.input).toMatchObject({ width: 224, height: 224 });
    expect(facts).toContainEqual(expect.stringMatching(/^size: 224 x 224 \(a guess, .*inputSize/));
  });

  it('a transform of torchvision, and a size', async () => {
    const source = `${NET}
import torchvision.transforms as T
model = Net()
preprocess = T.Compose([T.Resize((64, 96)), T.ToTensor(), T.Normalize([0.5] * 3, [0.25] * 3)])
`;
    const { map, info } = await mapOf(modelOf(source, { python: torch }), 150);
    expect(info.input).toMatchObject({ width: 96, height: 64 });
    expect(contrast(map)).toBeGreaterThan(0.7);
    const sized = await openModel(
      modelOf(`${NET}model = Net()\n`, { python: torch, inputSize: { width: 80, height: 48 } }),
    );
    expect(sized.info.input).toMatchObject({ width: 80, height: 48 });
    await sized.close();
  });

  it('TorchScript answers as the module does', async () => {
    const path = folder.at('net.pt');
    // A script is made of a module's source, which a file must hold.
    const program = folder.write('net.py', `${NET}\ntorch.jit.script(Net()).save(${JSON.stringify(path)})\n`);
    execFileSync(withTorch ?? '', [program]);
    const [script, module] = [
      await mapOf({ description: path, python: torch }, 150),
      await mapOf(modelOf(`${NET}model = Net()\n`, { python: torch }), 150),
    ];
    expect(correlation(script.map, module.map)).toBeGreaterThan(0.999);
  });

  it('a detector of torchvision', async () => {
    const source = `
import torch, torchvision
torch.manual_seed(1)
model = torchvision.models.detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, score_thresh=0.0)
`;
    const model = await openModel(modelOf(source, { python: torch }), { workers: 1, image: IMAGE });
    expect(model.info).toMatchObject({ interpreter: 'annotations', input: { width: 200, height: 100 } });
    const { prediction } = await model.predict(await model.scene(IMAGE));
    expect(prediction.proposals?.count).toBeGreaterThan(0);
    await model.close();
  });

  it('a device that is not there', async () => {
    expect(await failure(modelOf(`${NET}model = Net()\n`, { python: torch, device: 'cuda:0' }))).toMatch(
      /PyTorch cannot use the device cuda:0 .*: name another/,
    );
  });
});

describe.skipIf(withKeras === null)('Keras', () => {
  const KERAS = `
import os
os.environ["KERAS_BACKEND"] = "jax"
import keras, numpy as np
model = keras.Sequential([
    keras.Input((32, 64, 3)),
    keras.layers.Rescaling(1 / 255),
    keras.layers.Cropping2D(((6, 13), (38, 13))),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(2, activation="softmax"),
])
model.layers[-1].set_weights([np.array([[-2.0, 2.0]] * 3, np.float32), np.zeros(2, np.float32)])
`;

  it('a model with a Rescaling layer takes 0..255', async () => {
    const { map, facts, info } = await mapOf(modelOf(KERAS, { python: withKeras ?? undefined }), 150);
    expect(info.input).toMatchObject({ width: 64, height: 32 });
    expect(facts[1]).toMatch(/0\.\.255.*has a layer Rescaling/);
    expect(contrast(map)).toBeGreaterThan(0.7);
  });

  it('a .keras file', async () => {
    const path = folder.at('net.keras');
    execFileSync(withKeras ?? '', ['-c', `${KERAS}\nmodel.save(${JSON.stringify(path)})\n`]);
    expect((await found({ description: path, python: withKeras ?? undefined }))[0]?.name).toBe('class 1');
  });
});

describe.skipIf(withOrt === null)('a session of onnxruntime', () => {
  it('answers as the file does', async () => {
    const description = folder.write(
      'planted.onnx',
      plantedClassifier({ width: 50, height: 40 }, { x: 30, y: 8, width: 10, height: 16 }),
    );
    const source = `
import onnxruntime
model = onnxruntime.InferenceSession(${JSON.stringify(description)})
`;
    const scale = 1 / 255;
    const inPython = await mapOf(modelOf(source, { python: withOrt ?? undefined, scale }));
    const inProcess = await mapOf({ description, scale });
    expect(correlation(inPython.map, inProcess.map)).toBeGreaterThan(0.999);
  });
});

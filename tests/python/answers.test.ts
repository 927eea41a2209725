/** What models and scripts in Python answer beside the usual: read right, or refused with the true reason. */
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { predict } from '../../src/runs/predict.js';
import { emittingModel } from '../helpers/emit.js';
import { failure, folder, found, IMAGE, LOOKS, modelOf, python } from '../helpers/python-models.js';
import { pythonWith } from '../helpers/python.js';

const withTorchvision = pythonWith('numpy', 'torch', 'torchvision');

function answering(boxes: string, scores = '[0.9]'): ReturnType<typeof modelOf> {
  return modelOf(`import numpy as np
def predict(batch):
    return [{"boxes": ${boxes}, "scores": ${scores}, "labels": [0] * len(${scores})} for one in batch]
categories = ["square", "circle"]
`);
}

describe.skipIf(python === null)('answers of models in Python', () => {
  it('boxes as shares of the image are refused, and so are those whose corners are no corners', async () => {
    expect(await failure(answering('[[0.6, 0.2, 0.8, 0.6]]'))).toMatch(
      /answers boxes within 0\.\.1, as shares of the image: multiply them by its width and height/,
    );
    expect(await failure(answering('[[120, 60, 40, 40]]'))).toMatch(
      /surest box is 120, 60, 40, 40, whose second corner lies before its first: give x1, y1, x2, y2/,
    );
  });

  it('a detector that finds nothing has no class of the whole image', async () => {
    expect(await found(answering('np.zeros((0, 4))', '[]'))).toEqual([]);
  });

  it('an answer that holds nothing, and code that ends itself', async () => {
    expect(
      await failure(modelOf('import numpy as np\ndef predict(batch): return np.zeros((len(batch), 0))\n')),
    ).toMatch(/answers the shape \[1, 0\], which holds nothing/);
    expect(await failure(modelOf('import sys\ndef predict(batch):\n    sys.exit(3)\n'))).toMatch(
      /model\.py failed at line 3 \(sys\.exit\(3\)\): SystemExit: 3/,
    );
  });

  it.skipIf(process.platform === 'win32')('what the code starts ends with it', async () => {
    const mark = folder.at('forked');
    const source = `${LOOKS}
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", ${JSON.stringify(mark)}])
predict = looks
`;
    expect(await found(modelOf(source))).toHaveLength(2);
    const running = (): boolean => spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.includes(mark);
    for (let tries = 0; tries < 50 && running(); tries++) await sleep(100);
    expect(running()).toBe(false);
  });

  it.skipIf(withTorchvision === null)('a scripted detector of torchvision, given a list of images', async () => {
    const file = folder.at('detector.ts.pt');
    const made = spawnSync(
      withTorchvision ?? '',
      [
        folder.write(
          'detector.py',
          `import torch
from typing import List, Dict, Tuple
class Detector(torch.nn.Module):
    def forward(self, images: List[torch.Tensor]) -> Tuple[Dict[str, torch.Tensor], List[Dict[str, torch.Tensor]]]:
        found: List[Dict[str, torch.Tensor]] = []
        for image in images:
            bright = image[:, 20:60, 120:160].mean().reshape(1)
            keep = torch.ops.torchvision.nms(torch.tensor([[120., 20., 160., 60.]]), bright, 0.5)
            found.append({"boxes": torch.tensor([[120., 20., 160., 60.]])[keep], "scores": bright[keep], "labels": torch.ones(1, dtype=torch.int64)})
        return {}, found
import torchvision
torch.jit.script(Detector()).save(${JSON.stringify(file)})`,
        ),
      ],
      { encoding: 'utf8' },
    );
    expect(made.stderr).not.toContain('Error');
    const model = { description: file, python: withTorchvision ?? '', timeout: 60 };
    const [first] = await found(model);
    expect(first).toMatchObject({ box: [120, 20, 40, 40], score: 0.863 });
  });
});

describe.skipIf(python === null)('scripts of Datumaro', () => {
  const scriptOf = (name: string, source: string) => {
    const bytes = emittingModel(
      [{ name: 'image', shape: [1, 3, 64, 96] }],
      [{ name: 'scores', shape: [1, 2], values: [0.25, 0.75] }],
    );
    return {
      description: folder.write(`${name}/model.onnx`, bytes),
      interpreter: folder.write(`${name}/script.py`, source),
      python: python ?? undefined,
      timeout: 60,
    };
  };

  it("pixels are looked at in images of the image's own size, blue first", async () => {
    const source = `from datumaro.components.annotation import *
def process_outputs(inputs, outputs):
    height, width = inputs.shape[1:3]
    bright = inputs[0, 21:59, 121:159].mean() / 255
    return [[Bbox(0.6 * width, 0.2 * height, 0.2 * width, 0.4 * height, label=0, attributes={"score": bright})]]
`;
    expect(await found(scriptOf('own-size', source))).toEqual([
      { name: 'class 0', score: 0.863, box: [120, 20, 40, 40] },
    ]);
  });

  it('outputs are a dict where layers were chosen, of one too', async () => {
    const source = `from datumaro.components.annotation import *
def process_outputs(inputs, outputs):
    return [[Label(i, attributes={"score": float(score)}) for i, score in enumerate(row)] for row in outputs["scores"]]
`;
    const chosen = { ...scriptOf('layers', source), outputLayers: ['scores'] };
    for (const workers of [1, 2]) {
      const model = await openModel(chosen, { workers, image: IMAGE });
      expect((await predict(model, IMAGE)).found[0]).toMatchObject({ label: { id: 1 }, score: 0.75 });
      await model.close();
    }
    expect(await failure(scriptOf('no-layers', source))).toMatch(/IndexError/);
  });
});

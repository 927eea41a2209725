/** Forms in which people's code answers, names its classes and lies beside other files: each was read wrongly once. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import { findPython } from '../../src/python/find-python.js';
import { explain } from '../helpers/explain.js';
import { pythonWith } from '../helpers/python.js';
import { contrast, failure, folder, found, IMAGE, LOOKS, mapOf, modelOf, python } from '../helpers/python-models.js';

const torch = pythonWith('numpy', 'torch');
const SQUARE = [{ name: 'square', score: 0.863, box: [120, 20, 40, 40] }];
const NAMES = 'categories = ["none", "square", "bird"]\n';

/** `predict` that answers an expression for each row of scores `s`. */
function answering(expression: string, names = NAMES): string {
  return `${LOOKS}${names}
def predict(batch):
    return [${expression} for s in looks(batch)]
`;
}

describe.skipIf(python === null)('boxes', () => {
  it('of all images in one dict have the labels that are given, counted from 0', async () => {
    const source = `${LOOKS}${NAMES}
def predict(batch):
    scores = looks(batch)[:, 1:].repeat(3, 1) * [1, 0.2, 0.1]
    boxes = np.tile(np.float32([[120, 20, 160, 60], [0, 0, 20, 20], [50, 50, 70, 70]]), (len(batch), 1, 1))
    return {"boxes": boxes, "scores": scores.astype(np.float32), "labels": np.tile([1, 0, 2], (len(batch), 1))}
`;
    expect(await found(modelOf(source))).toEqual(SQUARE);
  });

  it.each([
    ['a result of COCO', '[{"category_id": 1, "bbox": [120, 20, 40, 40], "score": s[1]}]'],
    [
      'the corners of transformers',
      '[{"label": 1, "box": {"xmin": 120, "ymin": 20, "xmax": 160, "ymax": 60}, "score": s[1]}]',
    ],
    ['the corners of Ultralytics', '[{"label": 1, "box": {"x1": 120, "y1": 20, "x2": 160, "y2": 60}, "score": s[1]}]'],
    ['a dict of x, y, w, h', '[{"label": 1, "box": {"x": 120, "y": 20, "w": 40, "h": 40}, "score": s[1]}]'],
  ])('as %s', async (_name, expression) => {
    expect(await found(modelOf(answering(expression)))).toEqual(SQUARE);
  });

  it('in rows that are filled up with zeros: those are no boxes, under no mask either', async () => {
    const source = answering(
      '{"boxes": [[120, 20, 160, 60], [0, 0, 0, 0]] if s[1] > 0.5 else np.zeros((2, 4)), "scores": [s[1] if s[1] > 0.5 else 0, 0], "labels": [1, 0]}',
    );
    expect(await found(modelOf(source))).toEqual(SQUARE);
    expect(contrast((await mapOf(modelOf(source))).map)).toBeGreaterThan(0.5);
  });

  it('of which nobody says the class or the score are refused, with what was given', async () => {
    const given = '[{"class": 1, "confidence": s[1], "box": [120, 20, 160, 60]}]';
    expect(await failure(modelOf(answering(given)))).toMatch(
      /answers a dict of class, confidence, box: give each of its classes or boxes as label, score and box \(x1, y1, x2, y2\)\./,
    );
    const box = '[{"label": 1, "score": s[1], "box": {"left": 1, "top": 2}}]';
    expect(await failure(modelOf(answering(box)))).toMatch(
      /a box of left, top: give x, y, w and h, or x1, y1, x2 and y2/,
    );
  });
});

describe.skipIf(python === null)('names of classes', () => {
  const named = (categories: string, label = '1'): string =>
    answering(`[{"label": ${label}, "score": s[1], "box": [120, 20, 160, 60]}]`, `categories = ${categories}\n`);

  it('that are numbers are names', async () => {
    const source = named('["1", "2", "5", "10"]', '"2"');
    expect((await found(modelOf(source)))[0]?.name).toBe('2');
  });

  it('by number, numbers by name, in a file of JSON, in a file of lines with empty ones, as a Path', async () => {
    expect((await found(modelOf(named('{0: "none", 1: "square"}'))))[0]?.name).toBe('square');
    expect((await found(modelOf(named('{"square": 1, "none": 0}'))))[0]?.name).toBe('square');
    const json = folder.write('names.json', '["none", "square"]');
    expect((await found(modelOf(named(JSON.stringify(json)))))[0]?.name).toBe('square');
    const lines = folder.write('names.txt', 'none\n\nsquare\n\n');
    expect((await found(modelOf(named(`__import__("pathlib").Path(${JSON.stringify(lines)})`))))[0]?.name).toBe(
      'square',
    );
  });

  it('are those of categories of COCO, by their ids', async () => {
    const coco = '[{"id": 1, "name": "square"}, {"id": 3, "name": "bird"}]';
    expect((await found(modelOf(named(coco))))[0]?.name).toBe('square');
    expect((await found(modelOf(named(`{"categories": ${coco}}`))))[0]?.name).toBe('square');
  });

  it('are those of the model that a pipeline holds', async () => {
    const source = `${LOOKS}
class Named:
    pass
class Pipeline:
    model = Named()
    def __call__(self, batch):
        return looks(batch)
model = Pipeline()
model.model.config = Named()
model.model.config.id2label = {0: "none", 1: "square"}
`;
    expect((await found(modelOf(source)))[0]?.name).toBe('square');
  });

  it('that are none are refused', async () => {
    expect(await failure(modelOf(named('[1.5, None]')))).toMatch(
      /the categories of the model are a list that gives no names of classes: give a list, a dict of names by number/,
    );
  });
});

describe.skipIf(python === null)("a person's own files", () => {
  it.each(['model', 'frames', 'script', 'host', 'failures', 'answering'])(
    'beside theirs may be called %s.py',
    async (name) => {
      const source = modelOf(`from ${name} import looks\npredict = looks\ncategories = ["dark", "bright"]\n`);
      const beside = name === 'model' ? 'net' : name;
      const file = folder.write(
        `${dirname(source.description).slice(folder.at('').length)}/${name === 'model' ? 'model' : beside}.py`,
        LOOKS,
      );
      // A file that imports another of its own name is another file.
      const description =
        name === 'model'
          ? folder.write(
              `${dirname(file).slice(folder.at('').length)}/wrap.py`,
              'from model import looks\npredict = looks\ncategories = ["dark", "bright"]\n',
            )
          : source.description;
      expect((await found({ ...source, description }))[0]?.name).toBe('bright');
    },
  );

  it('defines what processes of its own are given', async () => {
    const source = `${LOOKS}
import multiprocessing
def double(x):
    return 2 * x
def predict(batch):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(double, [1, 2]) == [2, 4]
    return looks(batch)
categories = ["dark", "bright"]
`;
    expect((await found(modelOf(source)))[0]?.name).toBe('bright');
  });
});

describe.skipIf(python === null)('a file of a model', () => {
  it('has arguments of its own, and what argparse says of them is shown', async () => {
    const own = `${LOOKS}\nimport sys\nassert sys.argv == [__file__], sys.argv\npredict = looks\ncategories = ["dark", "bright"]\n`;
    expect((await found(modelOf(own)))[0]?.name).toBe('bright');
    const wants =
      'import argparse\np = argparse.ArgumentParser()\np.add_argument("--w", required=True)\np.parse_args()\n';
    expect(await failure(modelOf(wants))).toMatch(/model\.py: error: the following arguments are required: --w/);
  });

  it.skipIf(process.platform === 'win32')('that is a link finds its neighbors beside what it leads to', async () => {
    const source = modelOf('from neighbor import looks\npredict = looks\ncategories = ["dark", "bright"]\n');
    writeFileSync(join(dirname(source.description), 'neighbor.py'), LOOKS);
    mkdirSync(folder.at('links'), { recursive: true });
    symlinkSync(source.description, folder.at('links/model.py'));
    expect((await found({ ...source, description: folder.at('links/model.py') }))[0]?.name).toBe('bright');
  });

  it('may answer one number an image without an axis', async () => {
    const source = `${LOOKS}\ndef predict(batch):\n    return looks(batch)[:, 1].squeeze()\n`;
    const model = await openModel(modelOf(source), { workers: 1, image: IMAGE }).catch((error: unknown) => error);
    expect(String(model)).not.toMatch(/answers the shape \[\]/);
    if (typeof model === 'object' && model !== null && 'close' in model && typeof model.close === 'function') {
      await (model.close as () => Promise<void>)();
    }
  });

  it('that dies when it is given two images says so', async () => {
    const source = `${LOOKS}
import os
def predict(batch):
    if len(batch) > 1:
        os._exit(7)
    return looks(batch)
`;
    expect(await failure(modelOf(source))).toMatch(/ended with 7/);
  });

  it('is no matter of commands that are no Python 3', async () => {
    const source = modelOf('predict = None\n');
    expect(await failure({ ...source, python: '' })).toMatch(/^python is empty: name a Python/);
    const no = folder.write('no-python', '#!/bin/sh\necho hello\n');
    chmodSync(no, 0o755);
    expect(await failure({ ...source, python: no })).toMatch(/needs Python 3, and .*no-python is none: name one with/);
  });
});

it.skipIf(torch === null)("a detector of PyTorch of one's own is given 0..1, at the size of the image", async () => {
  const source = `
import torch
class Net(torch.nn.Module):
    def forward(self, x):
        assert x.shape[2:] in ((100, 200), (224, 224)), x.shape
        scores = x[:, :, 20:60, 120:160].mean((1, 2, 3))
        return [{"boxes": torch.tensor([[120.0, 20, 160, 60]]), "scores": s[None], "labels": torch.tensor([1])} for s in scores]
model = Net()
categories = ["none", "square"]
`;
  expect(await found({ ...modelOf(source), python: torch ?? undefined })).toEqual(SQUARE);
});

describe.skipIf(python === null)('a class that extends one of Ultralytics', () => {
  it('is one of Ultralytics, though it is a module of PyTorch', async () => {
    const source = `${LOOKS}
class Module:
    def eval(self):
        raise AssertionError("training starts")
Module.__module__ = "torch.nn.modules.module"
class Model(Module):
    names = {0: "square"}
    def predict(self, images):
        raise AssertionError
    def __call__(self, images, verbose, conf):
        class Probs:
            pass
        made = []
        for image in images:
            one = Probs()
            one.probs = Probs()
            one.probs.data = looks(image[None])[0]
            made.append(one)
        return made
Model.__module__ = "ultralytics.engine.model"
class Own(Model):
    pass
model = Own()
`;
    expect((await found(modelOf(source)))[0]?.score).toBe(0.863);
  });
});

describe.skipIf(python === null)('a preprocessing', () => {
  it('that returns bytes gives the model bytes, under masks too', async () => {
    const source = `${LOOKS}
def preprocess(image):
    h, w = image.shape[:2]
    rows, columns = np.linspace(0, h - 1, 96).round().astype(int), np.linspace(0, w - 1, 96).round().astype(int)
    return image[rows][:, columns]
def model(batch):
    assert batch.dtype == np.uint8, batch.dtype
    return looks(batch)
categories = ["dark", "bright"]
`;
    const { map } = await mapOf(modelOf(source));
    expect(contrast(map)).toBeGreaterThan(0.8);
  });

  it('that divides by the deviation of each image is told of the fill where it cannot be', async () => {
    const source = `${LOOKS}
def preprocess(image):
    with np.errstate(all="ignore"):
        return (image - image.mean()) / image.std() * 40 + 100
def model(batch):
    return looks(batch)
`;
    const model = await openModel(modelOf(source), { workers: 1, image: IMAGE });
    await expect(explain(model, IMAGE, { fill: 'mean', maxSamples: 50 })).rejects.toThrow(
      /answers NaN for an image that is hidden as a whole, .*fill: 'blur'/,
    );
    await model.close();
  });
});

describe.skipIf(python === null)('load()', () => {
  it('has its arguments in the types that are written at them, and says which it lacks', async () => {
    const source = `${LOOKS}
def load(k: int, gain: "float" = None):
    assert (k, gain) == (3, None)
    return [looks, None, ["dark", "bright"]]
`;
    expect((await found(modelOf(source, { arg: { k: '3' } })))[0]?.name).toBe('bright');
    expect(await failure(modelOf(source))).toMatch(
      /load\(\) of .* wants the argument 'k', which has no default: give it as k=value/,
    );
    const pair = `${LOOKS}\ndef load():\n    return looks, ["dark", "bright"]\n`;
    expect(await failure(modelOf(pair))).toMatch(/returns function, list: return the model, \(model, preprocess\) or/);
  });
});

it.skipIf(python === null)(
  'processes that end together are a failure, and no interruption',
  { timeout: 120_000 },
  async () => {
    const source = `${LOOKS}
import os, signal
calls = 0
def predict(batch):
    global calls
    calls += 1
    if calls > 6:
        os.kill(os.getpid(), signal.SIGKILL)
    return looks(batch)
`;
    for (let round = 0; round < 5; round++) {
      const model = await openModel(modelOf(source), { workers: 2, image: IMAGE });
      await expect(explain(model, IMAGE, { maxSamples: 500, stopAt: 'off' })).rejects.toThrow(/was ended by SIGKILL/);
      await model.close();
    }
  },
);

it.skipIf(torch === null)('weights in half precision run', async () => {
  const source = `
import torch
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.ones(1))
    def forward(self, x):
        bright = x[:, :, 12:38, 38:51].mean((1, 2, 3)) * self.weights
        return torch.stack([-bright, bright], 1)
model = Net().half()
categories = ["dark", "bright"]
`;
  expect(
    (await found({ ...modelOf(source), python: torch ?? undefined, inputSize: { width: 64, height: 64 } }))[0]?.name,
  ).toBe('bright');
});

it('the folder of a virtual environment stands for its Python', () => {
  const place = folder.write(process.platform === 'win32' ? 'env/Scripts/python.exe' : 'env/bin/python', '');
  mkdirSync(folder.at('env/lib'), { recursive: true });
  expect(findPython(folder.at('env'))).toEqual({ command: place, found: 'given' });
  expect(findPython('python3.9')).toEqual({ command: 'python3.9', found: 'given' });
});

/** Models in Python: each form, what is said where they fail, and what is left behind. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { plainImage } from '../../src/image/index.js';
import { pythonLauncher } from '../../src/launchers/python/index.js';
import type { ModelConfig } from '../../src/models/config.js';
import { openModel } from '../../src/models/open.js';
import { predict } from '../../src/runs/predict.js';
import { explain } from '../helpers/explain.js';
import { isRunning, pythonWith } from '../helpers/python.js';
import { contrast, failure, folder, found, IMAGE, LOOKS, mapOf, modelOf, python } from '../helpers/python-models.js';

const withPillow = pythonWith('numpy', 'PIL');

describe.skipIf(python === null)('a file of Python', () => {
  it('predict(batch), with categories', async () => {
    const source = modelOf(`${LOOKS}predict = looks\ncategories = ["dark", "bright"]\n`);
    expect((await found(source))[0]).toEqual({ name: 'bright', score: 0.863, box: null });
    const { map, facts } = await mapOf(source);
    expect(contrast(map)).toBeGreaterThan(0.8);
    expect(facts[1]).toMatch(/RGB, 0\.\.255/);
    expect(facts[2]).toMatch(/^labels: 2 names/);
  });

  it('an object that can be called, with names by number', async () => {
    const source = `${LOOKS}
class Model:
    def __call__(self, batch):
        return looks(batch)
model = Model()
names = {0: "dark", 1: "bright"}
`;
    expect((await found(modelOf(source)))[0]?.name).toBe('bright');
  });

  it('load(), with its arguments in the types of their defaults', async () => {
    const source = `${LOOKS}
def load(device="cpu", gain=1.0, name="a", invert=False, count=2):
    assert (device, gain, name, invert, count) == ("cpu", 0.5, "b", True, 2)
    return (lambda batch: gain * looks(batch)), None, ["dark", "bright"]
`;
    const arg = { gain: '0.5', name: 'b', invert: 'true' };
    expect((await found(modelOf(source, { arg })))[0]).toEqual({ name: 'bright', score: 0.431, box: null });
    expect(await failure(modelOf(source, { arg: { nam: 'b' } }))).toMatch(
      /^load\(\) of .*model\.py has no argument 'nam': it takes device, gain, name, invert, count\.$/,
    );
    expect(await failure(modelOf(source, { arg: { gain: 'much' } }))).toMatch(
      /^the argument 'gain' of load\(\) in .* is a float, and 'much' is none\.$/,
    );
  });

  it('boxes of each image, in pixels of the image, as dicts of arrays or as lists of annotations', async () => {
    const arrays = `${LOOKS}
def predict(batch):
    return [{"boxes": np.array([[120, 20, 160, 60]]), "scores": [s[1]], "labels": [1]} for s in looks(batch)]
categories = ["none", "square"]
`;
    const lists = `${LOOKS}
def predict(batch):
    return [[{"box": [120, 20, 160, 60], "score": float(s[1]), "label": 1}] for s in looks(batch)]
categories = ["none", "square"]
`;
    for (const source of [arrays, lists]) {
      expect(await found(modelOf(source))).toEqual([{ name: 'square', score: 0.863, box: [120, 20, 40, 40] }]);
    }
    const { map } = await mapOf(modelOf(arrays));
    expect(contrast(map)).toBeGreaterThan(0.8);
  });

  it('boxes in images that are brought to one size have no border, and lie right', async () => {
    const source = `${LOOKS}
def predict(batch):
    n, h, w = batch.shape[:3]
    assert (w, h) in ((224, 224), (200, 100), (50, 100)), (w, h)
    return [{"boxes": [[0.6 * w, 0.2 * h, 0.8 * w, 0.6 * h]], "scores": [s[1]], "labels": [0]} for s in looks(batch)]
`;
    const model = await openModel(modelOf(source), { workers: 1, image: IMAGE });
    const boxes = [];
    for (const image of [IMAGE, plainImage(100, 200, [200, 200, 200])])
      boxes.push((await predict(model, image)).found[0]?.box);
    await model.close();
    expect(boxes[0]).toMatchObject({ x: 120, y: 20, width: 40, height: 40 });
    // Scaled to 50 x 100, in the middle of 200 x 100.
    expect(boxes[1]).toMatchObject({ x: 60, y: 40, width: 20, height: 80 });
  });

  it('a preprocessing of its own, over whose results masks can be laid, is called for the image and its fill', async () => {
    const calls = folder.at(`calls`);
    const source = `${LOOKS}
def preprocess(image):
    open(${JSON.stringify(calls)}, "a").write("x")
    h, w = image.shape[:2]
    rows, columns = np.linspace(0, h - 1, 96).round().astype(int), np.linspace(0, w - 1, 96).round().astype(int)
    return ((image[rows][:, columns] / 255.0 - 0.5) / 0.25).transpose(2, 0, 1)
def model(batch):
    assert batch.dtype == np.float32 and batch.shape[1:] == (3, 96, 96), (batch.dtype, batch.shape)
    return looks((batch.transpose(0, 2, 3, 1) * 0.25 + 0.5) * 255)
`;
    const { map, facts } = await mapOf(modelOf(source));
    expect(contrast(map)).toBeGreaterThan(0.8);
    expect(facts[1]).toMatch(/the model's own preprocess/);
    expect(readFileSync(calls).length).toBeLessThan(40);
  });

  it('the first call is the whole image, in every process', async () => {
    const first = folder.at('first');
    const source = `${LOOKS}
import os
seen = []
def predict(batch):
    if not seen:
        seen.append(batch.mean((0, 1, 2)).tolist())
        open(${JSON.stringify(first)} + str(os.getpid()), "w").write(repr([list(batch.shape), seen[0]]))
    return looks(batch)
`;
    const model = await openModel(modelOf(source), { workers: 2, image: IMAGE });
    await explain(model, IMAGE, { maxSamples: 200, stopAt: 'off' });
    await model.close();
    const mean = [0, 1, 2].map((c) => IMAGE.data.filter((_, i) => i % 3 === c).reduce((sum, v) => sum + v, 0) / 20_000);
    const told = readdirSync(dirname(first)).filter((name) => name.startsWith(basename(first)));
    expect(told.length).toBe(2);
    for (const name of told) {
      const [shape, color] = JSON.parse(readFileSync(join(dirname(first), name), 'utf8')) as [number[], number[]];
      expect(shape).toEqual([1, 100, 200, 3]);
      for (const c of [0, 1, 2]) expect(color[c]).toBeCloseTo(mean[c]!, 3);
    }
  });

  it.each(['nchw', 'nhwc'] as const)(
    'masks are laid over an image (%s) in the process as they are elsewhere',
    async (layout) => {
      const planar = layout === 'nchw';
      const [height, width] = [12, 20];
      // It answers what it is given: every value is seen.
      const source = `
import numpy as np
def preprocess(image):
    h, w = image.shape[:2]
    rows, columns = np.linspace(0, h - 1, ${height}).round().astype(int), np.linspace(0, w - 1, ${width}).round().astype(int)
    return (image[rows][:, columns] / 255.0)${planar ? '.transpose(2, 0, 1)' : ''}
def model(batch):
    assert batch.dtype == np.float32, batch.dtype
    return batch.reshape(len(batch), -1)
`;
      const { description, python: command } = modelOf(source);
      const prepared = await pythonLauncher.prepare({ description, python: command, device: 'cpu' });
      const session = await pythonLauncher.open(prepared, 1, IMAGE);
      const area = { x: 3, y: 2, width: 15, height: 7 };
      const values = (seed: number, length: number) => Float32Array.from({ length }, (_, i) => Math.sin(seed + i * i));
      for (const [id, fill] of [null, values(2, 3 * height * width)].entries()) {
        const input = values(1, 3 * height * width);
        const masks = values(3, 4 * area.width * area.height).map(Math.abs);
        const outputs = await session.runMasked!(
          { id, input, fill, area },
          { data: masks, shape: [4, area.height, area.width] },
        );
        const given = Object.values(outputs)[0]!.data;
        for (let n = 0; n < 4; n++) {
          for (let at = 0; at < input.length; at++) {
            const pixel = planar ? at % (height * width) : Math.floor(at / 3);
            const [x, y] = [(pixel % width) - area.x, Math.floor(pixel / width) - area.y];
            const inside = x >= 0 && y >= 0 && x < area.width && y < area.height;
            const kept = inside ? masks[(n * area.height + y) * area.width + x]! : 1;
            const behind = fill?.[at] ?? 0;
            expect(given[n * input.length + at]).toBeCloseTo(behind + (input[at]! - behind) * kept, 6);
          }
        }
      }
      await session.close();
    },
  );

  it('a preprocessing that depends on the whole image is given the masked images', async () => {
    const source = `${LOOKS}
def preprocess(image):
    return (image - image.min()) / (np.ptp(image) + 1e-6) * 255
def model(batch):
    return looks(batch)
`;
    const { map, info } = await mapOf(modelOf(source));
    expect(info.input).toMatchObject({ width: 200, height: 100 });
    expect(contrast(map)).toBeGreaterThan(0.8);
  });

  it('a preprocessing that cuts by what the image shows, or by its shape, is given the masked images', async () => {
    // A border is cut off: what is left is 200 x 100, and scaled to 96 x 96.
    const source = `${LOOKS}
def preprocess(image):
    rows = np.where(image.max((1, 2)) > 0)[0]
    image = image[rows[0]:rows[-1] + 1] if len(rows) else image
    h, w = image.shape[:2]
    rows, columns = np.linspace(0, h - 1, 96).round().astype(int), np.linspace(0, w - 1, 96).round().astype(int)
    return image[rows][:, columns].transpose(2, 0, 1) / 255
def model(batch):
    return looks(batch.transpose(0, 2, 3, 1) * 255)
`;
    const bordered = plainImage(200, 160, [0, 0, 0]);
    bordered.data.set(IMAGE.data, 3 * 200 * 60);
    const model = await openModel(modelOf(source), { workers: 1, image: bordered });
    const { targets } = await explain(model, bordered, { maxSamples: 300, stopAt: 'off' });
    await model.close();
    expect(model.info.input).toMatchObject({ width: 200, height: 160 });
    const map = targets[0]!.renderMap();
    expect(contrast(map.subarray(200 * 60))).toBeGreaterThan(0.6);
  });

  it('names for numbers of classes, and numbers written as texts', async () => {
    const boxes = 'return [{"boxes": [[0, 0, 10, 10]], "scores": [0.9], "labels": ["square"]} for one in batch]';
    const source = `def predict(batch):\n    ${boxes}\n`;
    expect((await found(modelOf(`${source}id2label = {"0": "none", "1": "square"}\n`)))[0]?.name).toBe('square');
    expect(await failure(modelOf(source))).toMatch(
      /answers the class 'square', and gives no names: list it in its categories, or answer the number of the class/,
    );
  });

  it('another number of classes in a later call is refused', async () => {
    const source = `${LOOKS}
calls = 0
def predict(batch):
    global calls
    calls += 1
    found = looks(batch)
    return found if calls < 20 else np.concatenate([found, found], 1)
`;
    const model = await openModel(modelOf(source), { workers: 1, image: IMAGE });
    await expect(explain(model, IMAGE, { maxSamples: 500, stopAt: 'off' })).rejects.toThrow(
      /answers 'output' with the shape \[\d+, 4\], and with \[\d+, 2\] before/,
    );
    await model.close();
  });

  it('a preprocessing that differs from call to call is refused', async () => {
    const source = `${LOOKS}
def preprocess(image):
    return image + np.random.rand()
model = looks
`;
    expect(await failure(modelOf(source))).toMatch(/preprocess makes something else of the same image each time/);
  });

  it('a transform that takes its image by name, as those of albumentations, and processes of its own', async () => {
    const source = `${LOOKS}
import multiprocessing
class Transform:
    def __call__(self, *arguments, image=None):
        if arguments:
            raise KeyError("You have to pass data to augmentations as named arguments")
        return {"image": image / 255.0}
preprocess = Transform()
def double(x):
    return 2 * x
assert multiprocessing.get_context("fork").Pool(1).map(double, [1, 2]) == [2, 4]
model = lambda batch: looks(batch * 255)
`;
    expect((await found(modelOf(source)))[0]?.score).toBe(0.863);
  });

  it('flags that would do nothing beside its own preprocessing are refused', async () => {
    const source = `${LOOKS}
def preprocess(image):
    h, w = image.shape[:2]
    rows, columns = np.linspace(0, h - 1, 48).round().astype(int), np.linspace(0, w - 1, 48).round().astype(int)
    return (image[rows][:, columns] / 255.0).transpose(2, 0, 1)
model = lambda batch: looks(batch.transpose(0, 2, 3, 1) * 255)
`;
    for (const flags of [{ mean: [0.5] }, { color: 'bgr' }, { resize: 'letterbox' }] satisfies Partial<ModelConfig>[]) {
      expect(await failure(modelOf(source, flags))).toMatch(/has no effect: the model .* prepares the image itself/);
    }
  });

  it('what it prints is no answer', async () => {
    const source = `${LOOKS}
print("loading" * 1000)
def predict(batch):
    print("called")
    return looks(batch)
`;
    expect((await found(modelOf(source)))[0]).toEqual({ name: 'class 1', score: 0.863, box: null });
  });
});

describe.skipIf(withPillow === null)("transforms of the field's libraries", () => {
  it('a dict of timm: scaled to 256, and 224 of it cut out', async () => {
    const source = `${LOOKS}
preprocess = {"input_size": (3, 224, 224), "mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5), "crop_pct": 0.875}
def model(batch):
    assert batch.shape[1:] == (3, 224, 224)
    # The square's place in the middle of the scaled image: 512 x 256 less a border of 144 and 16.
    return looks((batch.transpose(0, 2, 3, 1) * 0.5 + 0.5) * 255, (0.6 * 512 - 144) / 224, (0.2 * 256 - 16) / 224, 1, (0.6 * 256 - 16) / 224)
`;
    const { map, info } = await mapOf(modelOf(source, { python: withPillow ?? undefined }));
    expect(info.preprocessing.resize).toBe('center-crop');
    expect(info.preprocessing.kept).toBe(0.875);
    expect(contrast(map)).toBeGreaterThan(0.8);
  });
});

describe.skipIf(python === null)('a model in Python that fails', () => {
  it.each([
    [
      'no model',
      'x = 1\n',
      /model\.py holds no model: give it an object 'model', a function load\(\) .* or a function predict\(batch\)\.$/,
    ],
    [
      'its own mistake',
      'def predict(batch):\n    return 1 / 0\n',
      /model\.py failed at line 2 \(return 1 \/ 0\): ZeroDivisionError/,
    ],
    ['a mistake of syntax', 'x = [\n', /model\.py failed at line 1.*: SyntaxError|does not load at line/],
    [
      'a module that is not there',
      'import no_such_module\n',
      /needs the Python module 'no_such_module', which .* does not have: install it there, or name another Python with python/,
    ],
    [
      'too few rows',
      'import numpy as np\ndef predict(batch):\n    return np.zeros((7, 2))\n',
      /answers the shape \[7, 2\] for 1 images: return one row for each image/,
    ],
    ['an answer that is none', 'def predict(batch):\n    return "cat"\n', /answers? .*return|no array of numbers/],
    ['a number', 'model = 7\n', /the model of .* is a int, which is no network, no interpreter and no function/],
    [
      'boxes that do not fit',
      'def predict(batch):\n    return [{"boxes": [[0, 0, 1, 1]], "scores": [], "labels": []}]\n',
      /answers 1 boxes, 0 scores and 0 labels of one image/,
    ],
    [
      'an end of its own',
      'def predict(batch):\n    import os; os._exit(7)\n',
      /Python, which runs the model .*, ended with 7/,
    ],
    [
      'a kill',
      'def predict(batch):\n    import os, signal; print("last words"); os.kill(os.getpid(), signal.SIGKILL)\n',
      /was ended by SIGKILL \(it said: last words\)/,
    ],
  ])('%s', async (_name, source, says) => {
    expect(await failure(modelOf(source))).toMatch(says);
  });

  it('no answer in time', async () => {
    const source = 'def predict(batch):\n    import time; time.sleep(60)\n';
    expect(await failure(modelOf(source, { timeout: 1 }))).toMatch(/gave no answer within 1 s.*timeout/);
  });

  it('weights alone, and files of other kinds', async () => {
    const weights = folder.write('best.pth', Buffer.from([0x80, 2, 0x7d]));
    expect(await failure({ description: weights, python: python ?? undefined })).toMatch(
      /best\.pth holds weights or a pickled object and no TorchScript, and is not loaded, .*write a model\.py of two lines.*load_state_dict\(torch\.load\("best\.pth"\)\)/,
    );
    const text = folder.write('best.pt', 'hello');
    expect(await failure({ description: text, python: python ?? undefined })).toMatch(/best\.pt is none of PyTorch/);
  });

  it("ends a program's run with the reason", async () => {
    const source = modelOf(`${LOOKS}
calls = 0
def predict(batch):
    global calls
    calls += 1
    if calls > 30:
        raise ValueError("enough")
    return looks(batch)
`);
    const model = await openModel(source, { workers: 1, image: IMAGE });
    await expect(explain(model, IMAGE, { maxSamples: 2000, stopAt: 'off' })).rejects.toThrow(/ValueError: enough/);
    await model.close();
  });
});

describe.skipIf(python === null)('the processes of models', () => {
  it.skipIf(process.platform !== 'linux')('end with the program in the middle of a call', async () => {
    const source = modelOf(`import os, time
def predict(batch):
    if os.path.exists(${JSON.stringify(folder.at('slow'))}):
        print("slow", flush=True)
        time.sleep(1000)
    return [[1, 0]] * len(batch)
`);
    const built = new URL('../../dist/models/open.js', import.meta.url).href;
    const program = `import { writeFileSync } from 'node:fs';
      import { openModel } from ${JSON.stringify(built)};
      const image = { width: 8, height: 8, data: new Uint8Array(192) };
      const model = await openModel(${JSON.stringify(source)}, { workers: 1, image });
      writeFileSync(${JSON.stringify(folder.at('slow'))}, '');
      model.predict(await model.scene(image));
      setTimeout(() => console.log('asked'), 500);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, [folder.write('asking.mjs', program)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    expect(isRunning(source.description)).toBe(true);
    parent.kill('SIGKILL');
    for (let tries = 0; tries < 50 && isRunning(source.description); tries++) await sleep(100);
    expect(isRunning(source.description)).toBe(false);
  });

  // 200 in the full run.
  const rounds = process.env['CI_FULL'] === '1' ? 50 : 8;

  it(`${4 * rounds} starts leave no child and no file`, { timeout: 400_000 }, async () => {
    const source = modelOf(`${LOOKS}predict = looks\n`);
    const place = source.description;
    for (let round = 0; round < rounds; round++) {
      await Promise.all(
        [0, 1, 2, 3].map(async () => {
          const model = await openModel(source, { workers: 1 });
          await model.close();
        }),
      );
    }
    for (let tries = 0; tries < 50 && isRunning(place); tries++) await sleep(100);
    expect(isRunning(place)).toBe(false);
    expect(execFileSync('ls', [place.replace(/\/[^/]*$/, '')], { encoding: 'utf8' }).trim()).toBe('model.py');
  });
});

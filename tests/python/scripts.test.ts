/** Scripts in Python, in every form that they have: answers, what is forgiven, what is said where they fail, and what is left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openModel, type ModelSource } from '../../src/models/open.js';
import { predict } from '../../src/runs/predict.js';
import { plainImage, type RgbImage } from '../../src/image/index.js';
import { emittingModel, type Emitted } from '../helpers/emit.js';
import { explain } from '../helpers/explain.js';
import { largestDifference } from '../helpers/maps.js';
import { plantedClassifier } from '../helpers/planted.js';
import { isRunning, pythonWith } from '../helpers/python.js';
import { tempFolder } from '../helpers/temp-folder.js';

const python = pythonWith('numpy');
const folder = tempFolder();

/** Twice as wide as high; the models' input is neither. */
const IMAGE = plainImage(200, 100, [200, 100, 50]);
const INPUT = { width: 96, height: 64 };
/** Two faces, in 0..1, and a weak one: image, label, score, corners. */
const ROWS = [0, 1, 0.9, 0.25, 0.25, 0.75, 0.75, 0, 1, 0.6, 0.05, 0.1, 0.3, 0.4, 0, 1, 0.05, 0, 0, 1, 1];
const DETECTIONS: Emitted = { name: 'detection_out', shape: [1, 1, 3, 7], values: ROWS };
/** The same in pixels of the image. */
const FACES = [
  { name: 'face', score: 0.9, box: { x: 50, y: 25, width: 100, height: 50 } },
  { name: 'face', score: 0.6, box: { x: 10, y: 10, width: 50, height: 30 } },
];

let count = 0;

/** A model that gives these outputs, read by a script. */
function modelOf(
  outputs: readonly Emitted[],
  source: string,
  metadata: Record<string, string> = {},
): Exclude<ModelSource, string> {
  const bytes = emittingModel([{ name: 'image', shape: [1, 3, INPUT.height, INPUT.width] }], outputs, metadata);
  count += 1;
  return {
    description: folder.write(`model-${count}/model.onnx`, bytes),
    interpreter: folder.write(`model-${count}/script.py`, source),
    python: python ?? undefined,
    timeout: 20,
  };
}

/** What a model finds in the image, rounded. */
async function found(source: ModelSource, image: RgbImage = IMAGE) {
  const model = await openModel(source, { workers: 1 });
  try {
    const answer = await predict(model, image);
    return answer.found.map(({ label, score, box }) => ({
      name: label.name,
      score: Number(score.toFixed(4)),
      box:
        box === null ? null : { x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) },
    }));
  } finally {
    await model.close();
  }
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

/** The error of opening a model and letting it answer. */
async function failure(source: ModelSource): Promise<string> {
  try {
    await found(source);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('it did not fail');
}

const CATEGORIES = `
def get_categories():
    categories = LabelCategories()
    categories.add("background")
    categories.add("face")
    return {AnnotationType.label: categories}
`;

const LOOP = `
def process_outputs(inputs, outputs):
    results = [[] for _ in inputs]
    for det in outputs.reshape(-1, 7):
        if det[2] > 0.3:
            height, width = inputs[int(det[0])].shape[:2]
            x, y = det[3] * width, det[4] * height
            results[int(det[0])].append(
                Bbox(x, y, det[5] * width - x, det[6] * height - y, label=int(det[1]), attributes={"score": float(det[2])}))
    return results
`;

describe.skipIf(python === null)("scripts of Datumaro's releases", () => {
  it.each(['components.extractor', 'components.annotation', 'components.media'])(
    'process_outputs, with names from datumaro.%s',
    async (module) => {
      const source = `from datumaro.${module} import *\n${LOOP}${CATEGORIES}`;
      expect(await found(modelOf([DETECTIONS], source))).toEqual(FACES);
    },
  );

  it("the manual's example, which appends an entry for every box: the last has all of them", async () => {
    const source = `from datumaro.components.extractor import *
def process_outputs(inputs, outputs):
    results = []
    for input, output in zip(inputs, outputs):
        input_height, input_width = input.shape[:2]
        image_results = []
        for i, det in enumerate(output[0]):
            if float(det[2]) <= 0.1:
                continue
            x, y = max(int(det[3] * input_width), 0), max(int(det[4] * input_height), 0)
            w, h = int(det[5] * input_width - x), int(det[6] * input_height - y)
            image_results.append(Bbox(x, y, w, h, label=int(det[1]), attributes={'score': float(det[2])}))
            results.append(image_results[:10])
    return results
${CATEGORIES}`;
    const [first, second] = await found(modelOf([DETECTIONS], source));
    expect(first).toMatchObject({ name: 'face', score: 0.9, box: { x: 50, y: 25, width: 100, height: 50 } });
    expect(second).toMatchObject({ name: 'face', score: 0.6 });
    const none: Emitted = { ...DETECTIONS, shape: [1, 1, 1, 7], values: [0, 1, 0.01, 0, 0, 1, 1] };
    expect((await found(modelOf([none], source))).filter(({ score, box }) => score > 0 || box !== null)).toEqual([]);
  });

  it.each([
    ['nothing', LOOP, []],
    [
      'an entry for each box',
      LOOP.replace('results = [[] for _ in inputs]', 'results, boxes = [], []').replace(
        /results\[int\(det\[0\]\)\]\.append\(([^]*)\)\n/,
        (_, box: string) => `results.append(boxes)\n            boxes.append(${box})\n`,
      ),
      ['gives an entry for each box, not for each image (its results.append stands inside the loop)'],
    ],
    ['boxes without a score', LOOP.replace(', attributes={"score": float(det[2])}', ''), ['has no score: 1 stands']],
    [
      'points beside boxes',
      LOOP.replace('    return results', '    results[0].append(Points([1, 2]))\n    return results'),
      ['of a Points that it answers no map can be made'],
    ],
  ])('what is forgiven is said: %s', async (_, source, said) => {
    const text = `from datumaro.components.annotation import *\n${source}${CATEGORIES}`;
    for (const workers of [1, 2]) {
      const model = await openModel(modelOf([DETECTIONS], text), { workers });
      try {
        const { notes } = await explain(model, IMAGE, { maxSamples: 4, stopAt: 'off' });
        const sentences = notes.flatMap((note) => (note.kind === 'script' ? [note.sentence] : []));
        expect(sentences).toEqual(said.map((part) => expect.stringContaining(part) as unknown));
        for (const sentence of sentences) expect(sentence).toMatch(/^the script .*script\.py: /);
      } finally {
        await model.close();
      }
    }
  });

  it('an example whose parenthesis closes too early is answered by the right line', async () => {
    const source = `from datumaro.components.annotation import *
def process_outputs(inputs, outputs):
    results = []
    for output in outputs:
        image_results = []
        for label, score in enumerate(output):
            image_results.append(Label(int(label)), attributes={"score": float(score)})
        results.append(image_results)
    return results
`;
    const scores: Emitted = { name: 'prob', shape: [1, 2], values: [0.25, 0.75] };
    expect(await failure(modelOf([scores], source))).toMatch(
      /closes Label\( before its attributes: write Label\(int\(label\), attributes=\{"score": float\(score\)\}\)\.$/,
    );
  });

  it('one Label with the scores of all classes', async () => {
    const source = `from datumaro.components.annotation import Label
from datumaro.util.annotation_util import softmax
def normalize(inputs):
    return inputs
def process_outputs(inputs, outputs):
    return [[Label(label=0, attributes={"scores": softmax(output).tolist()})] for output in outputs]
def get_categories():
    with open("samples/imagenet.class") as file:
        return file.readlines()
`;
    const logits: Emitted = { name: 'prob', shape: [1, 2], values: [200, 200 + Math.log(3)] };
    expect(await found(modelOf([logits], source))).toEqual([
      { name: 'class 1', score: 0.75, box: null },
      { name: 'class 0', score: 0.25, box: null },
    ]);
  });

  it('several outputs are a dict, and a name that is not there is answered with those that are', async () => {
    const other: Emitted = { name: 'prob', shape: [1, 2], values: [0.25, 0.75] };
    const source = `from datumaro.components.annotation import *
${LOOP.replace('outputs.reshape', 'outputs["detection_out"].reshape')}${CATEGORIES}`;
    expect(await found(modelOf([DETECTIONS, other], source))).toEqual(FACES);
    expect(
      await failure(modelOf([DETECTIONS, other], source.replace('outputs["detection_out"]', 'outputs["boxes"]'))),
    ).toMatch(
      /script\.py failed at line \d+ \(.*outputs\["boxes"\].*\): KeyError: 'boxes'; the outputs are 'detection_out' \[1, 1, 3, 7\], 'prob' \[1, 2\]\.$/,
    );
  });

  it('classes of release 1.4, given the image, and of later ones, given the item', async () => {
    for (const [argument, image] of [
      ['img', 'img'],
      ['inp', 'inp.media_as(Image).data'],
    ]) {
      const source = `import numpy as np
from datumaro.components.annotation import *
from datumaro.components.abstracts import IModelInterpreter
from datumaro.components.media import Image
class Faces(IModelInterpreter):
    def preprocess(self, ${argument}):
        image = ${image}
        rows = np.arange(${INPUT.height}) * image.shape[0] // ${INPUT.height}
        columns = np.arange(${INPUT.width}) * image.shape[1] // ${INPUT.width}
        return image[rows][:, columns].transpose(2, 0, 1), image.shape[:2]
    def postprocess(self, pred, info):
        height, width = info
        found = [row for row in pred["detection_out"].reshape(-1, 7) if row[2] > 0.3]
        return [Bbox(r[3] * width, r[4] * height, (r[5] - r[3]) * width, (r[6] - r[4]) * height, label=int(r[1]),
                     attributes={"score": r[2]}) for r in found]
    def get_categories(self):
        return {AnnotationType.label: LabelCategories.from_iterable(["background", "face"])}
`;
      expect(await found(modelOf([DETECTIONS], source))).toEqual(FACES);
    }
  });

  it('a class whose preprocess keeps the shape of the image, in the upper left corner', async () => {
    // 200 x 100 fits as 96 x 48.
    const source = `import numpy as np
from datumaro.components.annotation import Bbox
from datumaro.components.abstracts import IModelInterpreter
class Faces(IModelInterpreter):
    def preprocess(self, img):
        scale = min(${INPUT.width} / img.shape[1], ${INPUT.height} / img.shape[0])
        h, w = int(img.shape[0] * scale), int(img.shape[1] * scale)
        out = np.zeros((${INPUT.height}, ${INPUT.width}, 3), np.uint8)
        out[:h, :w] = img[(np.arange(h) / scale).astype(int)][:, (np.arange(w) / scale).astype(int)]
        return out.astype(np.float32) / 255, scale
    def postprocess(self, pred, scale):
        return [Bbox(12 / scale, 6 / scale, 24 / scale, 12 / scale, label=0, attributes={"score": 0.5})]
`;
    const model = await openModel(modelOf([DETECTIONS], source), { workers: 1 });
    try {
      expect(model.info.preprocessing).toMatchObject({ resize: 'letterbox-top-left', color: 'bgr', mean: [0, 0, 0] });
      expect(Math.abs(model.info.preprocessing.std[0]! - 255)).toBeLessThan(2);
      const answer = await predict(model, IMAGE);
      expect(answer.found[0]?.box).toMatchObject({ x: 25, y: 12.5, width: 50, height: 25 });
    } finally {
      await model.close();
    }
  });

  it('a class whose preprocess does more than masks can be laid over is refused', async () => {
    const source = `import numpy as np
from datumaro.components.abstracts import IModelInterpreter
class Edges(IModelInterpreter):
    def preprocess(self, img):
        small = img[::max(1, img.shape[0] // ${INPUT.height})][:${INPUT.height}][:, :${INPUT.width}].astype(np.float32)
        return np.abs(np.fft.fft2(small, axes=(0, 1))).astype(np.float32), None
    def postprocess(self, pred, info):
        return []
`;
    expect(await failure(modelOf([DETECTIONS], source))).toMatch(/masks cannot be laid over it: leave it out/);
  });

  it.each(['HashKey(outputs)', 'Mask(None)', 'FeatureVector([1])'])(
    'what no map can be made of is named: %s',
    async (made) => {
      const source = `from datumaro.components.annotation import *
def process_outputs(inputs, outputs):
    return [[${made}]]
`;
      expect(await failure(modelOf([DETECTIONS], source))).toMatch(
        new RegExp(`answers a ${made.split('(')[0]!}, of which no map can be made: return a Label or a Bbox`),
      );
    },
  );

  it('what is no part of scripts is not served', async () => {
    const source = 'from datumaro.components.project import Project\n';
    expect(await failure(modelOf([DETECTIONS], source))).toMatch(
      /does not load at line 1 .*ImportError: .*serves scripts and launchers of Datumaro, not Project/,
    );
  });
});

describe.skipIf(python === null)('plain scripts', () => {
  it.each(['rgb', 'bgr'] as const)(
    'process_outputs is given the image red first where the model takes %s',
    async (color) => {
      const source = `
categories = ["sky", "ground"]
def process_outputs(inputs, outputs):
    assert inputs.shape == (1, ${INPUT.height}, ${INPUT.width}, 3), inputs.shape
    red, green, blue = inputs[0].mean(axis=(0, 1))
    assert red > 190 and 95 < green < 105 and blue < 60, (red, green, blue)
    return [[{"label": 1, "score": 0.5, "box": [24, 16, 72, 48]}]]
`;
      expect(await found({ ...modelOf([DETECTIONS], source), color })).toEqual([
        { name: 'ground', score: 0.5, box: { x: 50, y: 25, width: 100, height: 50 } },
      ]);
    },
  );

  it.each(['rgb', 'bgr'] as const)(
    'those of Datumaro are given it blue first where the model takes %s',
    async (color) => {
      const source = `from datumaro.components.annotation import Bbox
def process_outputs(inputs, outputs):
    blue, green, red = inputs[0].mean(axis=(0, 1))
    assert red > 190 and 95 < green < 105 and blue < 60, (red, green, blue)
    return [[Bbox(50, 25, 100, 50, label=1, attributes={"score": 0.5})]]
`;
      expect((await found({ ...modelOf([DETECTIONS], source), color }))[0]).toMatchObject({ score: 0.5 });
    },
  );

  it('postprocess(outputs, info) answers for one image, in its pixels', async () => {
    const source = `
import numpy as np
def postprocess(outputs, info):
    assert isinstance(outputs, np.ndarray), type(outputs)
    rows = outputs.reshape(-1, 7)
    w, h = info["imageWidth"], info["imageHeight"]
    return [dict(label=int(r[1]), score=r[2], box=[r[3] * w, r[4] * h, r[5] * w, r[6] * h]) for r in rows if r[2] > .3]
`;
    expect(await found(modelOf([DETECTIONS], source))).toEqual(FACES.map((face) => ({ ...face, name: 'class 1' })));
  });

  it('a script in Python and the same one in JavaScript give the same map', async () => {
    const bytes = plantedClassifier({ width: 32, height: 32 }, { x: 4, y: 4, width: 12, height: 12 });
    const description = folder.write('twins/model.onnx', bytes);
    const inPython = folder.write(
      'twins/script.py',
      'def process_outputs(inputs, outputs):\n    return [[dict(label=i, score=s) for i, s in enumerate(row)] for row in outputs]\n',
    );
    const inJavaScript = folder.write(
      'twins/script.mjs',
      `export const processOutputs = (inputs, { data, shape: [n, c] }) =>
        Array.from({ length: n }, (_, i) => Array.from({ length: c }, (_, id) => ({ id, score: data[i * c + id] })));`,
    );
    const image = { width: 40, height: 30, data: Uint8Array.from({ length: 3600 }, (_, i) => (i * 7919) % 251) };
    const maps: Float32Array[] = [];
    for (const interpreter of [inPython, inJavaScript]) {
      const model = await openModel(
        { description, interpreter, python: python ?? undefined, scale: 1 / 255 },
        { workers: 2 },
      );
      const { targets } = await explain(model, image, { maxSamples: 200, stopAt: 'off' });
      maps.push(targets[0]!.renderMap());
      await model.close();
    }
    expect(largestDifference(maps[0]!, maps[1]!)).toBe(0);
  });

  it('what a script prints is no answer', async () => {
    const source = `
import sys
print("loading")
sys.stdout.write("more" * 1000)
def process_outputs(inputs, outputs):
    print("called")
    return [[{"label": 0, "score": 0.5}]]
`;
    expect(await found(modelOf([DETECTIONS], source))).toEqual([{ name: 'class 0', score: 0.5, box: null }]);
  });

  it('takes names and modules from beside the script', async () => {
    const source = `
from beside import NAMES
def process_outputs(inputs, outputs):
    return [[{"label": 1, "score": 0.5}]]
def get_categories():
    return [open("first.txt").read().strip(), *NAMES]
`;
    const model = modelOf([DETECTIONS], source);
    folder.write(`model-${count}/beside.py`, 'NAMES = ["second"]\n');
    folder.write(`model-${count}/first.txt`, 'first\n');
    expect((await found(model))[0]?.name).toBe('second');
  });
});

describe.skipIf(python === null)('a script that fails', () => {
  const answering = (body: string): string => `def process_outputs(inputs, outputs):\n${body}\n`;

  it.each([
    [
      'its own mistake',
      answering('    return 1 / 0'),
      /script\.py failed at line 2 \(return 1 \/ 0\): ZeroDivisionError: division by zero\.$/,
    ],
    ['a mistake while it loads', 'x = [\n', /script\.py does not load at line \d.*: SyntaxError: /],
    [
      'a module that is not there',
      'import no_such_module\n',
      /needs the Python module 'no_such_module', which .+ does not have: install it there, or name another Python with python\b/,
    ],
    ['no function', 'x = 1\n', /has no function process_outputs: add "def process_outputs\(inputs, outputs\):"/],
    [
      'two interpreters',
      'class A:\n  def postprocess(self, p, i): pass\nclass B:\n  def postprocess(self, p, i): pass\n',
      /several interpreters \(A, B\): leave one/,
    ],
    ['an end of its own', answering('    import os; os._exit(7)'), /Python, which runs the script .+, ended with 7/],
    [
      'a kill',
      answering('    import os, signal; print("last words"); os.kill(os.getpid(), signal.SIGKILL)'),
      /was ended by SIGKILL \(it said: last words\)/,
    ],
    [
      'a score that is none',
      answering('    return [[{"label": 0, "score": float("nan")}]]'),
      /nan as a score or a coordinate: it must be a finite number/,
    ],
    ['too few answers', answering('    return None'), null],
  ] as const)('%s', async (_name, source, says) => {
    const model = modelOf([DETECTIONS], source);
    if (says === null) expect(await found(model)).toEqual([]);
    else expect(await failure(model)).toMatch(says);
  });

  it('no answer in time', async () => {
    const model = modelOf([DETECTIONS], answering('    import time; time.sleep(60)'));
    expect(await failure({ ...model, timeout: 1 })).toMatch(
      /gave no answer within 1 s.*: give it more time with timeout, in seconds\.$/,
    );
  });

  it('no Python, and no script', async () => {
    const model = modelOf([DETECTIONS], answering('    return []'));
    expect(await failure({ ...model, python: '/no/python' })).toMatch(
      /needs Python, and \/no\/python .* cannot be started .*: name one with python/,
    );
    expect(await failure({ ...model, interpreter: folder.at('none.py') })).toMatch(
      /none\.py does not load.*FileNotFoundError/,
    );
  });
});

describe.skipIf(python === null)('the processes of scripts', () => {
  const SLOW = 'def process_outputs(inputs, outputs):\n    return [[{"label": 0, "score": 0.5}]]\n';

  it('end when the model is closed', async () => {
    const source = modelOf([DETECTIONS], SLOW);
    const place = folder.at(`model-${count}/script.py`);
    const model = await openModel(source, { workers: 2 });
    await explain(model, IMAGE, { maxSamples: 8 });
    expect(isRunning(place)).toBe(true);
    await model.close();
    for (let tries = 0; tries < 50 && isRunning(place); tries++) await sleep(100);
    expect(isRunning(place)).toBe(false);
  });

  it('end when the process that started them is killed', async () => {
    const source = modelOf([DETECTIONS], SLOW);
    const place = folder.at(`model-${count}/script.py`);
    const program = `import { openModel } from ${JSON.stringify(new URL('../../dist/models/open.js', import.meta.url).href)};
      const model = await openModel(${JSON.stringify(source)}, { workers: 2 });
      console.log('open');
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, [folder.write('parent.mjs', program)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    expect(isRunning(place)).toBe(true);
    parent.kill('SIGKILL');
    for (let tries = 0; tries < 50 && isRunning(place); tries++) await sleep(100);
    expect(isRunning(place)).toBe(false);
  });
});

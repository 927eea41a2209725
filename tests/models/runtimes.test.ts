/**
 * One suite for everything that can answer batches: a model file in worker threads, a caller's function that is fed tensors
 * or whole images, one that answers at once or later, a runtime far away that is sent masks alone, and a script that looks
 * at whole images. All are the same model, so all must give the same explanation.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Prediction } from '../../src/annotations/index.js';
import type { RgbImage } from '../../src/image/index.js';
import { functionModel, type FunctionModelOptions } from '../../src/models/function-model.js';
import { openModel } from '../../src/models/open.js';
import { OpenModel } from '../../src/models/open-model.js';
import type { Batch, Outputs, Runtime } from '../../src/models/runtime.js';
import type { MeasuredExplanation } from '../../src/results/explanation.js';
import { openImage } from '../../src/runs/open-image.js';
import { explainImage } from '../../src/runs/explain.js';
import { paint } from '../helpers/images.js';
import { classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const WIDTH = 40;
const HEIGHT = 24;
const REGION = { x: 22, y: 4, width: 12, height: 12 };
const LABELS = ['bright', 'dark'];

/** What the model is: the mean brightness 0..1 of the region, and the rest to 1. */
function regionMean(value: (x: number, y: number, channel: number) => number): number {
  let sum = 0;
  for (let y = REGION.y; y < REGION.y + REGION.height; y++) {
    for (let x = REGION.x; x < REGION.x + REGION.width; x++) {
      for (let channel = 0; channel < 3; channel++) sum += value(x, y, channel);
    }
  }
  return sum / (REGION.width * REGION.height * 3);
}

function scoresOf(means: readonly number[]): Outputs {
  return {
    scores: { data: Float32Array.from(means.flatMap((mean) => [mean, 1 - mean])), shape: [means.length, 2] },
  };
}

/** Answers normalized tensors, `[N, 3, H, W]`. */
function answerTensors(data: Float32Array, shape: readonly number[]): Outputs {
  const size = 3 * WIDTH * HEIGHT;
  const count = shape[0] ?? 0;
  return scoresOf(
    Array.from({ length: count }, (_, image) =>
      regionMean((x, y, channel) => data[image * size + channel * WIDTH * HEIGHT + y * WIDTH + x]!),
    ),
  );
}

/** Answers images as they are, `[N, H, W, 3]` in 0..255. */
function answerPixels(data: Float32Array, shape: readonly number[]): Outputs {
  const size = 3 * WIDTH * HEIGHT;
  const count = shape[0] ?? 0;
  return scoresOf(
    Array.from({ length: count }, (_, image) =>
      regionMean((x, y, channel) => data[image * size + (y * WIDTH + x) * 3 + channel]! / 255),
    ),
  );
}

const readScores = (outputs: Outputs): Prediction[] => {
  const { data, shape } = outputs['scores']!;
  return Array.from({ length: shape[0] ?? 0 }, (_, i) => ({
    scores: data.slice(i * 2, i * 2 + 2),
    proposals: null,
  }));
};

const input = { width: WIDTH, height: HEIGHT } as const;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * A model server: holds each image once, is sent masks, answers late and out of order. What it is sent goes through
 * JSON, as over a wire.
 */
class FakeServer {
  readonly #images = new Map<number, { image: number[]; fill: number[] }>();
  calls = 0;
  most = 0;
  #underWay = 0;

  async answer(batch: Batch): Promise<Outputs> {
    this.most = Math.max(this.most, ++this.#underWay);
    try {
      const { scene } = batch;
      if (!this.#images.has(scene.id)) {
        this.#images.set(scene.id, { image: [...scene.pixels!], fill: [...scene.pixelFill!] });
      }
      const wire = JSON.parse(
        JSON.stringify({
          id: scene.id,
          area: scene.placement.area,
          masks: [...batch.masks().data],
          behind: batch.masks().behind,
        }),
      ) as { id: number; area: { width: number; height: number }; masks: number[]; behind: string[] };
      const call = this.calls++;
      await pause((call * 7) % 5);
      const { image, fill } = this.#images.get(wire.id)!;
      const plane = wire.area.width * wire.area.height;
      const means = Array.from({ length: batch.count }, (_, slot) => {
        const behind = wire.behind[slot] === 'blur' ? image : fill;
        return regionMean((x, y, channel) => {
          const pixel = y * WIDTH + x;
          const kept = wire.masks[slot * plane + pixel]!;
          return (image[pixel * 3 + channel]! * kept + behind[pixel * 3 + channel]! * (1 - kept)) / 255;
        });
      });
      return scoresOf(means);
    } finally {
      this.#underWay--;
    }
  }
}

function functionOptions(more: Partial<FunctionModelOptions>): FunctionModelOptions {
  return { input, run: answerTensors, labels: LABELS, interpreter: readScores, ...more };
}

async function serverModel(server: FakeServer, lanes: number): Promise<OpenModel> {
  // The library's own way to a model from a function fills in all that is not the runtime's business.
  const like = await functionModel(functionOptions({ takes: 'pixels', run: answerPixels }));
  const runtime: Runtime = {
    signature: like.info.signature,
    identity: 'http://somewhere/planted',
    engine: 'a fake server',
    takes: 'masks',
    lanes,
    run: (batch) => server.answer(batch),
    close: () => Promise.resolve(),
  };
  const reader = { decode: readScores };
  return new OpenModel(
    like.info,
    runtime,
    { spec: null, open: () => Promise.resolve(reader), wantsPixels: false },
    null,
  );
}

const onnx = folder.write('planted.onnx', plantedClassifier(input, REGION));
/** A script that looks at the images that the model was fed, and trusts them alone. */
const script = folder.write(
  'whole-images.js',
  `import { Label } from 'datum-explain/annotations';
export const getCategories = () => ['bright', 'dark'];
export function processOutputs(inputs, outputs) {
  const [count, height, width, channels] = inputs.shape;
  return Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let y = ${REGION.y}; y < ${REGION.y + REGION.height}; y++)
      for (let x = ${REGION.x}; x < ${REGION.x + REGION.width}; x++)
        for (let c = 0; c < channels; c++) sum += inputs.data[((i * height + y) * width + x) * channels + c];
    const mean = sum / ${REGION.width * REGION.height * 3} / 255;
    return [new Label(0, { score: mean }), new Label(1, { score: 1 - mean })];
  });
}`,
);

const RUNTIMES: Readonly<Record<string, () => Promise<OpenModel>>> = {
  'a model file in one thread': () => openModel(classifierConfig(onnx), { workers: 1 }),
  'a model file in two threads': () => openModel(classifierConfig(onnx), { workers: 2 }),
  'a function of tensors that answers at once': () => functionModel(functionOptions({})),
  'a function of tensors that answers later, three at once': () =>
    functionModel(
      functionOptions({
        lanes: 3,
        run: async (data, shape) => {
          const answer = answerTensors(data.slice(), shape);
          await pause(1);
          return answer;
        },
      }),
    ),
  'a function of a fixed batch': () => functionModel(functionOptions({ input: { ...input, batch: 5 } })),
  'a function of whole images': () => functionModel(functionOptions({ takes: 'pixels', run: answerPixels })),
  'a function with an interpreter that answers later': () =>
    functionModel(functionOptions({ interpreter: async (outputs) => pause(1).then(() => readScores(outputs)) })),
  'a function that a built-in interpreter reads': () =>
    functionModel(functionOptions({ interpreter: 'classification' })),
  'a runtime far away that is sent masks': () => serverModel(new FakeServer(), 3),
  'a script that wants whole images': () =>
    openModel({ description: onnx, interpreter: script, scale: 1 / 255, mean: [0], std: [1] }, { workers: 2 }),
};

/** White but for the object: each pixel counts by its brightness. */
const image: RgbImage = paint(WIDTH, HEIGHT, (x, y) => [220 - x, 180 + y, 200]);

async function explained(model: OpenModel, given: Record<string, unknown> = {}): Promise<MeasuredExplanation> {
  const run = explainImage(model, await openImage(image), {
    given: { maxSamples: 200, stopAt: 'off', topK: 2, ...given },
    metrics: 'fast',
  });
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
  }
}

const reference = (async () => {
  const model = await RUNTIMES['a model file in one thread']!();
  const measured = await explained(model);
  await model.close();
  return measured;
})();

const opened: OpenModel[] = [];
afterAll(() => Promise.all(opened.map((model) => model.close())));

describe.each(Object.keys(RUNTIMES))('%s', (name) => {
  const model = RUNTIMES[name]!().then((one) => {
    opened.push(one);
    return one;
  });

  it('answers the whole image and the fill', async () => {
    const scene = await (await model).scene(image);
    const { prediction } = await (await model).predict(scene);
    const { prediction: filled } = await (await model).predictFill(scene);
    const exact = regionMean((x, y, channel) => image.data[(y * WIDTH + x) * 3 + channel]! / 255);
    expect(prediction.scores![0]).toBeCloseTo(exact, 5);
    expect(prediction.scores![1]).toBeCloseTo(1 - exact, 5);
    expect([...filled.scores!]).toEqual([0, 1]);
  });

  it('is explained as all others are: maps, errors, curves, boundaries', async () => {
    const measured = await explained(await model);
    const expected = await reference;
    expect(measured.explanation.run).toMatchObject({ samples: 200, stopped: 'max-samples' });
    for (const [i, target] of measured.explanation.targets.entries()) {
      const other = expected.explanation.targets[i]!;
      expect(target.label).toMatchObject({ id: other.label!.id });
      expect(target.verdict).toBe(other.verdict);
      expect(target.reliability).toBeCloseTo(other.reliability!, 4);
      const [map, of] = [target.renderMap(), other.renderMap()];
      const largest = of.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (let at = 0; at < map.length; at++) expect(Math.abs(map[at]! - of[at]!)).toBeLessThan(1e-4 * largest);
      const [metrics, wanted] = [measured.targets[i]!.metrics!, expected.targets[i]!.metrics!];
      // A runtime of masks blurs in its own way; the fake one does not blur at all.
      if (name !== 'a runtime far away that is sent masks') {
        expect(metrics.insertion.auc).toBeCloseTo(wanted.insertion.auc, 3);
      }
      expect(metrics.deletion.auc).toBeCloseTo(wanted.deletion.auc, 3);
      expect(metrics.boundary === null).toBe(wanted.boundary === null);
      expect(metrics.boundary?.sufficient.share ?? 0).toBeCloseTo(wanted.boundary?.sufficient.share ?? 0, 1);
    }
  });

  it('does not depend on how many images a run has', async () => {
    if ((await model).info.input.batch !== null) return;
    const [one, seven] = [
      await explained(await model, { batchSize: 1 }),
      await explained(await model, { batchSize: 7 }),
    ];
    const [a, b] = [one, seven].map(({ explanation }) => explanation.targets[0]!.renderMap());
    // Longer batches may be added up in another order.
    expect(a!.every((value, i) => Math.abs(value - b![i]!) < 1e-5)).toBe(true);
  });

  it('ends when it is told to, and keeps what there is', async () => {
    const stop = new AbortController();
    const run = explainImage(await model, await openImage(image), {
      given: { maxSamples: 1_000_000, stopAt: 'off' },
      signal: stop.signal,
    });
    for (;;) {
      const next = await run.next();
      if (next.done === true) {
        expect(next.value.explanation.run.stopped).toBe('interrupted');
        expect(next.value.explanation.run.samples).toBeGreaterThan(0);
        expect(next.value.explanation.targets[0]!.renderMap().every(Number.isFinite)).toBe(true);
        return;
      }
      stop.abort();
    }
  });
});

describe('a runtime far away', () => {
  it('has as many batches under way as it has lanes, and no more', async () => {
    const server = new FakeServer();
    const model = await serverModel(server, 3);
    await explained(model, { batchSize: 4 });
    expect(server.most).toBe(3);
  });

  /** A function whose call of this number never comes back by itself. */
  const hanging = (call: number, stop: AbortController): FunctionModelOptions => {
    let calls = 0;
    return functionOptions({
      run: (data, shape, signal) => {
        if (++calls < call) return answerTensors(data, shape);
        return new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            reject(new Error('gone'));
          });
          stop.abort();
        });
      },
    });
  };

  /** Calls that find out what a function is: its outputs, one image, two images, the second of them alone. */
  const FIRST = 4;

  it('that hangs is left when the signal aborts, with the maps so far', async () => {
    const stop = new AbortController();
    const model = await functionModel(hanging(FIRST + 3, stop));
    const run = explainImage(model, await openImage(image), {
      given: { batchSize: 8, fill: 'zero' },
      signal: stop.signal,
    });
    for (;;) {
      const next = await run.next();
      if (next.done !== true) continue;
      expect(next.value.explanation.run.stopped).toBe('interrupted');
      return;
    }
  });

  it('that hangs while it answers the whole image is left too', async () => {
    const stop = new AbortController();
    const model = await functionModel(hanging(FIRST + 1, stop));
    const run = explainImage(model, await openImage(image), { given: {}, signal: stop.signal });
    await expect(run.next()).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('that fails is an error of the model, with its reason', async () => {
    let calls = 0;
    const model = await functionModel(
      functionOptions({
        name: 'mine',
        run: (data, shape) => {
          if (++calls > 4) throw new Error('out of memory');
          return answerTensors(data, shape);
        },
      }),
    );
    await expect(explained(model)).rejects.toMatchObject({
      kind: 'model',
      message: expect.stringContaining('mine failed: out of memory') as string,
    });
  });
});

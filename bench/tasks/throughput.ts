import { once } from 'node:events';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GraphBuilder } from '../../src/onnx/index.js';
import { openModel, type ModelSource } from '../../src/models/open.js';
import { explain } from '../../tests/helpers/explain.js';
import type { RgbImage } from '../../src/image/index.js';
import { subjects } from '../subjects.js';
import { median, type BenchTask, type Measurement } from '../task.js';

const RUNS = 1000;
/** Runs before each timed block: sessions that lay idle while the others ran are slow at first, of either kind. */
const WARM_UP = 100;
/** Of the models that are there, the ones measured. */
const PUBLIC = ['squeezenet1.1', 'yolox-nano'];

interface Subject {
  readonly name: string;
  readonly toy: boolean;
  readonly source: Exclude<ModelSource, string>;
}

/**
 * Wall time of a 1000-mask explanation over the time of 1000 plain runs of the same model by as many one-thread
 * sessions. 1.00 is the machine's limit.
 */
export const throughput: BenchTask = {
  name: 'throughput',
  title: `wall time of ${RUNS} masks over that of ${RUNS} plain runs, same workers`,
  async run(args) {
    const repeats = Number(args[0] ?? 5);
    const workers = availableParallelism();
    const measurements: Measurement[] = [];
    for (const subject of measuredSubjects()) {
      const model = await openModel(subject.source, { workers });
      const { input } = model.info;
      const plain = await PlainRuns.open(
        subject.source.description,
        input.name,
        [1, input.channels, input.height, input.width],
        workers,
      );
      // A toy's images are as small as its input.
      const image = subject.toy ? testImage(input.width, input.height) : testImage(640, 480);
      // All masks are scored, whatever the maps look like; an image of noise has no confident box.
      const detector = model.info.task === 'detection' ? { maxBoxes: 5, detConfThresh: 0.001 } : {};
      const options = { ...detector, maxSamples: RUNS, stopAt: 'off' } as const;
      // The first of each warms up sessions and the compiler.
      await explain(model, image, options);
      await plain.run(RUNS);
      const ratios: number[] = [];
      const plainTimes: number[] = [];
      for (let i = 0; i < (subject.toy ? 4 * repeats : repeats); i++) {
        await plain.run(WARM_UP);
        const plainTime = await timed(() => plain.run(RUNS));
        await explain(model, image, { ...options, maxSamples: WARM_UP });
        const explainTime = await timed(() => explain(model, image, options));
        ratios.push(explainTime / plainTime);
        plainTimes.push(plainTime);
      }
      const ratio = median(ratios);
      console.log(
        `  ${subject.name.padEnd(16)} ${(median(plainTimes) / RUNS).toFixed(3)} ms a plain run, ratio ${ratio.toFixed(3)} (${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)})`,
      );
      measurements.push({ name: subject.name, value: ratio, unit: 'ratio' });
      await plain.close();
      await model.close();
    }
    return measurements;
  },
};

function measuredSubjects(): Subject[] {
  const found: Subject[] = subjects()
    .filter(({ name }) => PUBLIC.includes(name))
    .map(({ name, source }) => ({
      name,
      toy: false,
      source: typeof source === 'string' ? { description: source } : source,
    }));
  const folder = mkdtempSync(join(tmpdir(), 'datum-bench-'));
  for (const [name, model] of [
    ['toy-28', digitModel()],
    ['toy-64', tinyModel(64)],
  ] as const) {
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, model);
    found.push({
      name,
      toy: true,
      source: { description: path, interpreter: 'classification', scale: 1 / 255, mean: [0], std: [1] },
    });
  }
  return found;
}

/** The layers of PyTorch's MNIST example: 28 x 28 gray, 1.2 million weights. */
function digitModel(): Uint8Array {
  const graph = new GraphBuilder({ opset: 17 });
  const image = graph.input('image', 'float32', ['N', 1, 28, 28]);
  const first = graph.node('Conv', [image, weights(graph, [32, 1, 3, 3])]);
  const second = graph.node('Conv', [graph.node('Relu', [first]), weights(graph, [64, 32, 3, 3])]);
  const pooled = graph.node('MaxPool', [graph.node('Relu', [second])], { kernel_shape: [2, 2], strides: [2, 2] });
  const hidden = graph.node('MatMul', [graph.node('Flatten', [pooled]), weights(graph, [9216, 128])]);
  return classScores(graph, graph.node('MatMul', [graph.node('Relu', [hidden]), weights(graph, [128, 10])]));
}

/** Two strided convolutions, pooling and ten classes: hardly any work. */
function tinyModel(size: number): Uint8Array {
  const graph = new GraphBuilder({ opset: 17 });
  const image = graph.input('image', 'float32', ['N', 3, size, size]);
  const halving = { strides: [2, 2], pads: [1, 1, 1, 1] };
  const first = graph.node('Conv', [image, weights(graph, [16, 3, 3, 3])], halving);
  const second = graph.node('Conv', [graph.node('Relu', [first]), weights(graph, [32, 16, 3, 3])], halving);
  const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [graph.node('Relu', [second])])]);
  return classScores(graph, graph.node('MatMul', [pooled, weights(graph, [32, 10])]));
}

function weights(graph: GraphBuilder, shape: number[]): ReturnType<GraphBuilder['constant']> {
  const length = shape.reduce((product, size) => product * size, 1);
  return graph.constant(
    Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898) * 0.2),
    shape,
  );
}

function classScores(graph: GraphBuilder, logits: ReturnType<GraphBuilder['node']>): Uint8Array {
  graph.output(graph.node('Softmax', [logits]), 'scores', 'float32', ['N', 10]);
  return graph.encode();
}

function testImage(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251);
  return { width, height, data };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** As many one-thread sessions as workers, each with its share of the runs. */
class PlainRuns {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  static async open(path: string, input: string, shape: number[], count: number): Promise<PlainRuns> {
    const url = new URL('../plain-worker.mjs', import.meta.url);
    const workers = Array.from({ length: count }, () => new Worker(url, { workerData: { path, input, shape } }));
    await Promise.all(workers.map(nextMessage));
    return new PlainRuns(workers);
  }

  async run(total: number): Promise<void> {
    const share = Math.ceil(total / this.#workers.length);
    await Promise.all(
      this.#workers.map((worker) => {
        worker.postMessage(share);
        return nextMessage(worker);
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

async function nextMessage(worker: Worker): Promise<void> {
  await once(worker, 'message');
}

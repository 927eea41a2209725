import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GraphBuilder } from '../../src/onnx/index.js';
import { openModel } from '../../src/models/open.js';
import { serveLive } from '../../src/web/server/live-server.js';
import { Workbench } from '../../src/web/server/workbench.js';
import sharp from 'sharp';
import { median, type BenchTask } from '../task.js';

/** A run of the model takes at least this long, in milliseconds. */
const SLOW = 300;
/** Requests that are timed. */
const REQUESTS = 100;
/** Side of the model's input. */
const SIDE = 224;

/** How long the live page's server takes to answer while a model of 300 ms a run is at work. */
export const live: BenchTask = {
  name: 'live',
  title: `time to answer the page while a model of ${SLOW} ms a run works`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'datum-live-'));
    const path = join(folder, 'slow.onnx');
    const repeats = await slowEnough(path);
    console.log(`  the model repeats its layer ${repeats} times`);
    const bench = new Workbench({
      models: ['slow'],
      openModel: () => open(path),
      sources: { names: [], roots: [], open: () => Promise.reject(new Error('there are no sources')) },
    });
    const server = await serveLive(bench);
    try {
      const url = new URL(server.address);
      const image = sharp({ create: { width: 640, height: 480, channels: 3, background: '#808080' } });
      await bench.upload(await image.png().toBuffer(), 'gray.png');
      const options = { maxSamples: 100_000, stopAt: 'off' };
      const job = await bench.explain({ pane: 0, method: 'rise', options, metrics: 'none' });
      while (job.state.version === 0) await delay(100);
      const busy = await timed(
        url,
        KINDS.map((kind) => kind(job.id)),
      );
      job.cancel();
      await bench.close();
      // The same machine with the same neighbours, without the model.
      const idle = await timed(url, ['/api/options']);
      console.log(`  busy: ${described(busy)}; idle: ${described(idle)}`);
      return [
        { name: 'busy-median', value: median(busy), unit: 'ms' },
        { name: 'busy-percentile-95', value: percentile95(busy), unit: 'ms' },
        { name: 'idle-median', value: median(idle), unit: 'ms' },
        { name: 'idle-percentile-95', value: percentile95(idle), unit: 'ms' },
      ];
    } finally {
      await server.close();
      await bench.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** What a page asks for while it is open. */
const KINDS: readonly ((job: string) => string)[] = [() => '/api/options', (job) => `/api/jobs/${job}/maps/0/saliency`];

/** Times of answers, in milliseconds. */
async function timed(url: URL, paths: readonly string[]): Promise<number[]> {
  // The first answers load what they need; a page has been open for a while.
  for (const path of paths) await answer(url, path);
  const times: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const started = performance.now();
    await answer(url, paths[i % paths.length]!);
    times.push(performance.now() - started);
    await delay(30);
  }
  return times;
}

function percentile95(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(0.95 * times.length)]!;
}

function described(times: readonly number[]): string {
  return `median ${median(times).toFixed(1)} ms, 95 of 100 within ${percentile95(times).toFixed(1)} ms`;
}

async function answer({ origin, search }: URL, path: string): Promise<void> {
  const response = await fetch(`${origin}${path}${search}`);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  await response.arrayBuffer();
}

/** Writes a model that takes long enough here; returns how often it repeats its layer. */
async function slowEnough(path: string): Promise<number> {
  for (let repeats = 8; ; repeats *= 2) {
    writeFileSync(path, slowModel(repeats));
    const model = await open(path);
    const image = { width: SIDE, height: SIDE, data: new Uint8Array(SIDE * SIDE * 3) };
    const scene = await model.scene(image);
    await model.predict(scene);
    const { milliseconds } = await model.predict(scene);
    await model.close();
    if (milliseconds >= SLOW) return repeats;
  }
}

function open(path: string) {
  return openModel({
    description: path,
    interpreter: 'classification',
    scale: 1 / 255,
    mean: [0],
    std: [1],
  });
}

/** The same convolution again and again, then two classes. */
function slowModel(repeats: number): Uint8Array {
  const graph = new GraphBuilder({ opset: 17 });
  const weights = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 0.05);
  const image = graph.input('image', 'float32', [1, 3, SIDE, SIDE]);
  const conv = { pads: [1, 1, 1, 1] };
  let value = graph.node('Conv', [image, graph.constant(weights(16 * 27), [16, 3, 3, 3])], conv);
  const layer = graph.constant(weights(16 * 144), [16, 16, 3, 3]);
  for (let i = 0; i < repeats; i++) value = graph.node('Relu', [graph.node('Conv', [value, layer], conv)]);
  const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [value])]);
  const scores = graph.node('Softmax', [graph.node('MatMul', [pooled, graph.constant(weights(32), [16, 2])])]);
  graph.output(scores, 'scores', 'float32', [1, 2]);
  return graph.encode();
}

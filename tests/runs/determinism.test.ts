/** The same masks and the same sums, whatever runs them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { explain, explainProgressively, type ExplainOptions } from '../helpers/explain.js';
import { largestDifference } from '../helpers/maps.js';
import { buildOnnx } from '../helpers/onnx-graph.js';
import { paint, speckled } from '../helpers/images.js';
import { classifierConfig } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
/** Speckles, with one bright corner that the network can hold on to. */
const speckles = speckled(40, 28);
const image = paint(40, 28, (x, y) => {
  if (x < 12 && y < 10) return [255, 240, 10];
  const [r = 0, g = 0, b = 0] = speckles.data.subarray((y * 40 + x) * 3);
  return [r / 2, g / 2, b / 2];
});
/** Every target, and every mask: no batch, piece of work or block of masks divides 301. */
const FULL = { maxSamples: 301, stopAt: 'off', topK: 'all' } as const;

/** A small network with convolutions, whose rounding may depend on the batch. */
function network(): Uint8Array {
  const kernel = Float32Array.from({ length: 8 * 3 * 9 }, (_, i) => Math.sin(i * 1.7));
  const head = Float32Array.from({ length: 8 * 4 }, (_, i) => Math.cos(i * 2.3));
  return buildOnnx(['N', 3, 28, 40], ['N', 4], (g, image) => {
    const features = g.node('Conv', [image, g.constant(kernel, [8, 3, 3, 3])], { strides: [2, 2], pads: [1, 1, 1, 1] });
    const pooled = g.node('ReduceMean', [g.node('Relu', [features]), g.ints([2, 3])], { keepdims: 0 });
    return g.node('Softmax', [g.node('MatMul', [pooled, g.constant(head, [8, 4])])], { axis: 1 });
  });
}

let file: string;
const models = new Map<number, OpenModel>();
beforeAll(async () => {
  file = folder.write('network.onnx', network());
  for (const workers of [1, 2, 3]) models.set(workers, await openModel(classifierConfig(file), { workers }));
});
afterAll(async () => {
  for (const model of models.values()) await model.close();
});

/** All maps of a run, one after the other. */
async function maps(workers: number, options: ExplainOptions = {}): Promise<Float32Array> {
  const most = options.maxSamples ?? FULL.maxSamples;
  const { targets, run } = await explain(models.get(workers)!, image, { ...FULL, ...options });
  expect(run.samples).toBe(most);
  return Float32Array.from(targets.flatMap((target) => Array.from(target.renderMap())));
}

function bytesOf(map: Float32Array): Buffer {
  return Buffer.from(map.buffer, map.byteOffset, map.byteLength);
}

describe('a map', () => {
  it('is the same to the byte for 1, 2 and 3 workers', async () => {
    const one = await maps(1);
    expect(one.some((value) => value !== 0)).toBe(true);
    expect(bytesOf(await maps(2)).equals(bytesOf(one))).toBe(true);
    expect(bytesOf(await maps(3)).equals(bytesOf(one))).toBe(true);
  });

  it('is the same to the byte when it is made again', async () => {
    expect(bytesOf(await maps(2)).equals(bytesOf(await maps(2)))).toBe(true);
  });

  it('is the same within 1e-5 for batches of 1, 3, 8 and 64', async () => {
    const one = await maps(1, { batchSize: 1 });
    // Sums of float32 products may be grouped in another way; scores are at most 1.
    for (const batchSize of [3, 8, 64]) {
      expect(largestDifference(await maps(2, { batchSize }), one)).toBeLessThan(1e-5);
    }
  });

  it('ends at the same mask for any number of workers where it stops early', async () => {
    const ends = [];
    for (const workers of [1, 3]) {
      const { run, targets } = await explain(models.get(workers)!, image, { maxSamples: 5000, stopAt: 0.8 });
      expect(run.stopped).toBe('reliability');
      ends.push({ samples: run.samples, map: targets[0]!.renderMap() });
    }
    expect(ends[1]).toEqual(ends[0]);
  });

  it('depends on the seed', async () => {
    const [first, second] = [await maps(1), await maps(1, { seed: 1 })];
    const chance = 0.05 * Math.max(...first);
    expect(largestDifference(first, second)).toBeGreaterThan(chance);
    const large = await maps(1, { seed: Number.MAX_SAFE_INTEGER });
    expect(largestDifference(second, large)).toBeGreaterThan(chance);
  });

  it('does not depend on how often its progress is looked at', async () => {
    // Enough for several pieces of work, after each of which there is a snapshot.
    const long = { maxSamples: 8000 };
    const run = explainProgressively(models.get(2)!, image, { ...FULL, ...long, snapshotInterval: 0 });
    let snapshots = 0;
    for (;;) {
      const next = await run.next();
      if (next.done === true) {
        const map = Float32Array.from(next.value.targets.flatMap((target) => Array.from(target.renderMap())));
        expect(bytesOf(map).equals(bytesOf(await maps(1, long)))).toBe(true);
        break;
      }
      snapshots += 1;
      for (const target of next.value.targets) expect(target.renderMap().every(Number.isFinite)).toBe(true);
    }
    expect(snapshots).toBeGreaterThan(0);
  });
});

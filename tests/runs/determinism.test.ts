/** The same masks and the same sums, whatever runs them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/models/load.js';
import type { Model } from '../../src/models/model.js';
import { explain, type ExplainOptions } from '../../src/runs/explain.js';
import { largestDifference } from '../helpers/maps.js';
import { buildOnnx } from '../helpers/onnx-graph.js';
import { speckled } from '../helpers/pictures.js';
import { classifierConfig } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const picture = speckled(40, 28);

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
const models = new Map<number, Model>();
beforeAll(async () => {
  file = folder.write('network.onnx', network());
  for (const workers of [1, 2, 3]) models.set(workers, await loadModel(classifierConfig(file), { workers }));
});
afterAll(async () => {
  for (const model of models.values()) await model.close();
});

/** All maps of a run, one after the other. */
async function maps(workers: number, options: ExplainOptions = {}): Promise<Float32Array> {
  const { targets, run } = await explain(models.get(workers)!, picture, { maxSamples: 301, topK: 'all', ...options });
  expect(run.samples).toBe(301);
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

  it('depends on the seed', async () => {
    const [first, second] = [await maps(1), await maps(1, { seed: 1 })];
    expect(largestDifference(first, second)).toBeGreaterThan(1e-3);
    const large = await maps(1, { seed: Number.MAX_SAFE_INTEGER });
    expect(largestDifference(second, large)).toBeGreaterThan(1e-3);
  });

  it('does not depend on how often its progress is looked at', async () => {
    const { explainProgressively } = await import('../../src/runs/explain.js');
    const run = explainProgressively(models.get(2)!, picture, { maxSamples: 301, topK: 'all', snapshotInterval: 0 });
    let snapshots = 0;
    for (;;) {
      const next = await run.next();
      if (next.done === true) {
        const map = Float32Array.from(next.value.targets.flatMap((target) => Array.from(target.renderMap())));
        expect(bytesOf(map).equals(bytesOf(await maps(1)))).toBe(true);
        break;
      }
      snapshots += 1;
      for (const target of next.value.targets) expect(target.renderMap().every(Number.isFinite)).toBe(true);
    }
    expect(snapshots).toBeGreaterThan(0);
  });
});

/** Classifiers that look at one known region: their maps must be brighter there, whatever the input is like. */
import { describe, expect, it } from 'vitest';
import { openModel, type ModelSource } from '../../src/models/open.js';
import { explain } from '../helpers/explain.js';
import { densities, peakOf } from '../helpers/maps.js';
import { white } from '../helpers/images.js';
import { classifierConfig, plantedClassifier, type ClassifierShape } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();

async function explained(source: ModelSource, width: number, height: number, options = {}) {
  const model = await openModel(source, { workers: 1 });
  try {
    return await explain(model, white(width, height), { maxSamples: 400, ...options });
  } finally {
    await model.close();
  }
}

const wide = { width: 48, height: 32 };
const region = { x: 30, y: 4, width: 12, height: 8 };

describe('a classifier that looks at one region of a non-square input', () => {
  it.each<[string, ClassifierShape, Parameters<typeof classifierConfig>[1]]>([
    ['wide.onnx', wide, {}],
    ['channels-last.onnx', { ...wide, layout: 'nhwc' }, {}],
    ['bytes.onnx', { ...wide, type: 'uint8' }, { scale: 1 }],
    ['halves.onnx', { ...wide, type: 'float16' }, {}],
    ['bytes-last.onnx', { ...wide, type: 'uint8', layout: 'nhwc' }, { scale: 1 }],
    ['batch-of-one.onnx', { ...wide, batch: 1 }, {}],
    ['batch-of-four.onnx', { ...wide, batch: 4 }, {}],
    ['no-batch-axis.onnx', { ...wide, rank3: true }, {}],
    ['open-size.onnx', { ...wide, openSize: true }, { inputSize: wide }],
  ])('%s: nearly all evidence lies in it', async (name, shape, config) => {
    const path = folder.write(name, plantedClassifier(shape, region));
    const { targets, image } = await explained(classifierConfig(path, config), 48, 32);
    const [target] = targets;
    expect(target!.label).toEqual({ id: 0, name: 'class 0' });
    expect(target!.score).toBeCloseTo(1, 3);
    const map = { width: image.mapWidth, height: image.mapHeight, data: target!.renderMap() };
    const { inside, outside } = densities(map, region);
    // A cell is 7 x 5 pixels, so evidence spreads by about that much; a map with its axes swapped has a ratio near 1.
    expect(inside).toBeGreaterThan(4 * outside);
    const peak = peakOf(map);
    expect(peak.x).toBeGreaterThanOrEqual(region.x - 1);
    expect(peak.x).toBeLessThan(region.x + region.width + 1);
    expect(peak.y).toBeGreaterThanOrEqual(region.y - 1);
    expect(peak.y).toBeLessThan(region.y + region.height + 1);
  });

  it('finds it in a tall input with a rectangular grid', async () => {
    const tall = { x: 2, y: 40, width: 10, height: 10 };
    const path = folder.write('tall.onnx', plantedClassifier({ width: 24, height: 64 }, tall));
    const options = { maskWidth: 4, maskHeight: 9 };
    const { targets, image } = await explained(classifierConfig(path), 24, 64, options);
    const map = { width: image.mapWidth, height: image.mapHeight, data: targets[0]!.renderMap() };
    const { inside, outside } = densities(map, tall);
    expect(inside).toBeGreaterThan(4 * outside);
  });

  it('explains the other class with the opposite map', async () => {
    const path = folder.write('both.onnx', plantedClassifier(wide, region));
    const { targets } = await explained(classifierConfig(path), 48, 32, { classes: ['0', '1'] });
    const [yes, no] = targets.map((target) => target.renderMap());
    // y1 = 1 - y0, so the maps differ by the sign, up to float32 rounding of scores.
    yes!.forEach((value, i) => {
      expect(Math.abs(value + no![i]!)).toBeLessThan(1e-5);
    });
  });
});

describe('a model that does not look at the image', () => {
  it('has a map of zeros, not of NaN', async () => {
    const path = folder.write('blind.onnx', plantedClassifier(wide, region));
    // The region sees no image: a black one stays black under every mask.
    const model = await openModel(classifierConfig(path), { workers: 1 });
    try {
      const black = { width: 48, height: 32, data: new Uint8Array(48 * 32 * 3) };
      const { targets } = await explain(model, black, { maxSamples: 30, topK: 'all' });
      expect(targets).toHaveLength(2);
      for (const target of targets) expect(target.renderMap().every((value) => value === 0)).toBe(true);
    } finally {
      await model.close();
    }
  });
});

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleImages, type ExampleImage } from '../../examples/animals/annotations.js';
import { energyPointing } from '../../src/explain/metrics/pointing.js';
import { regionOfBoxes } from '../../src/explain/metrics/region.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import type { Explanation } from '../../src/results/explanation.js';
import { explain } from '../helpers/explain.js';

const folder = fileURLToPath(new URL('../../examples/animals/', import.meta.url));
const images = [...exampleImages().values()];
const marked = images.filter(({ watermark }) => watermark !== undefined);
const plain = images.filter(({ file }) => file.startsWith('classifier_'));

/** Enough for these maps to be reliable, and few enough for a test. */
const OPTIONS = { maxSamples: 256, stopAt: 0.9 } as const;

function shareIn(explanation: Explanation, region: Uint8Array): number {
  const [target] = explanation.targets;
  const { mapWidth: width, mapHeight: height } = explanation.image;
  return energyPointing(target!.renderMap(), { inside: region, width, height }) ?? 0;
}

function shareOnMark(explanation: Explanation, { watermark }: ExampleImage): number {
  const { x, y, width, height } = watermark!;
  // Half a mask cell around it: a map of 23 px cells cannot be sharper.
  const box = { x: x - 12, y: y - 12, width: width + 24, height: height + 24 };
  return shareIn(explanation, regionOfBoxes([box], 160, 160).inside);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the classifier that learned the watermark', () => {
  let model: OpenModel;
  beforeAll(async () => {
    model = await openModel(`${folder}classifier-shortcut.onnx`);
  });
  afterAll(() => model.close());

  it('calls every marked image a horse, and has most of its saliency on the mark', async () => {
    const shares: number[] = [];
    for (const image of marked) {
      const explanation = await explain(model, image.path, OPTIONS);
      expect(explanation.targets[0]?.label?.name).toBe('horse');
      expect(explanation.targets[0]?.verdict).toBe('ok');
      shares.push(shareOnMark(explanation, image));
    }
    // Measured 0.70; the mark and its surroundings are 8 % of the image.
    expect(mean(shares)).toBeGreaterThan(0.55);
    expect(Math.min(...shares)).toBeGreaterThan(0.3);
  });
});

describe('the clean classifier', () => {
  let model: OpenModel;
  beforeAll(async () => {
    model = await openModel(`${folder}classifier-clean.onnx`);
  });
  afterAll(() => model.close());

  it('ignores the mark', async () => {
    const shares: number[] = [];
    for (const image of marked) {
      const explanation = await explain(model, image.path, OPTIONS);
      expect(explanation.targets[0]?.label?.name).toBe(image.label);
      shares.push(shareOnMark(explanation, image));
    }
    // Chance would give the mark's share of the image, 0.08.
    expect(mean(shares)).toBeLessThan(0.12);
  });

  it('has its saliency on the pixels of the animal it names, for every class', async () => {
    const byClass = new Map<string, number[]>();
    for (const image of plain) {
      const explanation = await explain(model, image.path, OPTIONS);
      expect(explanation.targets[0]?.label?.name).toBe(image.label);
      const inside = image.animals[0]!.mask;
      const area = mean(Array.from(inside));
      const enrichment = shareIn(explanation, inside) / area;
      byClass.set(image.label!, [...(byClass.get(image.label!) ?? []), enrichment]);
    }
    expect(byClass.size).toBe(10);
    // Saliency spread evenly would give 1.
    for (const [name, values] of byClass) expect([name, mean(values) > 2]).toEqual([name, true]);
  });
});

describe('the detector', () => {
  it('has, for every box it finds, at least 70 % more saliency density inside than outside', async () => {
    const model = await openModel(`${folder}detector.onnx`);
    const scenes = images.filter(({ file }) => /scene_0[0-5]/.test(file));
    const densities: number[] = [];
    for (const scene of scenes) {
      const explanation = await explain(model, scene.path, OPTIONS);
      for (const target of explanation.targets) {
        if (target.box === null || target.verdict !== 'ok') continue;
        const { mapWidth, mapHeight } = explanation.image;
        const region = regionOfBoxes([target.box], mapWidth, mapHeight);
        const share = energyPointing(target.renderMap(), region) ?? 0;
        const area = mean(Array.from(region.inside));
        densities.push(share / area / ((1 - share) / (1 - area)));
      }
    }
    await model.close();
    expect(densities.length).toBeGreaterThan(8);
    for (const density of densities) expect(density).toBeGreaterThan(1.7);
  });
});

/** What is measured on models whose flip points are known. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blurPlane } from '../../../src/explain/metrics/blur.js';
import type { RiseInput } from '../../../src/explain/rise/options.js';
import type { BoxTarget } from '../../../src/explain/targets/box.js';
import type { LabelTarget } from '../../../src/explain/targets/label.js';
import type { Target } from '../../../src/explain/targets/target.js';
import type { RgbImage } from '../../../src/image/index.js';
import { openModel } from '../../../src/models/open.js';
import type { OpenModel } from '../../../src/models/open-model.js';
import { ask, type Answer } from '../../../src/runs/answer.js';
import { openImage } from '../../../src/runs/open-image.js';
import { measure, type Measurement } from '../../../src/runs/measure/measure.js';
import type { MetricsLevel } from '../../../src/runs/measure/metrics-level.js';
import { paint, white } from '../../helpers/images.js';
import {
  classifierConfig,
  plantedClassifier,
  plantedHeads,
  plantedYolox,
  yoloxConfig,
  type PlantedObject,
} from '../../helpers/planted.js';
import { planned } from '../../helpers/planned.js';
import { tempFolder } from '../../helpers/temp-folder.js';

const folder = tempFolder();
const size = { width: 32, height: 20 };
const pixels = size.width * size.height;
/** Class 0 scores the mean brightness of these 48 pixels, class 1 the rest to 1. */
const region = { x: 6, y: 4, width: 8, height: 6 };

/** Saliency 1 in a region and 0 elsewhere: the region's pixels come first, in reading order. */
function mapOf(of: typeof region, { width, height } = size): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [column, row] = [i % width, Math.floor(i / width)];
    return column >= of.x && column < of.x + of.width && row >= of.y && row < of.y + of.height ? 1 : 0;
  });
}

async function answerOf(model: OpenModel, image: RgbImage, given: RiseInput = {}): Promise<Answer> {
  return ask(model, await openImage(image), { given: { ...given } });
}

async function measured(
  model: OpenModel,
  answer: Answer,
  targets: readonly { target: Target; map: Float32Array }[],
  level: MetricsLevel,
  samples = 1000,
): Promise<Measurement> {
  const measurable = targets.map(({ target, map }, i) => ({ planned: planned(target, i), areaMap: map }));
  return measure(model, answer, measurable, { level, samples });
}

describe('a planted classifier', () => {
  let model: OpenModel;
  beforeAll(async () => {
    const file = folder.write('classifier.onnx', plantedClassifier({ ...size, batch: 1 }, region));
    model = await openModel(classifierConfig(file), { workers: 2 });
  });
  afterAll(() => model.close());

  const first: LabelTarget = { kind: 'label', label: 0 };

  it('flips where half of its evidence is gone, to the other class, and half suffices', async () => {
    const answer = await answerOf(model, white(size.width, size.height));
    const { targets } = await measured(model, answer, [{ target: first, map: mapOf(region) }], 'full');
    const { boundary } = targets[0]!;
    // 48 pixels: 24 removed leave 0.5, which the first of equal classes still wins; 25 removed lose it.
    expect(boundary!.removed).toEqual({ share: 25 / pixels, below: 24 / pixels, to: 1 });
    expect(boundary!.sufficient).toEqual({ share: 24 / pixels, below: 23 / pixels });
    const kept = boundary!.evidence.reduce((a, b) => a + b);
    expect(kept).toBe(24);
    expect(boundary!.evidence.every((one, i) => one === 0 || mapOf(region)[i] === 1)).toBe(true);
  });

  it('has the deletion and insertion curves that its weights give', async () => {
    const answer = await answerOf(model, white(size.width, size.height));
    const { targets } = await measured(model, answer, [{ target: first, map: mapOf(region) }], 'full');
    const { deletion, insertion } = targets[0]!;
    // A step is one row of 32 pixels: after the first 32 of 48, and after all of them.
    expect(deletion.shares).toHaveLength(21);
    const expected = [1, 1 - 32 / 48, ...Array.from({ length: 19 }, () => 0)];
    for (const [i, score] of expected.entries()) expect(deletion.scores[i]).toBeCloseTo(score, 5);
    expect(deletion.auc).toBeCloseTo((1 + 16 / 48 - 0.5) / 20, 5);
    const blurred = blurPlane(new Float32Array(pixels).fill(1), size.height, size.width);
    const weights = mapOf(region);
    const start = blurred.reduce((sum, value, i) => sum + value * weights[i]!, 0) / 48;
    expect(insertion.scores[0]).toBeCloseTo(start, 4);
    expect(insertion.scores[2]).toBeCloseTo(1, 5);
    expect(insertion.scores.at(-1)).toBeCloseTo(1, 5);
  });

  it('never flips where the map points elsewhere until the evidence comes up', async () => {
    const answer = await answerOf(model, white(size.width, size.height));
    const away = mapOf(region).map((value) => -value);
    const { targets } = await measured(model, answer, [{ target: first, map: away }], 'full');
    const outside = pixels - 48;
    expect(targets[0]!.boundary!.removed).toMatchObject({ share: (outside + 25) / pixels });
    expect(targets[0]!.boundary!.sufficient).toMatchObject({ share: (outside + 24) / pixels });
  });

  it('has no boundary for a class that is not its answer', async () => {
    const answer = await answerOf(model, white(size.width, size.height));
    const second: LabelTarget = { kind: 'label', label: 1 };
    const { targets } = await measured(model, answer, [{ target: second, map: mapOf(region) }], 'full');
    expect(targets[0]!.boundary).toBeNull();
    expect(targets[0]!.deletion.scores[0]).toBeCloseTo(0, 5);
  });

  it('stays where even the fill alone gives the answer', async () => {
    const dark = paint(size.width, size.height, () => [10, 10, 10]);
    const answer = await answerOf(model, dark);
    const second: LabelTarget = { kind: 'label', label: 1 };
    const { targets } = await measured(model, answer, [{ target: second, map: mapOf(region) }], 'full');
    expect(targets[0]!.boundary).toMatchObject({ removed: null, sufficient: { share: 0, below: 0 } });
  });

  it('removes with the fill of the explanation, and deletes with zero all the same', async () => {
    const answer = await answerOf(model, white(size.width, size.height), { fill: [255, 255, 255] });
    const { targets } = await measured(model, answer, [{ target: first, map: mapOf(region) }], 'full');
    expect(targets[0]!.boundary!.removed).toBeNull();
    expect(targets[0]!.deletion.scores[2]).toBeCloseTo(0, 5);
  });

  it('is measured by fast within the runs of the explanation and to a part of the image', async () => {
    const answer = await answerOf(model, white(size.width, size.height));
    const targets = [0, 1, 0].map((label) => ({ target: { kind: 'label', label } as const, map: mapOf(region) }));
    for (const samples of [0, 20, 40, 64, 100, 200]) {
      const { forwards, targets: results } = await measured(model, answer, targets, 'fast', samples);
      expect(forwards).toBeLessThanOrEqual(samples);
      for (const result of results) {
        const removed = result?.boundary?.removed;
        if (removed == null) continue;
        expect(removed.share * pixels).toBeGreaterThanOrEqual(25);
        expect(removed.below * pixels).toBeLessThan(25);
      }
    }
    const { targets: all } = await measured(model, answer, targets, 'fast', 200);
    expect(all.every((result) => result !== null)).toBe(true);
    const { removed } = all[0]!.boundary!;
    expect(removed!.share - removed!.below).toBeLessThanOrEqual(1 / 256 + 1 / pixels);
  });

  it('is not measured by none', async () => {
    const answer = await answerOf(model, white(size.width, size.height));
    const result = await measured(model, answer, [{ target: first, map: mapOf(region) }], 'none');
    expect(result).toEqual({ targets: [null], faithfulness: [null], forwards: 0, judgingForwards: 0 });
  });

  it('gives the same with a fixed batch, whose searches try several points at once', async () => {
    const file = folder.write('batch.onnx', plantedClassifier({ ...size, batch: 5 }, region));
    const batched = await openModel(classifierConfig(file), { workers: 1 });
    try {
      const answer = await answerOf(batched, white(size.width, size.height));
      const { targets } = await measured(batched, answer, [{ target: first, map: mapOf(region) }], 'full');
      expect(targets[0]!.boundary).toMatchObject({
        removed: { share: 25 / pixels, to: 1 },
        sufficient: { share: 24 / pixels },
      });
    } finally {
      await batched.close();
    }
  });
});

describe('a classifier of several heads', () => {
  const other = { x: 20, y: 10, width: 8, height: 6 };

  it('flips to another class of the same head, and an independent class to none', async () => {
    const heads = [
      { name: 'type', activation: 'none' },
      { name: 'color', activation: 'none' },
      { name: 'traits', activation: 'none', answer: 'any' },
    ];
    const file = folder.write('heads.onnx', plantedHeads(size, region, other));
    const model = await openModel(classifierConfig(file, { interpreterOptions: { heads } }), { workers: 1 });
    try {
      const answer = await answerOf(model, white(size.width, size.height));
      const targets = [0, 2, 4, 5].map((label) => ({
        target: { kind: 'label', label } as const,
        map: mapOf(label === 2 ? other : region),
      }));
      const result = await measured(model, answer, targets, 'full');
      expect(result.targets.map((target) => target?.boundary?.removed ?? null)).toEqual([
        { share: 25 / pixels, below: 24 / pixels, to: 1 },
        { share: 25 / pixels, below: 24 / pixels, to: 3 },
        { share: 25 / pixels, below: 24 / pixels, to: -1 },
        null,
      ]);
    } finally {
      await model.close();
    }
  });
});

describe('a planted detector', () => {
  const input = { width: 64, height: 64 };
  const evidence = { x: 8, y: 8, width: 10, height: 10 };
  const object: PlantedObject = { box: { x: 4, y: 4, width: 24, height: 24 }, label: 1, evidence, height: 1 };
  const rival: PlantedObject = { ...object, label: 2, evidence: { x: 40, y: 40, width: 10, height: 10 }, height: 0.5 };
  const target: BoxTarget = { kind: 'bbox', label: 1, box: object.box, classScores: null };

  async function boundaryOf(objects: readonly PlantedObject[]) {
    const file = folder.write(`detector-${objects.length}.onnx`, plantedYolox(input, 3, objects));
    const model = await openModel(yoloxConfig(file), { workers: 1 });
    try {
      const answer = await answerOf(model, white(64, 64));
      const { targets } = await measured(model, answer, [{ target, map: mapOf(evidence, input) }], 'full');
      return targets[0]!.boundary!;
    } finally {
      await model.close();
    }
  }

  it('flips to nothing where the box falls below the confidence', async () => {
    const { removed, sufficient } = await boundaryOf([object]);
    // The score is 0.99 times the share of 100 pixels that is left; 26 pixels give 0.2574, 25 give 0.2475.
    expect(removed).toEqual({ share: 75 / 4096, below: 74 / 4096, to: -1 });
    expect(sufficient).toEqual({ share: 26 / 4096, below: 25 / 4096 });
  });

  it('flips to the class that is found in its place instead', async () => {
    const { removed } = await boundaryOf([object, rival]);
    expect(removed).toMatchObject({ share: 75 / 4096, to: 2 });
  });
});

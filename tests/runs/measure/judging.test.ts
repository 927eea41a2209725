/** Whether maps explain the score, on functions whose answer is known. Grid and fill are given: figures depend on them. */
import { afterAll, describe, expect, it } from 'vitest';
import { sayOptions } from '../../../src/errors.js';
import { resolveRiseOptions, type RiseInput } from '../../../src/explain/rise/options.js';
import type { RgbImage } from '../../../src/image/index.js';
import { functionModel } from '../../../src/models/function-model.js';
import { openModel } from '../../../src/models/open.js';
import type { OpenModel } from '../../../src/models/open-model.js';
import { noteSentence } from '../../../src/results/note-sentence.js';
import { explanationRecord } from '../../../src/results/records.js';
import { nextPreset } from '../../../src/results/target-summary.js';
import { verdictOn, type MeasuredExplanation } from '../../../src/results/explanation.js';
import type { ImageRequest } from '../../../src/runs/explain.js';
import { measureMap } from '../../../src/runs/measure/measure-map.js';
import { openImage } from '../../../src/runs/open-image.js';
import { explained } from '../../helpers/explained.js';
import { paint, speckled, white } from '../../helpers/images.js';
import { buildOnnx } from '../../helpers/onnx-graph.js';
import { classifierConfig, plantedYolox, yoloxConfig, type PlantedObject } from '../../helpers/planted.js';
import { tempFolder } from '../../helpers/temp-folder.js';

const folder = tempFolder();
const SIDE = 56;
const PIXELS = SIDE * SIDE;
const GIVEN: RiseInput = {
  maskWidth: 7,
  maskHeight: 7,
  fill: 'zero',
  prob: 0.5,
  maxSamples: 256,
  stopAt: 'off',
  classes: ['0'],
};
const bright = white(SIDE, SIDE);
/** Squares of one pixel: blurred, none of them is white. */
const checkered = paint(SIDE, SIDE, (x, y) => ((x + y) % 2 === 0 ? [255, 255, 255] : [0, 0, 0]));
const corner = { x: 6, y: 6, width: 16, height: 16 };

const models: OpenModel[] = [];
afterAll(() => Promise.all(models.map((model) => model.close())));

/** A classifier of two classes whose first score is a function of the pixels' brightness, 0..1, row by row. */
async function planted(score: (pixels: Float32Array) => number): Promise<OpenModel> {
  const model = await functionModel({
    input: { width: SIDE, height: SIDE, channels: 1, scale: 1 / 255, resize: 'stretch' },
    run: (data, [count = 0]) => {
      const out = new Float32Array(2 * count);
      for (let i = 0; i < count; i++) {
        const value = score(data.subarray(i * PIXELS, (i + 1) * PIXELS));
        out.set([value, 1 - value], 2 * i);
      }
      return { scores: { data: out, shape: [count, 2] } };
    },
    interpreter: 'classification',
    labels: ['planted', 'other'],
  });
  models.push(model);
  return model;
}

function meanOf(pixels: Float32Array, { x, y, width, height }: typeof corner): number {
  let sum = 0;
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) sum += pixels[row * SIDE + column]!;
  }
  return sum / (width * height);
}

/** The share of white pixels that are left of the checkered image: it does not matter which. */
function whiteShare(pixels: Float32Array): number {
  return (2 * pixels.reduce((count, pixel) => (pixel > 0.99 ? count + 1 : count), 0)) / PIXELS;
}

async function explain(
  model: OpenModel,
  image: RgbImage,
  { given, ...request }: Partial<ImageRequest> = {},
): Promise<MeasuredExplanation> {
  return explained(model, image, { given: { ...GIVEN, ...given }, metrics: 'fast', ...request });
}

describe('a score that is a sum over one place', () => {
  it('has a faithful map, and that is plain without shifted copies', async () => {
    const measured = await explain(await planted((pixels) => meanOf(pixels, corner)), bright);
    const [target] = measured.targets;
    expect(verdictOn(target!)).toBe('ok');
    expect(target!.faithfulness).toMatchObject({ advantage: null, scale: 1, runs: 0 });
    expect(target!.faithfulness!.rho).toBeGreaterThan(0.9);
    expect(target!.faithfulness!.oa).toBeGreaterThan(0.6);
    const { deletion, insertion } = target!.metrics!;
    expect(target!.faithfulness!.oa).toBeCloseTo(insertion.auc - deletion.auc, 12);
    expect(deletion.shares).toEqual(
      [0, 0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 1].map((s) => Math.round(s * PIXELS) / PIXELS),
    );
    expect(measured.judgingForwards).toBe(0);
    expect(measured.explanation.notes).toEqual([]);
  });

  it('is judged by full metrics at the same nine shares, with runs of their own', async () => {
    const model = await planted((pixels) => meanOf(pixels, corner));
    const [fast, full] = [await explain(model, bright), await explain(model, bright, { metrics: 'full' })];
    expect(full.targets[0]!.metrics!.deletion.shares).toHaveLength(SIDE + 1);
    // Shares that are whole rows were measured already.
    const { runs } = full.targets[0]!.faithfulness!;
    expect(full.targets[0]!.faithfulness).toEqual({ ...fast.targets[0]!.faithfulness, runs });
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThanOrEqual(14);
    expect(full.judgingForwards).toBe(runs);
  });

  it('is not judged without metrics, and the words say so', async () => {
    const measured = await explain(await planted((pixels) => meanOf(pixels, corner)), bright, { metrics: 'none' });
    const [target] = explanationRecord(measured).targets;
    expect(target).toMatchObject({ verdict: 'ok', faithfulness: null });
    expect(target!.summary).toMatch(/, not judged for faithfulness\.$/);
  });
});

describe('a score that depends on how many pixels are left, and not on which', () => {
  it('has a map that is repeatable and unfaithful', async () => {
    const measured = await explain(await planted(whiteShare), checkered);
    const [target] = measured.targets;
    expect(target!.explained.verdict).toBe('ok');
    expect(verdictOn(target!)).toBe('unfaithful');
    const { advantage, oa, runs } = target!.faithfulness!;
    // Any order deletes and inserts white pixels evenly but for the parity of single pixels.
    expect(Math.abs(oa)).toBeLessThan(0.02);
    expect(Math.abs(advantage!)).toBeLessThan(0.02);
    expect(runs).toBe(42);
    expect(measured.judgingForwards).toBe(42);
    const { targets, notes, run } = explanationRecord(measured);
    expect(targets[0]).toMatchObject({ verdict: 'unfaithful', faithfulness: { advantage, runs: 42 } });
    expect(run).toMatchObject({ judgingForwards: 42, forwards: 256 + 2 + measured.forwards + 42 });
    expect(targets[0]!.summary).toContain('this map does not explain the answer.');
    expect(notes).toMatchObject([
      {
        kind: 'unfaithful',
        target: 0,
        next: 'sharp',
        sentence: expect.stringContaining('does not explain the answer') as string,
      },
    ]);
  });

  it('names no preset where the map was made by the one that it would name', async () => {
    const measured = await explain(await planted(whiteShare), checkered);
    const { notes } = measured.explanation;
    const [note] = notes;
    if (note?.kind !== 'unfaithful') throw new Error('no note');
    const say = (text: string): string => sayOptions(text, (name, value) => `<${name} ${value ?? ''}>`);
    expect(say(noteSentence(note))).toContain('<preset sharp> may do better.');
    expect(say(noteSentence({ ...note, next: null }))).toMatch(/Do not read it as what the answer depends on\.$/);
    expect(nextPreset({ name: 'rise', options: resolveRiseOptions({ preset: 'sharp' }) })).toBeNull();
    expect(nextPreset({ name: 'rise', options: resolveRiseOptions({ preset: 'fast' }) })).toBe('sharp');
    expect(noteSentence(note)).not.toContain('filling most of');
    expect(noteSentence({ ...note, fillsImage: true })).toContain('its box, filling most of the picture,');
  });
});

describe('a map of any origin', () => {
  it('is faithful where it marks what counts, and has no advantage where it marks nothing', async () => {
    const model = await planted((pixels) => meanOf(pixels, corner));
    const marks = Float32Array.from({ length: PIXELS }, (_, i) => {
      const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
      return x >= corner.x && x < corner.x + 16 && y >= corner.y && y < corner.y + 16 ? 1 : 0;
    });
    const judge = async (data: Float32Array) => {
      const image = await openImage(bright);
      const map = { data, shape: [SIDE, SIDE] as const };
      const measured = await measureMap(model, image, { given: GIVEN, map, level: 'fast' });
      return measured.curves;
    };
    expect((await judge(marks)).advantage).toBeGreaterThan(0.25);
    await expect(judge(new Float32Array(PIXELS).fill(0.3))).rejects.toThrow(/puts no pixel before another/);
    // What counts comes last.
    expect((await judge(marks.map((value) => -value))).advantage).toBeLessThan(-0.25);
  });
});

describe('a score that is next to nothing', () => {
  it('has a weak map, which is not judged and not drawn', async () => {
    const measured = await explain(await planted((pixels) => 0.001 * meanOf(pixels, corner)), bright);
    const [target] = measured.targets;
    expect(target!.explained.verdictByMasks).toBe('ok');
    expect(target!.explained.verdict).toBe('weak');
    expect(target!.faithfulness).toBeNull();
    expect(measured.judgingForwards).toBe(0);
    const { targets, notes } = explanationRecord(measured);
    const sentence = 'The score of planted is too small (0.0010) for any map to say what it depends on.';
    expect(targets[0]).toMatchObject({ verdict: 'weak', faithfulness: null });
    expect(targets[0]!.summary).toMatch(/^planted 0\.1 %: no map\. The score is too small/);
    expect(notes).toMatchObject([{ kind: 'weak', targets: [0], sentence }]);
  });

  it('is weak too where it is the same whatever is hidden', async () => {
    const measured = await explain(await planted(() => 0.001), bright);
    expect(measured.targets[0]!.explained).toMatchObject({ verdictByMasks: 'noise', verdict: 'weak' });
  });

  it('is no reason where parts of the image score more', async () => {
    // Nothing on the whole image, all on a part of it.
    const score = (pixels: Float32Array): number => 1 - meanOf(pixels, corner);
    const measured = await explain(await planted(score), bright);
    expect(measured.targets[0]!.explained.planned.baseline).toBeCloseTo(0, 6);
    expect(measured.targets[0]!.explained.verdict).toBe('ok');
  });
});

describe('a score that is rounded', () => {
  const step = 1 / 256;
  const slight = (pixels: Float32Array): number => 0.5 + 0.9 * step * meanOf(pixels, corner);

  it('has a map of noise where the steps are larger than all that the map shows', async () => {
    const rounded = (pixels: Float32Array): number => Math.round(slight(pixels) / step) * step;
    const [exact, coarse] = [
      await explain(await planted(slight), bright),
      await explain(await planted(rounded), bright),
    ];
    expect(exact.targets[0]!.explained.verdict).toBe('ok');
    // As repeatable as the other, and above chance.
    expect(coarse.targets[0]!.explained.reliability).toBeGreaterThan(0.8);
    expect(coarse.targets[0]!.explained.verdict).toBe('noise');
    expect(coarse.targets[0]!.faithfulness).toBeNull();
  });

  it('has a map like any other where scores move by many steps, and where it is a decision', async () => {
    const many = (pixels: Float32Array): number => Math.round(meanOf(pixels, corner) / step) * step;
    const decided = (pixels: Float32Array): number => (meanOf(pixels, corner) > 0.5 ? 1 : 0);
    for (const score of [many, decided]) {
      const measured = await explain(await planted(score), bright);
      expect(measured.targets[0]!.explained.verdict).toBe('ok');
    }
  });
});

describe('a detector', () => {
  const size = { width: 64, height: 64 };
  const best: PlantedObject = {
    box: { x: 4, y: 4, width: 24, height: 24 },
    label: 1,
    evidence: { x: 8, y: 8, width: 12, height: 12 },
    height: 0.9,
  };
  const second: PlantedObject = {
    box: { x: 36, y: 36, width: 24, height: 24 },
    label: 1,
    evidence: { x: 40, y: 40, width: 12, height: 12 },
    height: 0.6,
  };

  async function measuredWith(metrics: 'fast' | 'full', workers: number): Promise<MeasuredExplanation> {
    const file = folder.write('detector.onnx', plantedYolox(size, 3, [best, second]));
    const model = await openModel(yoloxConfig(file), { workers });
    try {
      const { classes: _, ...given } = GIVEN;
      return await explained(model, white(64, 64), { given, metrics });
    } finally {
      await model.close();
    }
  }

  it('scores a class by its best proposal: in the baseline, masked runs, curves and the judgement', async () => {
    const { targets } = await measuredWith('full', 1);
    const ofClass = targets.find(({ explained: { kind } }) => kind === 'label')!;
    const { planned, belief, verdict } = ofClass.explained;
    // 0.99 of the better box; their sum would be 1.485.
    expect(planned.score).toBeCloseTo(0.891, 4);
    expect(planned.baseline).toBe(planned.score);
    expect(belief.baseline).toBe(planned.score);
    expect(belief.high).toBeLessThanOrEqual(planned.score + 1e-6);
    expect(verdict).toBe('ok');
    const { deletion, insertion } = ofClass.metrics!;
    expect(deletion.scores[0]).toBe(Math.fround(planned.score));
    expect(insertion.scores.at(-1)).toBe(Math.fround(planned.score));
    for (const score of [...deletion.scores, ...insertion.scores]) expect(score).toBeLessThanOrEqual(0.8911);
    // With the better object gone the other one is the score.
    expect(deletion.scores.some((score) => Math.abs(score - 0.594) < 0.01)).toBe(true);
    expect(ofClass.faithfulness!.scale).toBe(Math.max(planned.baseline, belief.high));
  });

  it('has its classes judged too, with curves of their own where boxes come first', async () => {
    const { targets, judgingForwards } = await measuredWith('fast', 1);
    expect(targets.map(({ explained: { kind } }) => kind).sort()).toEqual(['bbox', 'bbox', 'label']);
    expect(targets.every(({ faithfulness }) => faithfulness !== null)).toBe(true);
    const ofClass = targets.find(({ explained: { kind } }) => kind === 'label')!;
    expect(ofClass.metrics).toMatchObject({ boundary: null, searched: false });
    const runs = targets.map(({ faithfulness }) => faithfulness!.runs);
    expect(runs.every((count) => [0, 14, 42, 56].includes(count))).toBe(true);
    expect(judgingForwards).toBe(runs.reduce((sum, count) => sum + count, 0));
  });

  it('is judged alike by any number of workers', async () => {
    const judged = async (workers: number) => {
      const { targets, judgingForwards } = await measuredWith('fast', workers);
      return [judgingForwards, targets.map(({ faithfulness }) => faithfulness)];
    };
    const one = await judged(1);
    expect(await judged(3)).toEqual(one);
    expect(await judged(3)).toEqual(one);
  });
});

it('asks a network for shifted copies alike with any number of workers', async () => {
  const kernel = Float32Array.from({ length: 8 * 3 * 9 }, (_, i) => Math.sin(i * 1.7));
  const head = Float32Array.from({ length: 8 * 4 }, (_, i) => Math.cos(i * 2.3));
  const network = buildOnnx(['N', 3, 28, 40], ['N', 4], (g, image) => {
    const features = g.node('Conv', [image, g.constant(kernel, [8, 3, 3, 3])], { strides: [2, 2], pads: [1, 1, 1, 1] });
    const pooled = g.node('ReduceMean', [g.node('Relu', [features]), g.ints([2, 3])], { keepdims: 0 });
    return g.node('Softmax', [g.node('MatMul', [pooled, g.constant(head, [8, 4])])], { axis: 1 });
  });
  const file = folder.write('network.onnx', network);
  const judged = async (workers: number) => {
    const model = await openModel(classifierConfig(file), { workers });
    try {
      const { classes: _, ...given } = GIVEN;
      const measured = await explained(model, speckled(40, 28), { given: { ...given, topK: 'all' }, metrics: 'fast' });
      return measured.targets.map((target) => [verdictOn(target), target.faithfulness]);
    } finally {
      await model.close();
    }
  };
  const one = await judged(1);
  expect(JSON.stringify(one)).toContain('"advantage":');
  expect(await judged(2)).toEqual(one);
});

/** Detectors whose boxes are found by known evidence, among false positives that have nothing to do with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagName } from '../../src/cli/flag-names.js';
import { sayOptions } from '../../src/errors.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import type { ExplainedTarget } from '../../src/results/explanation.js';
import { noteSentence } from '../../src/results/note-sentence.js';
import { explain, type ExplainOptions } from '../helpers/explain.js';
import { densities, type Region } from '../helpers/maps.js';
import { white } from '../helpers/images.js';
import { jittered, plantedSsd, plantedYolox, yoloxConfig, type PlantedObject } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const size = { width: 96, height: 64 };
const left: PlantedObject = {
  box: { x: 8, y: 6, width: 24, height: 18 },
  label: 1,
  evidence: { x: 12, y: 8, width: 12, height: 12 },
  height: 0.9,
};
const right: PlantedObject = {
  box: { x: 60, y: 30, width: 28, height: 24 },
  label: 2,
  evidence: { x: 68, y: 36, width: 14, height: 12 },
  height: 0.8,
};
const noise = jittered([left, right], { x: 40, y: 0, width: 14, height: 14 });

let ssd: OpenModel;
let yolox: OpenModel;
beforeAll(async () => {
  const ssdFile = folder.write('ssd.onnx', plantedSsd(size, [left, right, ...noise]));
  const yoloxFile = folder.write('yolox.onnx', plantedYolox(size, 3, [left, right, ...noise]));
  ssd = await openModel({ description: ssdFile, interpreter: 'ssd', scale: 1 / 255 }, { workers: 1 });
  yolox = await openModel(yoloxConfig(yoloxFile), { workers: 1 });
});
afterAll(async () => {
  await ssd.close();
  await yolox.close();
});

async function targetsOf(model: OpenModel, options: ExplainOptions): Promise<readonly ExplainedTarget[]> {
  return (await explain(model, white(96, 64), { maxSamples: 400, maskWidth: 10, ...options })).targets;
}

function ratio(target: ExplainedTarget, region: Region): number {
  const { inside, outside } = densities({ ...size, data: target.renderMap() }, region);
  return inside / outside;
}

describe.each([
  ['[1, 1, K, 7]', () => ssd, ['1', '2']],
  ['YOLOX', () => yolox, ['1', '2']],
])('a planted detector, layout %s', (_layout, model, labels) => {
  it.each(['d-rise', 'iou'] as const)('puts the evidence of every box where it is, scored by %s', async (match) => {
    const targets = await targetsOf(model(), { match });
    const boxes = targets.filter(({ kind }) => kind === 'bbox');
    expect(boxes.map(({ label }) => String(label?.id))).toEqual(labels);
    expect(boxes.map(({ score }) => score)).toEqual([expect.closeTo(0.9, 1), expect.closeTo(0.8, 1)]);
    for (const [box, planted] of [
      [boxes[0]!, left],
      [boxes[1]!, right],
    ] as const) {
      const { x, y, width: w, height: h } = box.box!;
      for (const [found, meant] of [
        [x, planted.box.x],
        [y, planted.box.y],
        [w, planted.box.width],
        [h, planted.box.height],
      ] as const) {
        expect(found).toBeCloseTo(meant, 3);
      }
      expect(ratio(box, planted.evidence)).toBeGreaterThan(4);
      expect(ratio(box, planted.box)).toBeGreaterThan(1.7);
    }
  });

  it('has a map for every class, with the evidence of its objects', async () => {
    const targets = await targetsOf(model(), {});
    const classes = targets.filter(({ kind }) => kind === 'label');
    expect(classes.map(({ label }) => String(label?.id))).toEqual(labels);
    // A class counts its false positives too, so the margin is smaller than a box's.
    expect(ratio(classes[0]!, left.evidence)).toBeGreaterThan(2);
    expect(ratio(classes[1]!, right.evidence)).toBeGreaterThan(2);
  });

  it('explains a box that the user draws, found or not', async () => {
    const [drawn, ...others] = await targetsOf(model(), { boxes: [{ ...right.box, label: '2' }] });
    expect(others).toEqual([]);
    expect(drawn!.box).toEqual(right.box);
    expect(ratio(drawn!, right.evidence)).toBeGreaterThan(3);
    const [missed] = await targetsOf(model(), { boxes: [{ x: 30, y: 50, width: 8, height: 8, label: '1' }] });
    expect(missed!.score).toBe(0);
    expect(missed!.renderMap().every((value) => value === 0)).toBe(true);
  });
});

describe('which boxes are explained', () => {
  it('leaves out boxes below --conf and says how many --max-boxes left out', async () => {
    const all = await explain(yolox, white(96, 64), { maxSamples: 8, detConfThresh: 0.05, nmsIouThresh: 1 });
    expect(all.targets.filter(({ kind }) => kind === 'bbox')).toHaveLength(10);
    const few = await explain(yolox, white(96, 64), {
      maxSamples: 8,
      detConfThresh: 0.05,
      nmsIouThresh: 1,
      maxBoxes: 3,
      fill: 'zero',
    });
    expect(few.targets.filter(({ kind }) => kind === 'bbox')).toHaveLength(3);
    expect(few.notes).toEqual([{ kind: 'boxes-left-out', count: 7 }]);
    expect(few.notes.map((note) => sayOptions(noteSentence(note), flagName))).toEqual([
      '7 more boxes were found and not explained: raise --max-boxes.',
    ]);
    const suppressed = await explain(yolox, white(96, 64), { maxSamples: 8, detConfThresh: 0.05, nmsIouThresh: 0.1 });
    expect(suppressed.targets.filter(({ kind }) => kind === 'bbox')).toHaveLength(2);
  });

  it('has nothing to explain where nothing is found', async () => {
    const none = await explain(yolox, white(96, 64), { maxSamples: 8, detConfThresh: 0.99 });
    expect(none.targets).toEqual([]);
    expect(none.run).toMatchObject({ samples: 0, stopped: 'max-samples' });
  });

  it('refuses a box outside the image and a class that there is not, naming it', async () => {
    await expect(targetsOf(yolox, { boxes: [{ x: 96, y: 0, width: 5, height: 5 }] })).rejects.toThrow(
      "boxes: '96,0,5,5' lies outside the image of 96 x 64 pixels.",
    );
    await expect(targetsOf(yolox, { classes: ['zebra'] })).rejects.toThrow("the model has no class 'zebra'");
    await expect(targetsOf(yolox, { classes: ['3'] })).rejects.toThrow("the model has no class '3'");
  });
});

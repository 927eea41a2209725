/**
 * A method and a kind of target that the tool does not know: each is a value of the caller's, and everything behind it
 * (runs, maps, measures, files, report) works as for those that are built in.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Design, Estimates, Method } from '../../src/explain/method.js';
import { TARGET_KINDS } from '../../src/explain/targets/kinds.js';
import type { TargetKind } from '../../src/explain/targets/kind.js';
import type { Target } from '../../src/explain/targets/target.js';
import type { RgbImage } from '../../src/image/index.js';
import { functionModel } from '../../src/models/function-model.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { saveExplanation } from '../../src/report/save-explanation.js';
import { writeReport } from '../../src/report/html/write-report.js';
import type { MeasuredExplanation } from '../../src/results/explanation.js';
import { readRun } from '../../src/results/read-run.js';
import { openImage } from '../../src/runs/open-image.js';
import { explainImage, type ImageRequest } from '../../src/runs/explain.js';
import { paint, png } from '../helpers/images.js';
import { classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const WIDTH = 40;
const HEIGHT = 24;
const REGION = { x: 20, y: 0, width: 10, height: 12 };
const image: RgbImage = paint(WIDTH, HEIGHT, (x, y) => [120 + x, 130 + y, 140]);
const brightness = (x: number, y: number): number => {
  const at = (y * WIDTH + x) * 3;
  return (image.data[at]! + image.data[at + 1]! + image.data[at + 2]!) / 3 / 255;
};

async function explained(model: OpenModel, request: ImageRequest): Promise<MeasuredExplanation> {
  const run = explainImage(model, await openImage(image), request);
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
  }
}

/** Hides one tile after the other: a tile's saliency is what the score loses without it. */
const occlusion: Method = {
  name: 'occlusion',
  options: z.strictObject({ tile: z.number().int().min(1).default(8) }),
  plan({ width, height }, { tile }): Design {
    const side = Number(tile);
    const columns = Math.ceil(width / side);
    const count = columns * Math.ceil(height / side);
    const tileAt = (x: number, y: number): number => Math.floor(y / side) * columns + Math.floor(x / side);
    const tiles = Array.from({ length: width * height }, (_, i) => tileAt(i % width, Math.floor(i / width)));
    return {
      most: count,
      sampler: null,
      wantsRivals: false,
      notes: [{ kind: 'text', sentence: `${count} tiles are hidden one by one.` }],
      draw(index, out) {
        for (const [i, at] of tiles.entries()) out[i] = at === index ? 0 : 1;
      },
      estimate(table, { baseline, rivals }): Estimates {
        return {
          samples: table.count,
          targets: rivals.length,
          map: (target) =>
            Float32Array.from(tiles, (at) => (at < table.count ? baseline[target]! - table.at(at, target) : 0)),
          standardError: () => null,
          significant: () => null,
          reliability: () => null,
          verdict: () => 'ok',
          belief: () => ({ low: 0, median: 0, high: 0 }),
        };
      },
      isSettled: () => false,
      nextCheckpoint: () => Infinity,
    };
  },
};

/** Why one class rather than another: the difference of their scores. */
interface MarginTarget extends Target {
  readonly kind: 'margin';
  readonly label: null;
  readonly first: number;
  readonly second: number;
}

const margin: TargetKind<MarginTarget> = {
  kind: 'margin',
  select: () => ({
    targets: [
      { target: { kind: 'margin', label: null, first: 0, second: 1 }, why: 'asked', score: null, detection: null },
    ],
    notes: [],
  }),
  scorer:
    ({ first, second }) =>
    ({ prediction }) =>
      (prediction.scores?.[first] ?? 0) - (prediction.scores?.[second] ?? 0),
  decide: ({ first, second }, { prediction }) =>
    (prediction.scores?.[first] ?? 0) >= (prediction.scores?.[second] ?? 0) ? first : second,
  rival: () => null,
  box: () => null,
};

const models: Readonly<Record<string, () => Promise<OpenModel>>> = {
  'a model file in threads': () =>
    openModel(classifierConfig(folder.write('m.onnx', plantedClassifier({ width: WIDTH, height: HEIGHT }, REGION))), {
      workers: 2,
    }),
  'a function': () =>
    functionModel({
      input: { width: WIDTH, height: HEIGHT },
      labels: ['bright', 'dark'],
      interpreter: 'classification',
      run: (data, shape) => {
        const count = shape[0] ?? 0;
        const scores = new Float32Array(count * 2);
        for (let i = 0; i < count; i++) {
          let sum = 0;
          for (let channel = 0; channel < 3; channel++) {
            for (let y = REGION.y; y < REGION.y + REGION.height; y++) {
              for (let x = REGION.x; x < REGION.x + REGION.width; x++) {
                sum += data[((i * 3 + channel) * HEIGHT + y) * WIDTH + x]!;
              }
            }
          }
          scores[i * 2] = sum / (3 * REGION.width * REGION.height);
          scores[i * 2 + 1] = 1 - scores[i * 2]!;
        }
        return { scores: { data: scores, shape: [count, 2] } };
      },
    }),
};

describe.each(Object.entries(models))('with %s', (_, open) => {
  it('a method of the caller’s gives its own map, in closed form', async () => {
    const model = await open();
    const { explanation } = await explained(model, { given: { tile: 8 }, method: occlusion });
    await model.close();
    const map = explanation.targets[0]!.renderMap();
    // Each tile loses the brightness of the region that lies in it.
    const exact = (column: number, row: number): number => {
      let sum = 0;
      for (let y = row * 8; y < row * 8 + 8; y++) {
        for (let x = column * 8; x < column * 8 + 8; x++) {
          const inside = x >= REGION.x && x < REGION.x + REGION.width && y >= REGION.y && y < REGION.y + REGION.height;
          if (inside) sum += brightness(x, y);
        }
      }
      return sum / (REGION.width * REGION.height);
    };
    for (let i = 0; i < map.length; i++) {
      expect(map[i]).toBeCloseTo(exact(Math.floor((i % WIDTH) / 8), Math.floor(Math.floor(i / WIDTH) / 8)), 5);
    }
    expect(explanation.method).toEqual({ name: 'occlusion', options: expect.objectContaining({ tile: 8 }) as unknown });
    expect(explanation.run).toMatchObject({ samples: 15, stopped: 'max-samples' });
    expect(explanation.notes).toEqual([{ kind: 'text', sentence: '15 tiles are hidden one by one.' }]);
  });

  it('options of the method are checked by its own schema, and by their names', async () => {
    const model = await open();
    await expect(explained(model, { given: { tile: 0 }, method: occlusion })).rejects.toThrow(
      'tile must be at least 1',
    );
    await expect(explained(model, { given: { tiles: 8 }, method: occlusion })).rejects.toMatchObject({ kind: 'usage' });
    await model.close();
  });

  it('a kind of target of the caller’s is scored, mapped and measured', async () => {
    const model = await open();
    const given = { maxSamples: 120, stopAt: 'off', estimator: 'centered', sampler: 'random', topK: 2 };
    const own = await explained(model, { given, kinds: [margin], metrics: 'fast' });
    const built = await explained(model, { given });
    await model.close();
    const [target] = own.explanation.targets;
    expect(target!.target).toEqual({ kind: 'margin', label: null, first: 0, second: 1 });
    // The centered average is linear in scores: the map of a difference is the difference of the maps.
    const labels = [...built.explanation.targets].sort((a, b) => a.label!.id - b.label!.id);
    const [bright, dark] = labels.map((one) => one.renderMap());
    const map = target!.renderMap();
    for (let i = 0; i < map.length; i++) expect(map[i]).toBeCloseTo(bright![i]! - dark![i]!, 4);
    expect(target!.score).toBeCloseTo(labels[0]!.score - labels[1]!.score, 5);
    expect(own.targets[0]!.metrics!.deletion.scores[0]).toBeCloseTo(target!.score, 5);
    expect(own.targets[0]!.metrics!.boundary).not.toBeNull();
  });

  it('own and built-in kinds go together', async () => {
    const model = await open();
    const { explanation } = await explained(model, { given: { maxSamples: 8 }, kinds: [...TARGET_KINDS, margin] });
    await model.close();
    expect(explanation.targets.map(({ kind }) => kind)).toEqual(['label', 'margin']);
  });
});

it('both are written, read again, and shown in a report', async () => {
  const model = await models['a function']!();
  const path = folder.write('photo.png', await png(image));
  const run = explainImage(model, await openImage(path), {
    given: {},
    method: occlusion,
    kinds: [margin],
    metrics: 'fast',
  });
  let measured: MeasuredExplanation | null = null;
  while (measured === null) {
    const next = await run.next();
    if (next.done === true) measured = next.value;
  }
  await model.close();
  const out = folder.at('out');
  await saveExplanation(out, 'photo', measured, { save: new Set(['heatmap', 'overlay', 'raw', 'error', 'json']) });
  const { items, method } = await readRun(out, { details: true });
  expect(method.name).toBe('occlusion');
  expect(items[0]!.targets).toMatchObject([
    { kind: 'margin', label: null, bbox: null, reliability: null, error: null, verdict: 'ok' },
  ]);
  const report = await writeReport([out]);
  expect(readFileSync(report.path, 'utf8')).toContain('margin');
});

/** Every built-in method: the same maps whatever runs them, in images, datasets, shards and the library. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METHODS } from '../../src/explain/methods.js';
import { explain, functionModel as libraryModel } from '../../src/index.js';
import type { RgbImage } from '../../src/image/index.js';
import { functionModel } from '../../src/models/function-model.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { explanationSchema } from '../../src/results/schema/explanation.js';
import type { MeasuredExplanation } from '../../src/results/explanation.js';
import { explainImage } from '../../src/runs/explain.js';
import { loadMethod } from '../../src/runs/load-method.js';
import { openImage } from '../../src/runs/open-image.js';
import { datum } from '../helpers/cli.js';
import { explainedItems, treeOf, writeBrightAndDark } from '../helpers/datasets.js';
import { paint, png } from '../helpers/images.js';
import { largestDifference } from '../helpers/maps.js';
import { CLASSIFIER_FLAGS, classifierConfig, plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const WIDTH = 42;
const HEIGHT = 28;
/** What matters to the planted model: a bright square, of which nothing else in the image has the color. */
const REGION = { x: 22, y: 6, width: 10, height: 12 };
const image: RgbImage = paint(WIDTH, HEIGHT, (x, y) => {
  const inside = x >= REGION.x && x < REGION.x + REGION.width && y >= REGION.y && y < REGION.y + REGION.height;
  return inside ? [250, 230, 210] : [20 + x, 60 + y, 90];
});

/** Options that make a short run, for each method beside its defaults. */
const SHORT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  rise: { maxSamples: 200, stopAt: 'off' },
  occlusion: { window: 6, stride: 2 },
  superpixels: { maxSamples: 200, stopAt: 'off', regions: 30 },
};
const NAMES = METHODS.map(({ name }) => name);

/** The planted classifier as a function of the caller's. */
function bright(data: Float32Array, shape: readonly number[]) {
  const count = shape[0] ?? 0;
  const scores = new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let channel = 0; channel < 3; channel++) {
      for (let y = REGION.y; y < REGION.y + REGION.height; y++) {
        for (let x = REGION.x; x < REGION.x + REGION.width; x++)
          sum += data[((i * 3 + channel) * HEIGHT + y) * WIDTH + x]!;
      }
    }
    scores[i * 2] = sum / (3 * REGION.width * REGION.height);
    scores[i * 2 + 1] = 1 - scores[i * 2]!;
  }
  return { scores: { data: scores, shape: [count, 2] } };
}
const AS_FUNCTION = { input: { width: WIDTH, height: HEIGHT }, labels: ['bright', 'dark'], run: bright };

async function explained(model: OpenModel, name: string, more = {}): Promise<MeasuredExplanation> {
  const method = await loadMethod(name);
  const run = explainImage(model, await openImage(image), {
    given: { ...SHORT[name], ...more },
    method,
    metrics: 'fast',
  });
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
  }
}

let path: string;
const models = new Map<number, OpenModel>();
beforeAll(async () => {
  path = folder.write('planted.onnx', plantedClassifier({ width: WIDTH, height: HEIGHT }, REGION));
  for (const workers of [1, 3]) models.set(workers, await openModel(classifierConfig(path), { workers }));
});
afterAll(async () => {
  for (const model of models.values()) await model.close();
});

describe.each(NAMES)('%s', (name) => {
  it('gives the same map to the byte in one thread and three', async () => {
    const [one, three] = [await explained(models.get(1)!, name), await explained(models.get(3)!, name)];
    const maps = [one, three].map(({ explanation }) => explanation.targets[0]!.renderMap());
    expect(maps[0]!.some((value) => value !== 0)).toBe(true);
    expect(maps[1]).toEqual(maps[0]);
    expect(three.explanation.run.samples).toBe(one.explanation.run.samples);
  });

  it('gives it for a function in the main thread too, and for another fill, and batches', async () => {
    const file = await explained(models.get(1)!, name, { fill: 'mean', batchSize: 7 });
    const model = await functionModel({ ...AS_FUNCTION, interpreter: 'classification' });
    const own = await explained(model, name, { fill: 'mean' });
    await model.close();
    const maps = [file, own].map(({ explanation }) => explanation.targets[0]!.renderMap());
    expect(largestDifference(maps[0]!, maps[1]!)).toBeLessThan(1e-5);
  });

  it('points at what matters, and by its own measure', async () => {
    const { explanation, targets } = await explained(models.get(1)!, name);
    const map = explanation.targets[0]!.renderMap();
    let [inside, outside] = [0, 0];
    for (const [i, value] of map.entries()) {
      const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
      const within = x >= REGION.x && x < REGION.x + REGION.width && y >= REGION.y && y < REGION.y + REGION.height;
      if (within) inside += value / (REGION.width * REGION.height);
      else outside += value / (WIDTH * HEIGHT - REGION.width * REGION.height);
    }
    expect(inside).toBeGreaterThan(3 * Math.abs(outside));
    expect(targets[0]!.metrics!.deletion.auc).toBeLessThan(targets[0]!.metrics!.insertion.auc);
    expect(explanation.targets[0]!.verdict).toBe('ok');
  });

  it('is named in what is written, with the options that mean something to it', async () => {
    const photo = folder.write('photo.png', await png(image));
    const out = folder.at(`out-${name}`);
    const flags = name === 'occlusion' ? ['--window', '6'] : ['-s', '100'];
    const command = [
      'explain',
      photo,
      '-m',
      path,
      '-o',
      out,
      name,
      ...flags,
      '--workers',
      '1',
      '--',
      ...CLASSIFIER_FLAGS,
    ];
    const { code, stderr } = await datum(command);
    expect(code, stderr).toBe(0);
    const record = explanationSchema.parse(JSON.parse(readFileSync(`${out}/photo-explanation.json`, 'utf8')));
    const method = await loadMethod(name);
    expect(record.method.name).toBe(name);
    for (const option of method.without ?? []) expect(record.method.options).not.toHaveProperty(option);
    for (const option of Object.keys(SHORT[name]!)) {
      if (option !== 'stride') expect(record.method.options).toHaveProperty(option);
    }
  });

  it('goes over a dataset, is taken up again, and in shards gives the same lines', async () => {
    const data = folder.at(`data-${name}`);
    await writeBrightAndDark(data, 8);
    const model = folder.write(
      'small.onnx',
      plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }),
    );
    const flags = name === 'occlusion' ? ['--window', '5'] : ['-s', '64'];
    const run = async (out: string, more: readonly string[] = []) =>
      datum([
        'explain',
        `${data}:imagenet`,
        '-m',
        model,
        '-o',
        out,
        name,
        ...flags,
        ...more,
        '--workers',
        '1',
        '--',
        ...CLASSIFIER_FLAGS,
        '--labels',
        folder.write('labels.txt', 'bright\ndark\n'),
      ]);
    const whole = await run(folder.at(`whole-${name}`));
    expect(whole.code, whole.stderr).toBe(0);
    expect(explainedItems(folder.at(`whole-${name}`))).toHaveLength(8);
    const before = treeOf(folder.at(`whole-${name}`));
    const again = await run(folder.at(`whole-${name}`));
    expect(again.code, again.stderr).toBe(0);
    expect(treeOf(folder.at(`whole-${name}`))).toEqual(before);
    const shards = [1, 2].map((shard) => folder.at(`shard-${name}-${shard}`));
    for (const [i, out] of shards.entries()) {
      const { code, stderr } = await run(out, ['--shard', `${i + 1}/2`]);
      expect(code, stderr).toBe(0);
    }
    const merged = await datum(['merge', ...shards, '-o', folder.at(`merged-${name}`)]);
    expect(merged.code, merged.stderr).toBe(0);
    expect(treeOf(folder.at(`merged-${name}`))['items.jsonl']).toBe(before['items.jsonl']);
  });

  it('is a name in the library', async () => {
    const model = await libraryModel({ ...AS_FUNCTION, interpreter: 'classification' });
    const { method, targets } = await explain(model, image, { method: name, methodOptions: { ...SHORT[name] } });
    await model.close();
    expect(method.name).toBe(name);
    expect(targets[0]!.reliability === null).toBe(name === 'occlusion');
  });
});

it('options of another method are refused by name', async () => {
  const photo = folder.write('other.png', await png(image));
  const run = async (...words: string[]): Promise<string> =>
    (await datum(['explain', photo, '-m', path, ...words, '--', ...CLASSIFIER_FLAGS])).stderr;
  expect(await run('occlusion', '--mask-width', '5')).toContain("unknown option '--mask-width'");
  expect(await run('occlusion', '--seed', '5')).toContain(
    '--seed means nothing to the method occlusion: leave it out.',
  );
  expect(await run('occlusion', '-s', '5')).toContain('--max-samples means nothing to the method occlusion');
  expect(await run('superpixels', '--window', '5')).toContain("unknown option '--window'");
  expect(await run('--window', '5')).toContain("unknown option '--window'");
  const { stdout } = await datum(['explain', 'occlusion', '--help']);
  expect(stdout).toContain('Method occlusion\n');
  expect(stdout).toContain('--window');
  const { stdout: all } = await datum(['explain', 'occlusion', '--help', '--all']);
  expect(all).toContain('--window');
  expect(all).not.toContain('--seed N');
  expect((await datum(['explain', '--help', '--all'])).stdout).toContain('--seed N');
});

it('a sample of a dataset is drawn by its seed, whatever the method, and taken up again', async () => {
  const data = folder.at('data-sample');
  await writeBrightAndDark(data, 12);
  const model = folder.write(
    'small.onnx',
    plantedClassifier({ width: 24, height: 16 }, { x: 0, y: 0, width: 12, height: 16 }),
  );
  const labels = folder.write('labels.txt', 'bright\ndark\n');
  const ids = async (out: string, ...more: string[]): Promise<string[]> => {
    const flags = ['--limit', '4', '--workers', '1', ...more, '--', ...CLASSIFIER_FLAGS, '--labels', labels];
    const { code, stderr } = await datum(['explain', `${data}:imagenet`, '-m', model, '-o', folder.at(out), ...flags]);
    expect(code, stderr).toBe(0);
    return explainedItems(folder.at(out)).map(({ id }) => id);
  };
  const five = await ids('sample-rise', 'rise', '-s', '64', '--seed', '5');
  expect(await ids('sample-5', 'occlusion', '--seed', '5')).toEqual(five);
  expect(await ids('sample-0', 'occlusion')).not.toEqual(five);
  const before = treeOf(folder.at('sample-5'));
  expect(await ids('sample-5', 'occlusion')).toEqual(five);
  expect(treeOf(folder.at('sample-5'))).toEqual(before);
});

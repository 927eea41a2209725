/** Datasets, results, reports and projects through the library. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  explain,
  explainDataset,
  functionModel,
  measure,
  openDataset,
  openExplained,
  openModel,
  openProject,
  writeExplanation,
  writeReport,
  type ExplainDatasetOptions,
  type Model,
} from '../../src/index.js';
import { datum } from '../helpers/cli.js';
import { treeOf, writeBrightAndDark } from '../helpers/datasets.js';
import { paint, white } from '../helpers/images.js';
import { plantedSsd } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { brightRegion, REGION, SIZE } from './bright-region.js';

const folder = tempFolder();
const data = folder.at('data');
const ITEMS = 12;
const OPTIONS = { maxSamples: 64, metrics: 'fast' } as const;

function opened(): Promise<Model> {
  return functionModel(brightRegion());
}

async function explained(out: string, options: Partial<ExplainDatasetOptions> = {}): Promise<string[]> {
  await using model = await opened();
  const ids: string[] = [];
  const run = explainDataset(model, await openDataset(`${data}:imagenet`), { out, ...OPTIONS, ...options });
  for await (const { id } of run) ids.push(id);
  await run;
  return ids;
}

beforeAll(async () => {
  await writeBrightAndDark(data, ITEMS);
});

describe('a dataset', () => {
  it('is explained item by item, in order, into a folder', async () => {
    const out = folder.at('whole');
    await using model = await opened();
    const counts: number[] = [];
    const run = explainDataset(model, await openDataset(`${data}:imagenet`), {
      out,
      ...OPTIONS,
      onProgress: ({ done }) => counts.push(done),
    });
    const items = [];
    for await (const item of run) items.push(item);
    expect(items.map(({ status }) => status)).toEqual(Array.from({ length: ITEMS }, () => 'ok'));
    const [first] = items;
    expect(first?.truth?.labels).toHaveLength(1);
    expect(first?.targets[0]).toMatchObject({ kind: 'label', box: null });
    const map = await first!.targets[0]!.readMap();
    expect(map?.data).toHaveLength(map!.shape[0] * map!.shape[1]);
    const { progress, summary, interrupted, folder: at } = await run;
    expect({ interrupted, at }).toEqual({ interrupted: false, at: out });
    expect(progress).toEqual({ done: ITEMS, total: ITEMS, before: 0, failed: 0 });
    expect(summary).toMatchObject({ complete: true, items: { explained: ITEMS, annotated: ITEMS } });
    expect(counts.at(0)).toBe(0);
    expect(counts.at(-1)).toBe(ITEMS);
  });

  it('that is stopped goes on, and ends with the same files', async () => {
    const whole = folder.at('unstopped');
    await explained(whole);
    const out = folder.at('stopped');
    await using model = await opened();
    const dataset = await openDataset(`${data}:imagenet`);
    const run = explainDataset(model, dataset, { out, ...OPTIONS });
    let seen = 0;
    for await (const _ of run) if (++seen === 3) run.stop();
    const first = await run;
    expect(first.interrupted).toBe(true);
    expect(first.progress.done).toBeLessThan(ITEMS);
    const again = explainDataset(model, dataset, { out, ...OPTIONS });
    let more = 0;
    for await (const _ of again) more++;
    expect((await again).progress).toMatchObject({ before: first.progress.done, done: ITEMS });
    expect(more).toBe(ITEMS - first.progress.done);
    expect(treeOf(out)).toEqual(treeOf(whole));
  });

  it('that is cancelled keeps what is done', async () => {
    const out = folder.at('cancelled');
    await using model = await opened();
    const run = explainDataset(model, await openDataset(`${data}:imagenet`), { out, ...OPTIONS });
    let seen = 0;
    await expect(
      (async () => {
        for await (const _ of run) if (++seen === 2) run.cancel();
      })(),
    ).rejects.toMatchObject({ kind: 'interrupted' });
    expect((await openExplained(out)).items.length).toBeGreaterThanOrEqual(2);
  });

  it('is explained in part', async () => {
    expect(await explained(folder.at('limited'), { limit: 3 })).toHaveLength(3);
    const shards = [];
    for (const shard of ['1/3', '2/3', '3/3']) {
      shards.push(await explained(folder.at(`shard-${shard[0]!}`), { shard }));
    }
    expect(new Set(shards.flat()).size).toBe(ITEMS);
    expect(shards.flat()).toHaveLength(ITEMS);
    const filtered = await explained(folder.at('filtered'), { filter: 'label=dark' });
    expect(filtered.every((id) => id.startsWith('dark/'))).toBe(true);
  });

  it('has its classes matched by a map that is given', async () => {
    const out = folder.at('mapped');
    await using model = await functionModel(brightRegion({ labels: ['hell', 'dunkel'] }));
    const dataset = await openDataset(`${data}:imagenet`);
    const { summary } = await explainDataset(model, dataset, {
      out,
      ...OPTIONS,
      limit: 2,
      labelMap: { bright: 'hell', dark: ['dunkel'] },
    });
    expect(summary.items.annotated).toBe(2);
    const nowhere = explainDataset(model, dataset, { out: folder.at('no-map'), labelMap: { bright: 'schnell' } });
    await expect(nowhere).rejects.toMatchObject({ kind: 'dataset' });
  });

  it.each([
    ['an unknown folder', () => openDataset(folder.at('nowhere')), { kind: 'dataset' }],
    ['a limit of no items', () => explained(folder.at('none'), { limit: 0 }), { kind: 'usage', option: 'limit' }],
    ['a shard that is none', () => explained(folder.at('none'), { shard: '3/2' }), { kind: 'usage', option: 'shard' }],
    ['a folder that cannot be written', () => explained('/proc/datum'), { kind: 'output' }],
    ['an option that makes no sense', () => explained(folder.at('none'), { maxSamples: -1 }), { kind: 'usage' }],
  ])('refuses %s', async (_, work, error) => {
    await expect(work()).rejects.toMatchObject(error);
    expect(existsSync(folder.at('none/run.json'))).toBe(false);
  });
});

describe('results', () => {
  it('of a dataset are read with their maps and findings', async () => {
    const out = folder.at('read');
    await explained(out);
    const { items, model, method, dataset, findings, folder: at } = await openExplained(out);
    expect({ at, model: model.name, method: method.name, format: dataset?.format }).toEqual({
      at: out,
      model: 'bright-region',
      method: 'rise',
      format: 'imagenet',
    });
    expect(items).toHaveLength(ITEMS);
    expect(items[0]!.targets[0]!.deletion?.auc).toBeGreaterThanOrEqual(0);
    expect(items[0]!.targets[0]!.summary).toMatch(/^(dark|bright) [\d.]+ %: /);
    expect(findings().checks.length).toBeGreaterThan(3);
    rmSync(`${out}/items/${items[0]!.id}`, { recursive: true });
    await expect((await openExplained(out)).items[0]!.targets[0]!.readMap()).rejects.toMatchObject({ kind: 'output' });
  });

  it('of single images are read with the maps that were saved', async () => {
    await using model = await opened();
    const out = folder.at('single');
    const explanation = await explain(model, white(SIZE.width, SIZE.height), OPTIONS);
    await writeExplanation(explanation, out, { name: 'first' });
    await writeExplanation(explanation, out, { name: 'second', save: ['json'] });
    const { items, dataset } = await openExplained(out);
    expect(dataset).toBeNull();
    const [first, second] = items;
    expect(await first!.targets[0]!.readMap()).toEqual(explanation.targets[0]!.map);
    expect(await second!.targets[0]!.readMap()).toBeNull();
    expect(first!.targets[0]!.summary).toBe(explanation.targets[0]!.summary);
    await expect(openExplained(folder.at('nothing'))).rejects.toMatchObject({ kind: 'output' });
  });

  it('become a report, of one folder or of several', async () => {
    const out = folder.at('reported');
    await explained(out);
    const report = await writeReport(out);
    expect(report).toEqual({ path: `${out}/index.html`, images: ITEMS });
    expect(readFileSync(report.path, 'utf8')).toContain('<html');
    const both = await writeReport([out, out], folder.at('both'));
    expect(both.path).toBe(folder.at('both/index.html'));
    await expect(writeReport([])).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('a project', () => {
  it('opens its models and datasets by name', async () => {
    const root = folder.at('project');
    const objects = [
      {
        box: { x: 4, y: 4, width: 20, height: 20 },
        label: 1,
        evidence: { x: 6, y: 6, width: 12, height: 12 },
        height: 0.9,
      },
    ];
    const file = folder.write('ssd.onnx', plantedSsd(SIZE, objects));
    expect((await datum(['create', '-o', root])).code).toBe(0);
    const add = ['model', 'add', 'boxes', '-p', root, '-l', 'onnx', '--', '-d', file, '-i', 'ssd', '--scale', '1/255'];
    expect(await datum(add)).toMatchObject({ code: 0 });
    expect((await datum(['import', '-f', 'imagenet', '-n', 'photos', '-p', root, data])).code).toBe(0);
    const project = await openProject(root);
    expect(project).toMatchObject({ root, models: ['boxes'], sources: ['photos'] });
    await using model = await project.openModel('boxes', { workers: 1 });
    expect(model.info).toMatchObject({ name: 'boxes', interpreter: 'ssd' });
    const [found] = await model.predict(white(SIZE.width * 2, SIZE.height * 2));
    expect(found).toMatchObject({ label: { id: 1 } });
    expect(found!.box).toEqual({
      x: expect.closeTo(8, 3) as number,
      y: expect.closeTo(8, 3) as number,
      width: expect.closeTo(40, 3) as number,
      height: expect.closeTo(40, 3) as number,
    });
    expect((await project.openDataset('photos')).format).toBe('imagenet');
    await expect(project.openModel('other')).rejects.toMatchObject({ kind: 'project' });
    await expect(openProject(folder.at('nowhere'))).rejects.toMatchObject({ kind: 'project' });
  });
});

describe('a map of any origin', () => {
  const image = white(SIZE.width * 2, SIZE.height * 2);
  const inside = (x: number, y: number, scale: number): boolean =>
    x >= REGION.x * scale &&
    x < (REGION.x + REGION.width) * scale &&
    y >= REGION.y * scale &&
    y < (REGION.y + REGION.height) * scale;
  const mapOf = (scale: number, value: (x: number, y: number) => number) => {
    const [height, width] = [SIZE.height * scale, SIZE.width * scale];
    return {
      data: Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
      shape: [height, width] as const,
    };
  };
  const good = (scale: number) => mapOf(scale, (x, y) => (inside(x, y, scale) ? 1 : 0));
  const share = (REGION.width * REGION.height) / (SIZE.width * SIZE.height);

  it.each([1, 2, 3])('is measured at %i times the size of the input: closed form', async (scale) => {
    await using model = await opened();
    const { label, score, deletion, insertion, boundary } = await measure(model, image, {
      map: good(scale),
      label: 'bright',
      metrics: 'full',
    });
    expect({ label, score }).toEqual({ label: { id: 0, name: 'bright' }, score: 1 });
    // The score falls linearly to 0 while the region is removed, and stays there.
    expect(deletion.auc).toBeCloseTo(share / 2, 2);
    expect(insertion.scores[0]).toBeCloseTo(1, 1);
    // The class flips when half of the region is gone.
    expect(boundary?.removed?.share).toBeCloseTo(share / 2, 2);
    expect(boundary?.removed?.to).toEqual({ id: 1, name: 'dark' });
  });

  it('is worse where it marks another place', async () => {
    await using model = await opened();
    const bad = mapOf(1, (x, y) => (inside(x, y, 1) ? 0 : 1));
    const of = async (map: typeof bad): Promise<number> => (await measure(model, image, { map })).deletion.auc;
    expect(await of(bad)).toBeGreaterThan((await of(good(1))) + 0.5);
  });

  it('points at an object that is given, or does not', async () => {
    await using model = await opened();
    const object = { x: REGION.x * 2, y: REGION.y * 2, width: REGION.width * 2, height: REGION.height * 2 };
    const at = await measure(model, image, { map: good(1), truth: [object] });
    expect(at.pointing).toBe(true);
    expect(at.energyInObject).toBeCloseTo(1, 5);
    const elsewhere = await measure(model, image, { map: good(1), truth: [{ x: 0, y: 50, width: 10, height: 10 }] });
    expect(elsewhere).toMatchObject({ pointing: false, energyInObject: 0 });
    expect(await measure(model, image, { map: good(1) })).toMatchObject({ pointing: null, energyInObject: null });
  });

  it('measures a map of this tool as its own run did', async () => {
    await using model = await opened();
    const gradient = paint(SIZE.width, SIZE.height, (x) => [200 + x, 200, 200]);
    const explanation = await explain(model, gradient, { maxSamples: 300, stopAt: 'off', metrics: 'full' });
    const [target] = explanation.targets;
    const measured = await measure(model, gradient, { map: target!.map, metrics: 'full' });
    expect(measured.deletion).toEqual(target!.deletion);
    expect(measured.insertion).toEqual(target!.insertion);
    expect(measured.boundary).toEqual(target!.boundary);
  });

  it.each([
    ['values that are no numbers', { map: { data: [NaN, 1], shape: [1, 2] as const } }, /row 0, column 0/],
    ['another shape than its values', { map: { data: [1, 2, 3], shape: [2, 2] as const } }, /3 values/],
    ['a class that there is not', { map: good(1), label: 'gray' }, /gray/],
  ])('is refused with %s', async (_, options, message) => {
    await using model = await opened();
    await expect(measure(model, image, options)).rejects.toThrow(message);
  });

  it('is of a box for a detector', async () => {
    const objects = [
      {
        box: { x: 4, y: 4, width: 20, height: 20 },
        label: 1,
        evidence: { x: 6, y: 6, width: 12, height: 12 },
        height: 0.9,
      },
    ];
    const file = folder.write('measured.onnx', plantedSsd(SIZE, objects));
    await using model = await openModel(file, {
      workers: 1,
      interpreter: 'ssd',
      scale: 1 / 255,
      labels: ['none', 'thing'],
    });
    const [found] = await model.predict(image);
    expect(found?.label.name).toBe('thing');
    const map = mapOf(1, (x, y) => (x >= 6 && x < 18 && y >= 6 && y < 18 ? 1 : 0));
    const measured = await measure(model, image, { map, box: found!.box!, label: 'thing' });
    expect(measured).toMatchObject({ label: { name: 'thing' }, pointing: true });
    expect(measured.deletion.auc).toBeLessThan(0.3);
  });
});

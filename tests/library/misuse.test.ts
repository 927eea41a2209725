/** What people do wrong with the library: each is told in one sentence, and nothing hangs, aborts or answers nonsense. */
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  DatumError,
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
  type FunctionModelOptions,
} from '../../src/index.js';
import { start } from '../helpers/built.js';
import { white } from '../helpers/images.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { answers, brightRegion, REGION, SIZE } from './bright-region.js';

const folder = tempFolder();
const image = white(SIZE.width, SIZE.height);
/** As a caller in plain JavaScript passes it. */
const any = (value: unknown): never => value as never;
const half = (_: Float32Array, [count = 0]: readonly number[]): Float32Array => new Float32Array(count * 2).fill(0.5);

describe('a function model', () => {
  it.each<[string, unknown, string]>([
    ['no options', undefined, 'options'],
    ['no input', { run: half }, 'input'],
    ['no run', { input: SIZE }, 'run'],
    ['a width of 0', brightRegion({ input: { width: 0, height: 4 } }), 'input'],
    ['a huge width', brightRegion({ input: { width: 1e9, height: 4 } }), 'input'],
    ['an unknown option', { ...brightRegion(), lane: 2 }, 'lane'],
    ['an unknown option of the input', brightRegion({ input: any({ ...SIZE, sclae: 2 }) }), 'sclae'],
    ['a divisor of 0', brightRegion({ input: { ...SIZE, std: 0 } }), 'std'],
    ['no lanes', brightRegion({ lanes: 0 }), 'lanes'],
    ['lanes that are no number', brightRegion({ lanes: NaN }), 'lanes'],
    ['labels that are no texts', brightRegion({ labels: any([1, 2]) }), 'labels'],
    ['an interpreter that is none', brightRegion({ interpreter: any({ name: 'x' }) }), 'interpreter'],
    ['masks, which a function cannot take', brightRegion({ takes: any('masks') }), 'takes'],
  ])('is refused with %s', async (_, options, name) => {
    const error: unknown = await functionModel(any(options)).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(DatumError);
    expect(error).toMatchObject({ kind: 'usage' });
    expect(String(error)).toContain(name);
    expect(String(error)).not.toContain('\n');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a bare array', new Float32Array(2)],
    ['no outputs', {}],
    ['an output that is null', { scores: null }],
    ['an output without a shape', { scores: { data: new Float32Array(2) } }],
    ['fewer numbers than the shape says', { scores: { data: [1], shape: [1, 2] } }],
    ['a negative shape', { scores: { data: [1, 2], shape: [-1, -2] } }],
    ['texts', { scores: { data: ['a', 'b'], shape: [1, 2] } }],
  ])('is refused that answers %s', async (_, answer) => {
    const opened = functionModel(brightRegion({ run: () => any(answer) }));
    await expect(opened).rejects.toMatchObject({ kind: 'model' });
    await expect(opened).rejects.toThrow(/^the function bright-region answered /);
  });

  it('is refused that answers otherwise later', async () => {
    let calls = 0;
    const classes = (): number => (++calls > 6 ? 3 : 2);
    const run: FunctionModelOptions['run'] = (_, [count = 0]) => {
      const columns = classes();
      return { scores: { data: new Float32Array(count * columns).fill(1 / columns), shape: [count, columns] } };
    };
    await using model = await functionModel(brightRegion({ run }));
    await expect(explain(model, image, { maxSamples: 2000, stopAt: 'off' })).rejects.toThrow(
      /and with 2 axes ending in 2 before/,
    );
  });

  it('may write its arrays again in every call, and answer with plain arrays', async () => {
    const kept = new Float32Array(4096);
    const reusing = brightRegion({
      run: (data, shape) => {
        const scores = answers(data, shape);
        kept.fill(0).set(scores);
        return { scores: { data: kept.subarray(0, scores.length), shape: [shape[0] ?? 0, 2] } };
      },
    });
    const plain = brightRegion({
      run: (data, shape) => ({ scores: any({ data: Array.from(answers(data, shape)), shape: [shape[0] ?? 0, 2] }) }),
    });
    const options = { maxSamples: 64, stopAt: 'off' } as const;
    const maps = [];
    for (const made of [brightRegion(), reusing, plain]) {
      await using model = await functionModel(made);
      const [target] = (await explain(model, image, options)).targets;
      expect(target?.score).toBe(1);
      maps.push(target!.map.data);
    }
    expect(maps[1]).toEqual(maps[0]);
    expect(maps[2]).toEqual(maps[0]);
  });

  it('takes one mean and one deviation for all channels', async () => {
    await using model = await functionModel(brightRegion({ input: { ...SIZE, mean: 0, std: 1 } }));
    expect((await model.predict(image))[0]?.score).toBe(1);
  });

  it('that never answers can be left', async () => {
    let calls = 0;
    const never = brightRegion({
      run: (data, shape) => {
        if (++calls > 4) return new Promise(() => undefined);
        return { scores: { data: answers(data, shape), shape: [shape[0] ?? 0, 2] } };
      },
    });
    const model = await functionModel(never);
    const run = explain(model, image);
    await setTimeout(50);
    run.cancel();
    await expect(run).rejects.toMatchObject({ kind: 'interrupted' });
    await model.close();
  });
});

describe('an image', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an object', {}],
    ['no pixels', { width: 0, height: 0, data: new Uint8Array() }],
    ['too few bytes', { width: 10, height: 10, data: new Uint8Array(5) }],
    ['a size that there is not', { width: 1e6, height: 1e6, data: new Uint8Array(3) }],
  ])('is refused that is %s', async (_, wrong) => {
    await using model = await functionModel(brightRegion());
    await expect(model.predict(any(wrong))).rejects.toMatchObject({ kind: 'image' });
    await expect(explain(model, any(wrong))).rejects.toMatchObject({ kind: 'image' });
  });
});

describe('arguments', () => {
  it.each<[string, () => unknown]>([
    ['explain without a model', () => explain(any(undefined), image)],
    ['explain with a path for a model', () => explain(any('model.onnx'), image)],
    ['openModel without a path', () => openModel(any(undefined))],
    ['openModel with an empty path', () => openModel('')],
    ['openModel with labels that are a number', () => openModel('m.onnx', { labels: any(5) })],
    ['openModel with a launcher that is a number', () => openModel('m.onnx', { launcher: any(5) })],
    ['openDataset without a path', () => openDataset(any(undefined))],
    ['openExplained without a path', () => openExplained(any(undefined))],
    ['openProject with a number', () => openProject(any(5))],
    ['writeReport without folders', () => writeReport(any(undefined))],
    ['writeExplanation of nothing', () => writeExplanation(any(null), 'out')],
  ])('%s: a usage error', async (_, call) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(DatumError);
    expect(error).toMatchObject({ kind: 'usage' });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a method that is null', { method: null }],
    ['kinds that are none', { kinds: [{}] }],
    ['an onProgress that is a number', { onProgress: 5 }],
    ['a signal that is none', { signal: {} }],
    ['a level of metrics that there is not', { metrics: 'all' }],
    ['an interval that is no number', { snapshotInterval: NaN }],
    ['an option that there is not', { maxSample: 5 }],
  ])('explain with %s: a usage error', async (_, options) => {
    await using model = await functionModel(brightRegion());
    const error: unknown = await Promise.resolve()
      .then(() => explain(model, image, any(options)))
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(DatumError);
    expect(error).toMatchObject({ kind: 'usage' });
  });

  it.each<[string, unknown]>([
    ['no map', {}],
    ['a map without a shape', { map: new Float32Array(4) }],
    ['a truth that is one box', { map: { data: [1], shape: [1, 1] }, truth: { x: 0, y: 0, width: 1, height: 1 } }],
    ['a box without area', { map: { data: [1], shape: [1, 1] }, box: { x: 0, y: 0, width: 0, height: 1 } }],
    ['no metrics', { map: { data: [1], shape: [1, 1] }, metrics: 'none' }],
  ])('measure with %s: a usage error', async (_, options) => {
    await using model = await functionModel(brightRegion());
    await expect(measure(model, image, any(options))).rejects.toMatchObject({ kind: 'usage' });
  });

  it('explainDataset without a folder or a dataset: a usage error', async () => {
    await using model = await functionModel(brightRegion());
    const dataset = { items: () => [], labelNames: [] };
    expect(() => explainDataset(model, any(dataset), any({}))).toThrow(DatumError);
    expect(() => explainDataset(model, any('data'), { out: folder.at('x') })).toThrow('this is no dataset');
    expect(() => explainDataset(model, any(dataset), { out: folder.at('x'), save: any(['foo']) })).toThrow(DatumError);
    const explanation = await explain(model, image, { maxSamples: 8 });
    await expect(writeExplanation(explanation, folder.at('x'), { save: any(['foo']) })).rejects.toMatchObject({
      kind: 'usage',
    });
  });
});

describe('closing a model', () => {
  it('while a run goes on cancels the run first: threads do not take the process with them', async () => {
    const file = folder.write('model.onnx', plantedClassifier(SIZE, REGION));
    const program = `
      import { explain, openModel } from ${JSON.stringify(pathToFileURL('dist/index.js').href)};
      const model = await openModel(${JSON.stringify(file)}, { interpreter: 'classification', scale: 1 / 255 });
      const image = { width: 48, height: 32, data: new Uint8Array(48 * 32 * 3).fill(200) };
      const run = explain(model, image, { maxSamples: 1e7, stopAt: 'off', snapshotInterval: 10 });
      for await (const _ of run) break;
      await model.close();
      console.log(await run.catch(({ kind }) => kind));
    `;
    const { code, stdout, stderr } = await start(process.execPath, [folder.write('closing.mjs', program)]).ended;
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'interrupted\n', stderr: '' });
  });

  it('of a function ends its runs', async () => {
    const model = await functionModel(brightRegion());
    const run = explain(model, image, { maxSamples: 1e9, stopAt: 'off' });
    await setTimeout(20);
    await model.close();
    await expect(run).rejects.toMatchObject({ kind: 'interrupted', cause: 'the model was closed' });
  });
});

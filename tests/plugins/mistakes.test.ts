/** What authors get wrong is said in one sentence that names their module. */
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../src/datasets/index.js';
import { functionModel, type FunctionModelOptions } from '../../src/models/function-model.js';
import { openModel } from '../../src/models/open.js';
import { openImage } from '../../src/runs/open-image.js';
import { explainImage } from '../../src/runs/explain.js';
import { loadMethod } from '../../src/runs/load-method.js';
import { datum } from '../helpers/cli.js';
import { paint, png } from '../helpers/images.js';
import { plantedClassifier } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const image = paint(8, 6, (x, y) => [20 * x, 30 * y, 90]);
const onnx = folder.write('m.onnx', plantedClassifier({ width: 8, height: 6 }, { x: 1, y: 1, width: 4, height: 3 }));

async function refused(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'DatumError' });
  const { message } = error as Error;
  expect(message).toMatch(/^[^\n]+\.$/);
  return message.replaceAll(folder.path, '');
}

async function explained(model: Awaited<ReturnType<typeof openModel>>, method?: Parameters<typeof loadMethod>[0]) {
  try {
    const run = explainImage(model, await openImage(image), {
      given: { maxSamples: 8 },
      ...(method === undefined ? {} : { method: await loadMethod(method) }),
    });
    for (;;) {
      const next = await run.next();
      if (next.done === true) return next.value.explanation;
    }
  } finally {
    await model.close();
  }
}

describe('a module', () => {
  it.each([
    ['none.js', null, 'there is no readable file /none.js: check the path given with launcher.'],
    [
      'other.js',
      'export const launch = 1;',
      '/other.js exports no launcher: export const launcher = { name, open(options) { return { signature, run } } }.',
    ],
    ['half.ts', "export const launcher = { name: 'half' };", '/half.ts exports no launcher: '],
    ['syntax.js', 'export const launcher = {\n  name: ;', '/syntax.js does not load: '],
    ['throws.mjs', "throw new Error('no luck');", '/throws.mjs does not load: no luck, in line 1.'],
  ])('%s', async (name, text, message) => {
    const path = folder.at(name);
    if (text !== null) folder.write(name, text);
    expect(await refused(openModel({ description: onnx, launcher: path }))).toContain(message);
  });

  it('may be CommonJS, a default export, and import this package and zod wherever it lies', async () => {
    const text = `const { iou } = require('datum-explain/annotations');
      module.exports = { name: 'common', open: () => ({
        signature: { inputs: [{ name: 'x', shape: ['N', 3, 6, 8] }], outputs: [{ name: 'y', shape: ['N', 2] }] },
        run: ({ x }) => ({ y: { data: new Float32Array(2 * x.shape[0]).fill(typeof iou === 'function' ? 0.5 : 0), shape: [x.shape[0], 2] } }),
      }) };`;
    const config = { description: onnx, launcher: folder.write('common.js', text), interpreter: 'classification' };
    const { targets } = await explained(await openModel(config, { workers: 1 }));
    expect(targets[0]!.score).toBe(0.5);
    const method = `import { z } from 'zod';
      import { Label } from 'datum-explain/annotations';
      export default { name: 'm', options: z.object({ x: z.number().default(new Label(3).id) }), plan: () => ({ most: 1, draw() {} }) };`;
    expect((await loadMethod(folder.write('m.ts', method))).options.parse({})).toEqual({ x: 3 });
  });

  it('of another kind', async () => {
    const path = folder.write('wrong.js', 'export const x = 1;');
    expect(await refused(loadMethod(path))).toContain(
      '/wrong.js exports no method: export const method = { name, plan',
    );
    expect(await refused(openDataset(folder.path, { format: path }))).toContain('/wrong.js exports no format: ');
    expect(await refused(openModel({ description: onnx, interpreter: path }))).toContain('or export an interpreter');
    expect(await refused(loadMethod('lime'))).toBe(
      "there is no method 'lime': choose from rise, occlusion, superpixels, or give the path of a module.",
    );
  });
});

describe('a launcher', () => {
  const opened = (open: Parameters<typeof openModel>[1]) =>
    openModel({ description: '/x.bin', interpreter: 'classification' }, open);
  const signature = { inputs: [{ name: 'x', shape: [1, 3, 6, 8] }], outputs: [{ name: 'y', shape: [1, 2] }] };
  it.each([
    [
      'throws',
      () => {
        throw new Error('out of luck');
      },
      'the launcher mine failed where it opens /x.bin: out of luck.',
    ],
    ['gives no output', () => ({ signature, run: () => ({}) }), "the launcher mine gave no output 'y' for /x.bin"],
    [
      'gives another shape',
      () => ({ signature, run: () => ({ y: { data: new Float32Array(3), shape: [1, 2] } }) }),
      "the launcher mine gave 3 values of 'y' in the shape [1,2] for /x.bin",
    ],
  ])('that %s', async (_, open, message) => {
    expect(await refused(opened({ launcher: { name: 'mine', open } }))).toContain(message);
  });

  it('that opens nothing, in a thread', async () => {
    const launcher = folder.write('nothing.js', "export const launcher = { name: 'mine', open: () => ({}) };");
    expect(await refused(openModel({ description: onnx, launcher }))).toBe(
      'the launcher mine opened /m.onnx without a signature or without run(): open() returns { signature, run(feeds) }.',
    );
  });

  it('that has no such option', async () => {
    const launcher = { name: 'mine', open: () => ({ signature, run: () => ({}) }) };
    expect(await refused(openModel({ description: '/x.bin', engine: 'a' }, { launcher }))).toBe(
      'the launcher mine has no engine to choose: leave engine out.',
    );
    expect(await refused(openModel({ description: onnx, weights: '/w.bin' }))).toBe(
      'the launcher onnx has no weights to choose: leave weights out.',
    );
  });
});

describe('a function that reads outputs', () => {
  const model = (interpreter: NonNullable<FunctionModelOptions['interpreter']>) =>
    functionModel({
      input: { width: 8, height: 6 },
      labels: ['a', 'b'],
      interpreter,
      run: (_, [count = 0]) => ({ y: { data: new Float32Array(2 * count).fill(0.5), shape: [count, 2] } }),
    });

  it('may answer later, in each of the forms, and knows its batch', async () => {
    const seen: unknown[] = [];
    const { targets } = await explained(
      await model(async (outputs, { count, pixels, input, labels }) => {
        await Promise.resolve();
        seen.push(input, labels, pixels().shape.slice(1));
        const forms = [[{ label: 1, score: 0.75 }], { scores: Float32Array.of(0, 0.75), proposals: null }];
        return Array.from({ length: count }, (_, i) => forms[(outputs['y']!.data.length + i) % 2]!);
      }),
    );
    expect(targets[0]).toMatchObject({ label: { id: 1, name: 'b' } });
    expect(targets[0]!.score).toBe(0.75);
    expect(seen.slice(0, 3)).toEqual([{ width: 8, height: 6 }, ['a', 'b'], [6, 8, 3]]);
  });

  it('by path may answer later too, in threads', async () => {
    const text = `export default async function later({ scores }, { count }) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return Array.from({ length: count }, (_, i) => [{ label: 0, score: scores.data[2 * i] }]);
    }`;
    const config = { description: onnx, interpreter: folder.write('later.mjs', text) };
    const { model: info } = await explained(await openModel(config, { workers: 2 }));
    expect(info.interpreter).toContain('later.mjs');
  });

  it.each<[string, NonNullable<FunctionModelOptions['interpreter']>, string]>([
    ['too few', () => [], 'the function interpreter returned 0 results for 1 image: '],
    ['NaN', () => [[{ label: 0, score: NaN }]], 'gave NaN as the score of annotation 0 of image 0'],
    ['half a class', () => [[{ label: 0.5, score: 1 }]], 'gave 0.5 as the label of annotation 0 of image 0'],
    [
      'no box',
      () => [[{ label: 0, box: { x: 0, y: 0, width: NaN, height: 1 } }]],
      'gave NaN as the width of annotation 0',
    ],
    [
      'an error',
      () => {
        throw new Error('oh.');
      },
      'the function interpreter failed: oh.',
    ],
    ['an error later', () => Promise.reject(new Error('oh')), 'the function interpreter failed: oh.'],
    [
      'a family that throws',
      {
        name: 'mine',
        create: () => ({
          decode: () => {
            throw new Error('oh');
          },
        }),
      },
      'the interpreter mine failed: oh.',
    ],
  ])('%s', async (_, interpreter, message) => {
    const named =
      typeof interpreter === 'function'
        ? Object.defineProperty(interpreter, 'name', { value: 'interpreter' })
        : interpreter;
    expect(await refused(model(named).then((one) => explained(one)))).toContain(message);
  });

  it('a family by path recognises, and has its options', async () => {
    const text = `export const interpreter = { name: 'mine', task: 'classification',
      recognise: ({ signature }) => ({ confidence: 'certain', options: { first: signature.outputs[0].name } }),
      create: ({ options }) => ({ decode: (outputs, { count }) => Array.from({ length: count }, (_, i) => [{ label: 0, score: outputs[options.first].data[2 * i] }]) }) };`;
    const opened = await openModel({ description: onnx, interpreter: folder.write('family.js', text) }, { workers: 1 });
    expect(opened.info).toMatchObject({
      interpreter: 'mine',
      task: 'classification',
      interpreterOptions: { first: 'scores' },
    });
    expect((await explained(opened)).targets[0]!.label!.id).toBe(0);
  });
});

describe('a method', () => {
  const open = () => openModel({ description: onnx, interpreter: 'classification' }, { workers: 1 });
  it.each<[string, Parameters<typeof loadMethod>[0], string]>([
    [
      'without masks',
      { name: 'mine', plan: () => ({ most: 0, draw: () => undefined }) },
      'the method mine plans 0 masks',
    ],
    [
      'that throws',
      {
        name: 'mine',
        plan: () => ({
          most: 3,
          draw: () => {
            throw new Error('oh');
          },
        }),
      },
      'the method mine failed: oh.',
    ],
    [
      'with a small map',
      { name: 'mine', plan: () => ({ most: 3, draw: (_, out) => out.fill(1), map: () => new Float32Array(2) }) },
      'the method mine made a map that is no Float32Array of 8 x 6 finite numbers',
    ],
  ])('%s', async (_, method, message) => {
    expect(
      await refused(open().then((model) => explained(model, method).then(({ targets }) => targets[0]!.renderMap()))),
    ).toContain(message);
  });

  it('whose option is a flag of every method', async () => {
    const text = `import { z } from 'zod';
      export const method = { name: 'mine', options: z.object({ workers: z.number().default(1) }), plan: () => ({ most: 1, draw() {} }) };`;
    const photo = folder.write('photo.png', await png(image));
    const path = folder.write('taken.js', text);
    expect(await datum(['explain', photo, '-m', onnx, path])).toMatchObject({
      code: 2,
      stderr:
        'datum: the method mine has an option workers, and --workers is a flag of every method: give it another name.\n',
    });
  });
});

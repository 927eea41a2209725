import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/launchers/types.js';
import { loadScript } from '../../src/interpreters/script/script.js';
import type { DecodedBatch, DecoderContext } from '../../src/interpreters/contract/types.js';
import { batchOf, contextOf, tensor } from './helpers.js';

const examples = fileURLToPath(new URL('../../examples/scripts/', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'datum-script-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a script, loads it and lets it answer for one image. */
async function answer(
  name: string,
  source: string,
  outputs: Record<string, Tensor> = { out: tensor([1, 2], [0.25, 0.75]) },
  batch: DecodedBatch = batchOf(1, { width: 4, height: 2 }),
  context: DecoderContext = contextOf({ width: 4, height: 2 }),
) {
  const path = join(folder, name);
  writeFileSync(path, source);
  return (await loadScript(path)).create(context).decode(outputs, batch);
}

describe('the scripts of the documentation', () => {
  it('classification.ts turns logits into probabilities', async () => {
    const script = await loadScript(join(examples, 'classification.ts'));
    const [first, second] = script
      .create(contextOf({ width: 4, height: 2 }))
      .decode({ logits: tensor([2, 2], [0, Math.log(3), 5, 5]) }, batchOf(2, { width: 4, height: 2 }));
    expect(Array.from(first!.scores!)).toEqual([0.25, 0.75]);
    expect(Array.from(second!.scores!)).toEqual([0.5, 0.5]);
    expect(first!.proposals).toBeNull();
  });

  it('classification.ts leaves probabilities as they are', async () => {
    const script = await loadScript(join(examples, 'classification.ts'));
    const [only] = script
      .create(contextOf({ width: 4, height: 2 }))
      .decode({ prob: tensor([1, 3], [0.75, 0.25, 0]) }, batchOf(1, { width: 4, height: 2 }));
    expect(Array.from(only!.scores!)).toEqual([0.75, 0.25, 0]);
  });

  it('take the mean of Caffe from IR that was converted without it for a classifier, not for a detector', async () => {
    const script = await loadScript(join(examples, 'detection-ssd.ts'));
    const meanFor = (shape: number[]): readonly number[] =>
      script.preprocessing(
        {
          signature: {
            inputs: [{ name: 'data', type: 'float32', shape: ['N', 3, 8, 8] }],
            outputs: [{ name: 'out', type: 'float32', shape }],
            metadata: {
              'datum.format': 'openvino-ir',
              'conversion_parameters.framework': 'caffe',
              'conversion_parameters.mean_values': '()',
            },
          },
          labels: null,
          sample: null,
          input: null,
        },
        {},
      ).mean;
    expect(meanFor([1, 1000])).toEqual([104, 117, 123]);
    expect(meanFor([1, 1000, 1, 1])).toEqual([104, 117, 123]);
    expect(meanFor([1, 1, 200, 7])).toEqual([0]);
  });

  it('detection-ssd.ts gives boxes in pixels of the input, none left out', async () => {
    const script = await loadScript(join(examples, 'detection-ssd.ts'));
    const rows = [0, 3, 0.9, 0.25, 0.5, 0.75, 1, 0, 1, 0.01, 0, 0, 0.5, 0.5];
    const [prediction] = script
      .create(contextOf({ width: 100, height: 50 }))
      .decode({ detection_out: tensor([1, 1, 2, 7], rows) }, batchOf(1, { width: 100, height: 50 }));
    expect(prediction!.scores).toBeNull();
    expect(prediction!.proposals!.count).toBe(2);
    expect(Array.from(prediction!.proposals!.boxes)).toEqual([25, 25, 75, 50, 0, 0, 50, 25]);
    const { classes } = prediction!.proposals!;
    if (classes.kind !== 'single') throw new Error('expected single classes');
    expect(Array.from(classes.labels)).toEqual([3, 1]);
    expect(classes.scores[1]).toBeCloseTo(0.01);
  });
});

describe('a script', () => {
  it('may be JavaScript and may answer with plain objects', async () => {
    const [prediction] = await answer('plain.mjs', 'export const processOutputs = () => [[{ id: 2, score: 0.5 }]];');
    expect(Array.from(prediction!.scores!)).toEqual([0, 0, 0.5]);
  });

  it('may export with module.exports', async () => {
    const source =
      'module.exports = { processOutputs: () => [[{ x: -1, y: 0, width: 2, height: 3, label: 1, score: 0.5 }]] };';
    const [prediction] = await answer('common.js', source);
    expect(Array.from(prediction!.proposals!.boxes)).toEqual([-1, 0, 1, 3]);
  });

  it('finds datum-explain/annotations wherever it lies, as the same module', async () => {
    const source = `import { Bbox, iou, nms } from 'datum-explain/annotations';
      export function processOutputs(inputs: unknown, outputs: { data: Float32Array }) {
        return [nms([new Bbox(0, 0, 2, 2, { score: outputs.data[0] }), new Bbox(0, 0, 2, 2, { score: 0.9 })], 0.5)];
      }`;
    const [prediction] = await answer('imports.ts', source);
    expect(prediction!.proposals!.count).toBe(1);
  });

  it('sees the input pixels only when it asks for them', async () => {
    let asked = 0;
    const batch = {
      ...batchOf(1, { width: 4, height: 2 }),
      pixels: () => {
        asked += 1;
        return tensor([1, 2, 4, 3], new Array<number>(24).fill(7));
      },
    };
    const lazy = 'export const processOutputs = () => [[{ id: 0 }]];';
    await answer('lazy.js', lazy, undefined, batch);
    expect(asked).toBe(0);
    const eager = 'export const processOutputs = (inputs) => [[{ id: 0, score: inputs.data[0] * inputs.shape[2] }]];';
    const [prediction] = await answer('eager.js', eager, undefined, batch);
    expect(prediction!.scores![0]).toBe(28);
  });

  it('gets several outputs by name and one output as it is', async () => {
    const source = 'export const processOutputs = (_, { a, b }) => [[{ id: 0, score: a.data[0] + b.data[0] }]];';
    const outputs = { a: tensor([1, 1], [0.25]), b: tensor([1, 1], [0.5]) };
    const [prediction] = await answer('several.js', source, outputs);
    expect(prediction!.scores![0]).toBe(0.75);
  });

  it('keeps score vectors as long as the longest so far', async () => {
    const path = join(folder, 'growing.js');
    writeFileSync(path, 'export const processOutputs = (_, o) => [[{ id: o.data[0], score: 1 }]];');
    const decoder = (await loadScript(path)).create(contextOf({ width: 4, height: 2 }));
    const batch = batchOf(1, { width: 4, height: 2 });
    decoder.decode({ out: tensor([1], [4]) }, batch);
    expect(decoder.decode({ out: tensor([1], [1]) }, batch)[0]!.scores).toHaveLength(5);
  });

  it('names its classes with getCategories', async () => {
    const path = join(folder, 'named.js');
    const rest = 'export const processOutputs = () => [[]];';
    writeFileSync(path, `${rest} export const getCategories = () => ['cat', { name: 'dog', parent: '' }];`);
    expect((await loadScript(path)).categories).toEqual(['cat', 'dog']);
    writeFileSync(path, `${rest} export const getCategories = () => ({ cat: 0 });`);
    await expect(loadScript(path)).rejects.toThrow('must return an array of class names');
  });

  it('prepares the image itself with preprocess, waited for', async () => {
    const path = join(folder, 'prepares.js');
    const write = (body: string): void => {
      writeFileSync(
        path,
        `export const processOutputs = () => [[]]; export async function preprocess(image) { ${body} }`,
      );
    };
    const image = tensor([2, 1, 3], [1, 2, 3, 4, 5, 6]);
    write('return { data: image.data.map((v) => v / 2), shape: [1, ...image.shape] };');
    expect(await (await loadScript(path)).preprocess!(image)).toEqual(tensor([2, 1, 3], [0.5, 1, 1.5, 2, 2.5, 3]));
    write('return { data: [1, 4, 2, 5, 3, 6], shape: [3, 2, 1] };');
    expect((await (await loadScript(path)).preprocess!(image)).shape).toEqual([3, 2, 1]);
    write('return { data: image.data, shape: [6] };');
    await expect((await loadScript(path)).preprocess!(image)).rejects.toThrow(
      `${path} returned the shape [6]: return { data, shape } with shape [H, W, C] or [C, H, W], H x W being 2 x 1.`,
    );
    write('return image.data;');
    await expect((await loadScript(path)).preprocess!(image)).rejects.toThrow('did not return an image');
    write('return { data: [NaN, 0, 0, 0, 0, 0], shape: [2, 1, 3] };');
    await expect((await loadScript(path)).preprocess!(image)).rejects.toThrow('not finite');
  });
});

describe('a mistake in a script is one sentence that names it', () => {
  it.each([
    [
      'throws.js',
      'export const processOutputs = () => { throw new Error("no such layer\\nmore"); };',
      'failed: no such layer, in line 1.',
    ],
    ['async.js', 'export const processOutputs = async () => [[]];', 'make it a plain function'],
    ['missing.js', 'export const other = 1;', 'does not export a function processOutputs'],
    ['number.js', 'export const processOutputs = 1;', 'processOutputs of the script'],
    ['syntax.ts', 'const a = 1;\nexport const processOutputs = (;', 'in line 2.'],
    ['import.ts', 'import "no-such-package"; export const processOutputs = () => [[]];', 'does not load'],
    ['object.js', 'export const processOutputs = () => ({});', 'did not return an array'],
    ['count.js', 'export const processOutputs = () => [[], []];', 'returned 2 results for 1 image:'],
    ['flat.js', 'export const processOutputs = () => [{ id: 0 }];', 'returned no array for image 0'],
    ['other.js', 'export const processOutputs = () => [[3]];', 'neither a Label nor a Bbox as annotation 0 of image 0'],
    ['nan.js', 'export const processOutputs = () => [[{ id: 0, score: NaN }]];', 'NaN as the score of annotation 0'],
    ['infinite.js', 'export const processOutputs = () => [[{ x: 0, y: 0, w: 1 / 0, h: 1 }]];', 'Infinity as the w of'],
    ['id.js', 'export const processOutputs = () => [[{ id: -1 }]];', 'gave -1 as the id of annotation 0'],
    ['text.js', 'export const processOutputs = () => [[{ id: 0, score: "1" }]];', 'it must be a finite number'],
  ])('%s', async (name, source, message) => {
    const failure = answer(name, source);
    await expect(failure).rejects.toMatchObject({ name: 'DatumError', kind: 'interpreter' });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(join(folder, name));
    await expect(failure).rejects.toThrow(/^[^\n]*\.$/);
  });

  it('a file that is not there, or no script', async () => {
    await expect(loadScript('/no/such.ts')).rejects.toThrow('there is no readable file /no/such.ts');
    await expect(loadScript(join(folder, 'notes.txt'))).rejects.toThrow('ends in .js, .mjs, .ts');
  });
});

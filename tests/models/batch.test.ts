/** How many images a model is given at once is told by running it, not by what exporters call its axes. */
import { afterAll, describe, expect, it } from 'vitest';
import { functionModel } from '../../src/models/function-model.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { describeFacts } from '../../src/report/words/model-facts.js';
import { explain } from '../helpers/explain.js';
import { speckled } from '../helpers/images.js';
import { buildOnnx } from '../helpers/onnx-graph.js';
import { regionMean } from '../helpers/planted.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { answers, brightRegion, REGION, SIZE } from '../library/bright-region.js';

const folder = tempFolder();
const image = speckled(SIZE.width, SIZE.height);
const OPTIONS = { maxSamples: 48, stopAt: 'off' } as const;
const opened: OpenModel[] = [];
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
});

async function kept(model: Promise<OpenModel>): Promise<OpenModel> {
  opened.push(await model);
  return model;
}

async function mapOf(model: OpenModel): Promise<Float32Array> {
  return (await explain(model, image, OPTIONS)).targets[0]!.renderMap();
}

describe('a model that leaves its batch open', () => {
  it('is read as a classifier, though its output has another symbol than its input', async () => {
    const named = (input: string, output: string): Uint8Array =>
      buildOnnx([input, 3, SIZE.height, SIZE.width], [output, 1], (g, x) =>
        g.node('Reshape', [regionMean(g, x, REGION), g.ints([-1, 1])]),
      );
    for (const [input, output] of [
      ['N', 'N'],
      ['unk__24', 'unk__25'],
    ] as const) {
      const file = folder.write(`${output}.onnx`, named(input, output));
      const model = await kept(openModel({ description: file, scale: 1 / 255, mean: [0], std: [1] }, { workers: 1 }));
      expect(model.info).toMatchObject({
        interpreter: 'classification',
        input: { batch: null },
        facts: { batch: null },
      });
    }
  });

  it('and fails with two images is given one at a time, which is said', async () => {
    const baked = brightRegion({
      run: (data, shape) => {
        if (shape[0] !== 1) throw new Error('cannot reshape');
        return { scores: { data: answers(data, shape), shape: [1, 2] } };
      },
    });
    const one = await kept(functionModel(baked));
    expect(one.info).toMatchObject({ input: { batch: 1 }, facts: { batch: 'fails' } });
    expect(describeFacts(one.info.facts).at(-1)).toMatch(/^batch: one image a run, since the model fails with two/);
    const any = await kept(functionModel(brightRegion()));
    expect(any.info).toMatchObject({ input: { batch: null }, facts: { batch: null } });
    expect(await mapOf(one)).toEqual(await mapOf(any));
  });

  it('and answers two images as one is given one at a time', async () => {
    const joining = buildOnnx(['N', 3, SIZE.height, SIZE.width], ['M', 'C'], (g, x) => {
      const rows = g.node('Reshape', [regionMean(g, x, REGION), g.ints([-1, 1])]);
      return g.node('Reshape', [g.node('Concat', [rows, g.node('Neg', [rows])], { axis: 1 }), g.ints([1, -1])]);
    });
    const file = folder.write('joining.onnx', joining);
    const model = await kept(openModel({ description: file }, { workers: 1, labels: ['yes', 'no'] }));
    expect(model.info).toMatchObject({ interpreter: 'classification', input: { batch: 1 }, facts: { batch: 'fails' } });
  });

  it('and answers otherwise beside other images is given one at a time, which is said', async () => {
    const coupled = brightRegion({
      run: (data, shape) => {
        const scores = answers(data, shape);
        // As where a scale is computed from the whole batch.
        const largest = Math.max(...scores);
        return {
          scores: { data: scores.map((score) => Math.round((score / largest) * 20) / 20), shape: [shape[0]!, 2] },
        };
      },
    });
    const model = await kept(functionModel(coupled));
    expect(model.info).toMatchObject({ input: { batch: 1 }, facts: { batch: 'depends' } });
    expect(describeFacts(model.info.facts).at(-1)).toMatch(/depends on the others/);
  });
});

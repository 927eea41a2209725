/** What a model cannot show: each limit is said in one sentence. */
import { afterAll, describe, expect, it } from 'vitest';
import { describeDiagnosis } from '../../src/interpreters/infer/diagnosis/describe-diagnosis.js';
import { openModel } from '../../src/models/open.js';
import type { OpenModel } from '../../src/models/open-model.js';
import { describeFacts } from '../../src/report/words/model-facts.js';
import { diagnoseExplanation } from '../../src/runs/diagnose.js';
import { explained } from '../helpers/explained.js';
import { speckled } from '../helpers/images.js';
import { GraphBuilder, type Value } from '../helpers/onnx-graph.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const image = speckled(32, 32);
const opened: OpenModel[] = [];
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
});

/** A classifier of three classes: `end` makes its output of the mean of each channel. */
async function classifier(
  name: string,
  end: (g: GraphBuilder, means: Value) => Value,
  type: 'float32' | 'float16' = 'float32',
): Promise<OpenModel> {
  const g = new GraphBuilder({ opset: 17 });
  const input = g.input('image', type, ['N', 3, 32, 32]);
  const floats = type === 'float32' ? input : g.node('Cast', [input], { to: 1 });
  const means = g.node('ReduceMean', [floats], { axes: [2, 3], keepdims: 0 });
  const last = end(g, means);
  g.output(type === 'float32' ? last : g.node('Cast', [last], { to: 10 }), 'logits', type, ['N', 3]);
  const model = await openModel(
    { description: folder.write(`${name}.onnx`, g.encode()), scale: 1 / 255, mean: [0], std: [1] },
    { workers: 1, image },
  );
  opened.push(model);
  return model;
}

const softmax = (g: GraphBuilder, value: Value): Value => g.node('Softmax', [value], { axis: 1 });

async function diagnosisOf(model: OpenModel): Promise<string> {
  const given = { stopAt: 'off', maxSamples: 64 } as const;
  const diagnosis = await diagnoseExplanation(model, await explained(model, image, { given }));
  return diagnosis === null ? '' : describeDiagnosis(diagnosis);
}

describe('a model that sees nothing', () => {
  it('says 0 of every class', async () => {
    const model = await classifier('zero', (g, means) => g.node('Mul', [softmax(g, means), g.float(0)]));
    expect(await diagnosisOf(model)).toMatch(
      /^the model gives every class a score of 0 on this image.*: it sees nothing/,
    );
  });

  it('says the same of every class', async () => {
    const model = await classifier('flat', (g, means) => softmax(g, g.node('Mul', [means, g.float(1e-4)])));
    expect(await diagnosisOf(model)).toMatch(/^the model gives every class the same score on this image.*: it sees/);
  });

  it('not one that prefers a class', async () => {
    const model = await classifier('sees', (g, means) =>
      softmax(g, g.node('Mul', [means, g.constant(Float32Array.of(9, 1, 1), [1, 3])])),
    );
    expect(await diagnosisOf(model)).toBe('');
  });
});

describe('numbers', () => {
  it('that are none are an error of the model', async () => {
    const model = await classifier('nan', (g, means) => g.node('Log', [g.node('Sub', [means, g.float(9)])]));
    expect(model.info.facts.batch).toBeNull();
    await expect(explained(model, image, { given: { maxSamples: 16 } })).rejects.toMatchObject({
      kind: 'model',
      message: expect.stringContaining('nan.onnx answers NaN for the whole image') as string,
    });
  });

  it('of half precision go in and out', async () => {
    const model = await classifier('half', (g, means) => softmax(g, g.node('Mul', [means, g.float(4)])), 'float16');
    const { prediction } = await model.predict(await model.scene(image));
    expect(prediction.scores?.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 2);
  });
});

describe('answers that are not those of the image alone', () => {
  it('depend on the other images: nothing says why', async () => {
    const model = await classifier('coupled', (g, means) =>
      softmax(
        g,
        g.node('Mul', [g.node('Softmax', [means], { axis: 0 }), g.constant(Float32Array.of(9, 1, 1), [1, 3])]),
      ),
    );
    expect(model.info).toMatchObject({ input: { batch: 1 }, facts: { batch: 'depends' } });
    expect(describeFacts(model.info.facts).at(-1)).toMatch(/^batch: .* depends on the others beside it$/);
  });

  it('differ from run to run', async () => {
    const model = await classifier('random', (g, means) =>
      softmax(g, g.node('Add', [means, g.node('RandomNormalLike', [means])])),
    );
    expect(model.info.facts.batch).toBe('random');
    expect(describeFacts(model.info.facts).at(-1)).toMatch(/^answers: to the same image they differ from run to run/);
  });
});

describe('a model that computes scales from its batch', () => {
  const quantized = (): Promise<OpenModel> =>
    classifier('quantized', (g, means) => {
      const [values, scale, zero] = g.nodes('DynamicQuantizeLinear', [means], {}, 3);
      const weights = g.constant(Int8Array.of(9, -3, 4, -8, 7, 2, 5, 1, -6), [3, 3]);
      const sums = g.node('Cast', [g.node('MatMulInteger', [values!, weights, zero!])], { to: 1 });
      return g.node('Mul', [sums, g.node('Mul', [scale!, g.float(0.37)])]);
    });

  it('is run one image at a time though more are asked for, which is said', async () => {
    const model = await quantized();
    expect(model.info).toMatchObject({ input: { batch: 1 }, facts: { batch: 'quantized' } });
    expect(model.batchSize(16)).toBe(1);
    expect(describeFacts(model.info.facts).at(-1)).toMatch(/^batch: one image a run, since the answer.*quantized/);
    await expect(explained(model, image, { given: { maxSamples: 16, batchSize: 16 } })).resolves.toBeDefined();
  });
});

import { describe, expect, it } from 'vitest';
import { openDirect } from '../helpers/direct.js';
import { emittingModel, type Emitted } from '../helpers/emit.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { NCHW, IMAGE } from './layouts/scene.js';

const folder = tempFolder();
const image = { ...IMAGE, data: new Uint8Array(3 * IMAGE.width * IMAGE.height).fill(90) };
let models = 0;

/** The scores that a model with these outputs gives, and what was inferred. */
async function classify(
  outputs: readonly Emitted[],
  metadata: Readonly<Record<string, string>> = {},
  options: { readonly labels?: readonly string[]; readonly interpreter?: string } = {},
) {
  const path = folder.write(`${models++}.onnx`, emittingModel(NCHW, outputs, metadata));
  const model = await openDirect(path, image, options);
  const { prediction } = await model.predict(image);
  await model.close();
  expect(prediction.proposals).toBeNull();
  return {
    inference: model.inference,
    scores: Array.from(prediction.scores ?? [], (score) => Number(score.toFixed(4))),
    heads: prediction.heads,
  };
}

const one = (values: readonly number[], shape: readonly number[] = [1, values.length]): Emitted[] => [
  { name: 'output', shape, values },
];
const logits = [Math.log(1), Math.log(2), Math.log(7)];

describe('classifiers', () => {
  it('logits go through a softmax, whatever axes of length 1 there are', async () => {
    expect((await classify(one(logits))).scores).toEqual([0.1, 0.2, 0.7]);
    expect((await classify(one(logits, [1, 3, 1, 1]))).scores).toEqual([0.1, 0.2, 0.7]);
    expect((await classify(one(logits, [1, 1, 1, 3]))).scores).toEqual([0.1, 0.2, 0.7]);
  });

  it('probabilities are taken as they are', async () => {
    const { scores, heads, inference } = await classify(one([0.1, 0.2, 0.7]));
    expect(scores).toEqual([0.1, 0.2, 0.7]);
    expect(heads).toBeUndefined();
    expect(inference.facts.outputs.reason).toContain('probabilities of one class in many');
  });

  it('independent probabilities are not made to sum to 1', async () => {
    const { scores, heads } = await classify(one([0.9, 0.8, 0.1]));
    expect(scores).toEqual([0.9, 0.8, 0.1]);
    expect(heads).toEqual([{ first: 0, count: 3, answer: 'any' }]);
  });

  it('logits of independent classes are known by the metadata of Model API', async () => {
    const { scores, heads } = await classify(one([0, Math.log(3), -30]), { 'model_info multilabel': 'True' });
    expect(scores).toEqual([0.5, 0.75, 0]);
    expect(heads).toEqual([{ first: 0, count: 3, answer: 'any' }]);
  });

  it('one probability is a yes or no', async () => {
    const named = [{ name: 'probability', shape: [1, 1], values: [0.3] }];
    const { scores, inference } = await classify(named);
    expect(scores).toEqual([0.7, 0.3]);
    expect(inference.labels).toEqual(['no', 'yes']);
    expect((await classify(named, {}, { labels: ['ham', 'spam'] })).inference.labels).toEqual(['ham', 'spam']);
    const two = [...named, { name: 'color_prob', shape: [1, 2], values: [0.1, 0.9] }];
    expect((await classify(two)).inference.labels).toEqual([
      'probability no',
      'probability yes',
      'color_prob 0',
      'color_prob 1',
    ]);
  });

  it('pairs that may be coordinates are confirmed by the user, or by names', async () => {
    const values = [0.3, 0.4, 0.7, 0.4, 0.5, 0.6];
    await expect(classify(one(values))).rejects.toThrow('unless they are coordinates');
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect((await classify(one(values), {}, { labels: names })).scores).toEqual(values);
  });

  it('one logit is confirmed by the user, since it may be a measure', async () => {
    await expect(classify(one([-1.5]))).rejects.toThrow("say interpreter: 'classification' if they are");
    const { scores } = await classify(one([Math.log(3)]), {}, { interpreter: 'classification' });
    expect(scores).toEqual([0.25, 0.75]);
  });

  it('several heads follow one another, named by their outputs', async () => {
    const { scores, heads, inference } = await classify([
      { name: 'type', shape: [1, 2], values: [0.25, 0.75] },
      { name: 'color', shape: [1, 3], values: logits },
    ]);
    expect(heads).toEqual([
      { first: 0, count: 2, answer: 'one' },
      { first: 2, count: 3, answer: 'one' },
    ]);
    expect(scores).toEqual([0.25, 0.75, 0.1, 0.2, 0.7]);
    expect(inference.labels).toEqual(['type 0', 'type 1', 'color 0', 'color 1', 'color 2']);
  });

  it('names come from the user, the metadata, or a list of that length', async () => {
    const values = Array.from({ length: 1000 }, (_, id) => (id === 3 ? 9 : 0));
    const { inference } = await classify(one(values));
    expect(inference.labels?.[3]).toBe('tiger shark');
    expect(inference.facts.labels).toEqual({ by: 'guess', names: 1000, list: 'ImageNet' });
    expect(inference.facts.preprocessing).toMatchObject({ by: 'guess', given: [] });
    const background = await classify(one([0, ...values]));
    expect(background.inference.labels?.[4]).toBe('tiger shark');
    const named = await classify(one(logits), { names: "{0: 'cat', 1: \"dog's\", 2: 'cow'}" });
    expect(named.inference.labels).toEqual(['cat', "dog's", 'cow']);
    const given = await classify(one(logits), { names: "['x', 'y', 'z']" }, { labels: ['a', 'b', 'c'] });
    expect(given.inference.labels).toEqual(['a', 'b', 'c']);
    await expect(classify(one(logits), {}, { labels: ['a'] })).rejects.toThrow(
      'labels has 1 name ("a"), but the model has 3',
    );
  });
});

describe('what is no classifier is refused, and a script proposed', () => {
  it.each([
    ['segmentation', [{ name: 'mask', shape: [1, 2, 8, 8], values: new Float32Array(128) }], 'maps of an image'],
    ['head pose', ['yaw', 'pitch', 'roll'].map((name) => ({ name, shape: [1, 1], values: [-12.5] })), 'regression'],
    ['decoded text', [{ name: 'decode', shape: [1, 8, 1, 1], values: [3, 14, 15, 9, -1, -1, -1, -1] }], 'decoded text'],
    [
      'an embedding',
      [{ name: 'features', shape: [1, 16], values: Array.from({ length: 16 }, (_, i) => (i % 2 ? 0.25 : -0.25)) }],
      'embedding',
    ],
  ] as const)('%s', async (_name, outputs, what) => {
    const failure = classify(outputs);
    await expect(failure).rejects.toThrow(what);
    await expect(failure).rejects.toThrow('give its path with interpreter');
    await expect(failure).rejects.toMatchObject({ kind: 'interpreter' });
  });
});

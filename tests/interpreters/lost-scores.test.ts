/** Models whose graph does something to the scores of classes at its end: they are read right, or refused with what to do. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder, type Value } from '../helpers/onnx-graph.js';
import { openDirect } from '../helpers/direct.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { IMAGE, NCHW } from './layouts/scene.js';

const folder = tempFolder();
const image = { ...IMAGE, data: new Uint8Array(3 * IMAGE.width * IMAGE.height).fill(90) };
let models = 0;

interface Ended {
  readonly name: string;
  readonly value: Value;
  readonly shape: readonly (number | string)[];
  readonly type?: 'float32' | 'int64' | 'uint8';
}

type End = (g: GraphBuilder, logits: Value, pooled: Value) => readonly Ended[];

/** Logits of the classes that the model computes; their probabilities are .1, .2 and .7. */
const LOGITS = [1, 2, 7].map((share) => Math.log(share / 10));

/** A model of three classes that ends in some way: a layer whose weights are too small to see gives its bias. */
function modelOf(end: End, batch: number | string, metadata: Readonly<Record<string, string>> = {}): string {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input('image', 'float32', [batch, ...NCHW[0]!.shape.slice(1)]);
  const pooled = g.node('Flatten', [g.node('GlobalAveragePool', [x])]);
  const weights = g.constant(new Float32Array(9).fill(1e-9), [3, 3]);
  const logits = g.node('Gemm', [pooled, weights, g.constant(Float32Array.from(LOGITS))]);
  for (const { name, value, shape, type = 'float32' } of end(g, logits, pooled)) g.output(value, name, type, shape);
  return folder.write(`${models++}.onnx`, g.encode({ metadata }));
}

async function read(
  end: End,
  options: { readonly interpreter?: string } = {},
  metadata?: Readonly<Record<string, string>>,
) {
  const model = await openDirect(modelOf(end, 1, metadata), image, options);
  const { prediction } = await model.predict(image);
  await model.close();
  return {
    scores: Array.from(prediction.scores ?? [], (score) => Number(score.toFixed(3))),
    reason: model.inference.facts.outputs.reason,
    labels: model.inference.labels,
  };
}

const softmax = (g: GraphBuilder, value: Value): Value => g.node('Softmax', [value], { axis: 1 });
const alone = (value: Value, type: Ended['type'] = 'float32', shape: Ended['shape'] = [1, 3]): Ended[] => [
  { name: 'output', value, shape, type },
];

describe('the largest scores and their classes', () => {
  const top: End = (g, logits) => {
    const [values, places] = g.nodes('TopK', [softmax(g, logits), g.ints([2])], { axis: 1 }, 2);
    return [
      { name: 'a', value: values!, shape: [1, 2] },
      { name: 'b', value: places!, shape: [1, 2], type: 'int64' },
    ];
  };

  it('are no scores of the classes 0, 1..., whoever says so', async () => {
    for (const options of [{}, { interpreter: 'classification' }]) {
      const failure = read(top, options);
      await expect(failure).rejects.toThrow('"a" [1, 2] is a list of the largest scores in the order of their size');
      await expect(failure).rejects.toThrow('"b" [1, 2] is a list of the numbers of classes without their scores');
      await expect(failure).rejects.toThrow('the scores of all classes before they are ranked, as an output');
      await expect(failure).rejects.not.toThrow("say interpreter: 'classification'");
    }
  });

  it('are sorted scores of as many names, too', async () => {
    const sorted: End = (g, logits) => alone(g.nodes('TopK', [softmax(g, logits), g.ints([3])], { axis: 1 }, 2)[0]!);
    await expect(read(sorted, {}, { names: "{0: 'a', 1: 'b', 2: 'c'}" })).rejects.toThrow('the largest scores');
  });

  it('are left out beside the scores of all classes', async () => {
    const { scores } = await read((g, logits) => {
      const all = softmax(g, logits);
      const [values] = g.nodes('TopK', [all, g.ints([2])], { axis: 1 }, 2);
      return [
        { name: 'top', value: values!, shape: [1, 2] },
        { name: 'all', value: all, shape: [1, 3] },
      ];
    });
    expect(scores).toEqual([0.1, 0.2, 0.7]);
  });

  it('are numbers of classes as floats, too', async () => {
    const best: End = (g, logits) =>
      alone(g.node('Cast', [g.node('ArgMax', [logits], { axis: 1 })], { to: 1 }), 'float32', [1, 1]);
    await expect(read(best)).rejects.toThrow('the number of a class without its score');
    await expect(read(best, { interpreter: 'classification' })).rejects.toThrow('no output can be read as classes');
  });
});

describe('what is behind a softmax', () => {
  it('times a number is divided by its sum', async () => {
    const percent: End = (g, logits) => alone(g.node('Mul', [softmax(g, logits), g.float(100)]));
    expect((await read(percent)).scores).toEqual([0.1, 0.2, 0.7]);
    expect((await read(percent, { interpreter: 'classification' })).scores).toEqual([0.1, 0.2, 0.7]);
    const rounded: End = (g, logits) => alone(g.node('Round', [g.node('Mul', [softmax(g, logits), g.float(100)])]));
    expect((await read(rounded)).scores).toEqual([0.1, 0.2, 0.7]);
  });

  it('and computed with is refused', async () => {
    const ends: End[] = [
      (g, logits) => alone(g.node('Neg', [g.node('LogSoftmax', [logits], { axis: 1 })])),
      (g, logits) => alone(g.node('Sub', [softmax(g, logits), g.float(0.25)])),
      (g, logits) => alone(g.node('Sub', [g.float(1), softmax(g, logits)])),
    ];
    for (const end of ends) {
      await expect(read(end)).rejects.toThrow('a row of probabilities changed after their softmax');
      await expect(read(end, { interpreter: 'classification' })).rejects.toThrow('export it with the softmax last');
    }
  });

  it('is called logarithms only where it is', async () => {
    const log: End = (g, logits) => alone(g.node('LogSoftmax', [logits], { axis: 1 }));
    const { scores, reason } = await read(log);
    expect(scores).toEqual([0.1, 0.2, 0.7]);
    expect(reason).toContain('logarithms of probabilities');
  });

  it('as quantized numbers is refused with what to do', async () => {
    const quantized =
      (activate: boolean): End =>
      (g, logits) =>
        alone(
          g.node('QuantizeLinear', [
            activate ? softmax(g, logits) : logits,
            g.float(1 / 256),
            g.constant(new Uint8Array([0]), []),
          ]),
          'uint8',
        );
    for (const end of [quantized(true), quantized(false)]) {
      await expect(read(end)).rejects.toThrow('quantized or rounded (its type is uint8). Export it with float outputs');
      await expect(read(end, { interpreter: 'classification' })).rejects.toThrow('export it with float outputs');
    }
  });

  it('as its logits beside it is one head, under the names of the metadata', async () => {
    const both: End = (g, logits) => [
      { name: 'logits', value: logits, shape: [1, 3] },
      { name: 'probs', value: softmax(g, logits), shape: [1, 3] },
    ];
    const { scores, labels, reason } = await read(both, {}, { names: "{0: 'a', 1: 'b', 2: 'c'}" });
    expect(scores).toEqual([0.1, 0.2, 0.7]);
    expect(labels).toEqual(['a', 'b', 'c']);
    expect(reason).toContain('another output before its activation');
  });
});

describe('rows of other shapes', () => {
  it('are one value an image without an axis for it', async () => {
    const squeezed: End = (g, logits) => {
      const first = g.node('Slice', [logits, g.ints([2]), g.ints([3]), g.ints([1])]);
      return alone(g.node('Squeeze', [g.node('Sigmoid', [first]), g.ints([1])]), 'float32', [1]);
    };
    const yes = Number((1 / (1 + 1 / 0.7)).toFixed(3));
    const { scores, labels } = await read(squeezed, {}, { names: "{0: 'ok', 1: 'defect'}" });
    expect(scores).toEqual([Number((1 - yes).toFixed(3)), yes]);
    expect(labels).toEqual(['ok', 'defect']);
  });

  it('whose names are as many as one of two heads has', async () => {
    const two: End = (g, logits) => [
      { name: 'kind', value: softmax(g, logits), shape: [1, 3] },
      {
        name: 'side',
        value: softmax(g, g.node('Slice', [logits, g.ints([0]), g.ints([2]), g.ints([1])])),
        shape: [1, 2],
      },
    ];
    const { labels } = await read(two, {}, { names: "{0: 'a', 1: 'b', 2: 'c'}" });
    expect(labels).toEqual(['a', 'b', 'c', 'side 0', 'side 1']);
  });

  it('beside the one box of their class', async () => {
    const located: End = (g, logits) => {
      const box = g.node('Gemm', [
        logits,
        g.constant(new Float32Array(12), [3, 4]),
        g.constant(Float32Array.of(0.2, 0.3, 0.6, 0.7)),
      ]);
      return [
        { name: 'cls', value: softmax(g, logits), shape: [1, 3] },
        { name: 'bbox', value: box, shape: [1, 4] },
      ];
    };
    const { scores, reason } = await read(located);
    expect(scores).toEqual([0.1, 0.2, 0.7]);
    expect(reason).toContain('left out: "bbox" [1, 4], boxes');
  });

  it('with the classes first are refused, chosen or not', async () => {
    const turned: End = (g, logits) => alone(g.node('Transpose', [logits], { perm: [1, 0] }), 'float32', [3, 'N']);
    for (const interpreter of [undefined, 'classification']) {
      const failure = openDirect(modelOf(turned, 'N'), image, interpreter === undefined ? {} : { interpreter });
      await expect(failure).rejects.toThrow('its first axis, of 3, does not count images');
    }
  });

  it('of latent numbers and of infinity are no classes', async () => {
    const latent: End = (g, logits) => [
      { name: 'mu', value: logits, shape: [1, 3] },
      { name: 'logvar', value: g.node('Add', [logits, logits]), shape: [1, 3] },
    ];
    await expect(read(latent)).rejects.toThrow('"mu" [1, 3] is a latent vector');
    const infinite: End = (g, logits) =>
      alone(g.node('Mul', [g.node('Exp', [g.node('Mul', [logits, g.float(-99)])]), g.float(3e38)]));
    await expect(read(infinite)).rejects.toThrow('it answers infinity for this image');
  });
});

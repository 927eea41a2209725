import { describe, expect, it } from 'vitest';
import { readEndings, readOrigins } from '../../src/onnx/index.js';
import { buildOnnx, GraphBuilder, type Value } from '../helpers/onnx-graph.js';

/** What is read of a graph that ends in some nodes behind a linear layer of 4 numbers. */
function endingOf(end: (g: GraphBuilder, layer: Value, image: Value) => Value): string | undefined {
  const bytes = buildOnnx(['N', 3, 8, 8], ['N', 4], (g, image) => {
    const layer = g.node('Gemm', [
      g.node('Flatten', [image]),
      g.constant(new Float32Array(768), [192, 4]),
      g.constant(new Float32Array(4)),
    ]);
    return end(g, layer, image);
  });
  return readEndings(bytes)['scores'];
}

const each = (g: GraphBuilder, ...values: number[]): Value => g.constant(Float32Array.from(values), [1, 4]);

describe('what a graph does to an output last', () => {
  it('a layer, whatever its parts', () => {
    expect(endingOf((_g, layer) => layer)).toBe('layer');
    expect(endingOf((g, layer) => g.node('Add', [layer, each(g, 1, 2, 3, 4)]))).toBe('layer');
    // A temperature, as of cosine classifiers.
    expect(endingOf((g, layer) => g.node('Mul', [layer, g.float(30)]))).toBe('layer');
    expect(endingOf((g, layer) => g.node('Unsqueeze', [g.node('Cast', [layer], { to: 1 }), g.ints([2])]))).toBe(
      'layer',
    );
    expect(endingOf((g, layer) => g.node('Concat', [layer, g.node('Neg', [layer])], { axis: 1 }))).toBe('layer');
    expect(endingOf((g, layer) => g.node('Add', [layer, g.node('Neg', [layer])]))).toBe('layer');
  });

  it('probabilities', () => {
    expect(endingOf((g, layer) => g.node('Softmax', [layer], { axis: 1 }))).toBe('softmax');
    expect(endingOf((g, layer) => g.node('LogSoftmax', [layer], { axis: 1 }))).toBe('log-softmax');
    expect(endingOf((g, layer) => g.node('Log', [g.node('Softmax', [layer])]))).toBe('log-softmax');
    expect(endingOf((g, layer) => g.node('Exp', [g.node('LogSoftmax', [layer])]))).toBe('softmax');
    expect(endingOf((g, layer) => g.node('Add', [g.node('Softmax', [layer]), g.float(1e-7)]))).toBe('softmax');
    expect(endingOf((g, layer) => g.node('Sigmoid', [layer]))).toBe('sigmoid');
    const exp = (g: GraphBuilder, layer: Value): Value => {
      const powers = g.node('Exp', [layer]);
      return g.node('Div', [powers, g.node('ReduceSum', [powers, g.ints([1])])]);
    };
    expect(endingOf(exp)).toBe('softmax');
  });

  it('probabilities that are none any more', () => {
    const softmax = (g: GraphBuilder, layer: Value): Value => g.node('Softmax', [layer], { axis: 1 });
    expect(endingOf((g, layer) => g.node('Mul', [softmax(g, layer), g.float(100)]))).toBe('softmax-scaled');
    expect(endingOf((g, layer) => g.node('Round', [g.node('Mul', [softmax(g, layer), g.float(100)])]))).toBe(
      'softmax-scaled',
    );
    expect(endingOf((g, layer) => g.node('Sub', [g.float(1), softmax(g, layer)]))).toBe('softmax-changed');
    expect(endingOf((g, layer) => g.node('Sub', [softmax(g, layer), g.float(0.25)]))).toBe('softmax-changed');
    expect(endingOf((g, layer) => g.node('Mul', [softmax(g, layer), each(g, 1, 2, 3, 4)]))).toBe('softmax-changed');
    expect(endingOf((g, layer) => g.node('Neg', [g.node('LogSoftmax', [layer])]))).toBe('softmax-changed');
    expect(endingOf((g, layer) => g.node('Neg', [g.node('Log', [softmax(g, layer)])]))).toBe('softmax-changed');
  });

  it('the largest values and their places, and the tensor they are of', () => {
    const outputs = (end: (g: GraphBuilder, layer: Value) => readonly Value[]) => {
      const g = new GraphBuilder();
      const image = g.input('image', 'float32', ['N', 3, 2, 2]);
      const layer = g.node('MatMul', [g.node('Flatten', [image]), g.constant(new Float32Array(48), [12, 4])]);
      for (const [i, value] of end(g, layer).entries()) g.output(value, `out${i}`, 'float32', ['N', 2]);
      const bytes = g.encode();
      return { endings: readEndings(bytes), origins: readOrigins(bytes) };
    };
    const top = outputs((g, layer) => {
      const probabilities = g.node('Softmax', [layer], { axis: 1 });
      const [values, places] = g.nodes('TopK', [probabilities, g.ints([2])], { axis: 1 }, 2);
      if (values === undefined || places === undefined) throw new Error('TopK has two outputs');
      return [
        values,
        g.node('Cast', [places], { to: 1 }),
        g.node('Concat', [values, values], { axis: 1 }),
        probabilities,
      ];
    });
    expect(top.endings).toEqual({ out0: 'ranked', out1: 'indices', out2: 'ranked', out3: 'softmax' });
    expect(top.origins).toEqual({ out0: { ranks: 'out3' }, out1: { ranks: 'out3' }, out2: { ranks: 'out3' } });
    const both = outputs((g, layer) => [layer, g.node('Softmax', [layer])]);
    expect(both.origins).toEqual({ out1: { activates: 'out0' } });
  });

  it('a length of 1, in each way in which exporters write it', () => {
    expect(endingOf((g, layer) => g.node('LpNormalization', [layer]))).toBe('unit-length');
    const clipped = (g: GraphBuilder, layer: Value): Value => {
      const length = g.node('Clip', [g.node('ReduceL2', [layer, g.ints([1])]), g.float(1e-12)]);
      return g.node('Div', [layer, g.node('Expand', [length, g.node('Shape', [layer])])]);
    };
    expect(endingOf(clipped)).toBe('unit-length');
    const reciprocal = (g: GraphBuilder, layer: Value): Value => {
      const squares = g.node('ReduceSum', [g.node('Mul', [layer, layer]), g.ints([1])]);
      return g.node('Mul', [layer, g.node('Reciprocal', [g.node('Sqrt', [g.node('Max', [squares, g.float(1e-10)])])])]);
    };
    expect(endingOf(reciprocal)).toBe('unit-length');
  });

  it('a normalization of features, whole or in parts', () => {
    const one = (g: GraphBuilder): Value => g.constant(new Float32Array(4).fill(1));
    expect(endingOf((g, layer) => g.node('BatchNormalization', [layer, one(g), one(g), one(g), one(g)]))).toBe(
      'normalized',
    );
    expect(
      endingOf((g, layer) => g.node('Add', [g.node('Mul', [layer, each(g, 1, 2, 3, 4)]), each(g, 1, 2, 3, 4)])),
    ).toBe('normalized');
    const layerNorm = (g: GraphBuilder, layer: Value): Value => {
      const away = g.node('Sub', [layer, g.node('ReduceMean', [layer, g.ints([1])])]);
      const variance = g.node('ReduceMean', [g.node('Pow', [away, g.float(2)]), g.ints([1])]);
      return g.node('Div', [away, g.node('Sqrt', [g.node('Add', [variance, g.float(1e-5)])])]);
    };
    expect(endingOf(layerNorm)).toBe('normalized');
  });

  it('measures: bounded, scaled, or a mean weighed with a softmax', () => {
    expect(endingOf((g, layer) => g.node('Tanh', [layer]))).toBe('bounded');
    expect(endingOf((g, layer) => g.node('Mul', [g.node('Tanh', [layer]), g.float(90)]))).toBe('scaled');
    expect(endingOf((g, layer) => g.node('Mul', [g.node('Sigmoid', [layer]), g.float(100)]))).toBe('scaled');
    const expectation = (g: GraphBuilder, layer: Value): Value =>
      g.node('ReduceSum', [g.node('Mul', [g.node('Softmax', [layer]), each(g, 0, 1, 2, 3)]), g.ints([1])]);
    expect(endingOf(expectation)).toBe('expected');
    const product = (g: GraphBuilder, layer: Value): Value =>
      g.node('MatMul', [g.node('Softmax', [layer]), g.constant(Float32Array.of(0, 1, 2, 3), [4, 1])]);
    expect(endingOf(product)).toBe('expected');
  });

  it('features, numbers of classes, and what is known of none', () => {
    expect(endingOf((g, _layer, image) => g.node('GlobalAveragePool', [image]))).toBe('pooled');
    expect(endingOf((g, layer) => g.node('Relu', [layer]))).toBe('activated');
    expect(endingOf((g, layer) => g.node('Mul', [layer, g.node('Sigmoid', [layer])]))).toBe('activated');
    expect(endingOf((g, layer) => g.node('ArgMax', [layer], { axis: 1 }))).toBe('indices');
    expect(endingOf((_g, _layer, image) => image)).toBe('other');
    expect(endingOf((g, layer) => g.node('Div', [layer, g.node('Neg', [layer])]))).toBe('other');
  });

  it('a file that is no model is left to those who open it', () => {
    expect(readEndings(new Uint8Array([1, 2, 3]))).toEqual({});
  });
});

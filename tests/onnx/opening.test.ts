import { describe, expect, it } from 'vitest';
import { readOpening, type Opening } from '../../src/onnx/index.js';
import { buildOnnx, tensor, type GraphBuilder, type Value } from '../helpers/onnx-graph.js';

/** What is read of a graph that begins with some nodes and goes on with a layer. */
function openingOf(begin: (g: GraphBuilder, image: Value) => Value): Opening | null {
  const bytes = buildOnnx(['N', 3, 8, 8], ['N', 3, 8, 8], (g, image) => g.node('Relu', [begin(g, image)]));
  return readOpening(bytes, 'image');
}

const channels = (g: GraphBuilder, ...values: number[]): Value => g.constant(Float32Array.from(values), [1, 3, 1, 1]);

describe('what a graph does to its image first', () => {
  it('nothing', () => {
    expect(openingOf((_g, image) => image)).toBeNull();
    expect(openingOf((g, image) => g.node('Mul', [image, g.float(1)]))).toBeNull();
  });

  it('a mean and a deviation, channel by channel, after a cast and a division', () => {
    const opening = openingOf((g, image) => {
      const cast = g.node('Cast', [image], { to: 1 });
      const unit = g.node('Div', [cast, g.float(250)]);
      return g.node('Div', [g.node('Sub', [unit, channels(g, 0.5, 0.25, 0)]), channels(g, 0.5, 0.25, 0.125)]);
    });
    expect(opening?.scale.map((scale) => Number(scale.toFixed(6)))).toEqual([0.008, 0.016, 0.032]);
    expect(opening?.shift).toEqual([-1, -1, 0]);
    expect(opening?.reversed).toBe(false);
  });

  it('constants in front, in nodes of their own', () => {
    const opening = openingOf((g, image) => {
      const two = g.node('Constant', [], { value: tensor(Float32Array.of(2), []) });
      return g.node('Add', [
        g.node('Constant', [], { value: tensor(Float32Array.of(-1), []) }),
        g.node('Mul', [two, image]),
      ]);
    });
    expect(opening).toEqual({ scale: [2], shift: [-1], reversed: false });
  });

  it('channels turned round', () => {
    const opening = openingOf((g, image) => g.node('Gather', [image, g.ints([2, 1, 0])], { axis: 1 }));
    expect(opening).toEqual({ scale: [1], shift: [0], reversed: true });
  });

  describe('a batch normalisation of the image', () => {
    const normalised = (mean: readonly number[], variance: readonly number[]) =>
      openingOf((g, image) => {
        const [gamma, beta, m, v] = [[2, 2, 2], [1, 1, 1], mean, variance].map((values) =>
          g.constant(Float32Array.from(values), [3]),
        );
        return g.node('BatchNormalization', [image, gamma!, beta!, m!, v!]);
      });

    it('tells by its statistics how images were fed: as pixels or fractions', () => {
      expect(normalised([120, 110, 100], [4096, 4096, 4096])).toEqual({
        scale: [1 / 64, 1 / 64, 1 / 64],
        shift: [-120 / 64, -110 / 64, -100 / 64],
        reversed: false,
      });
      expect(normalised([0.5, 0.5, 0.375], [0.0625, 0.0625, 0.0625])?.shift).toEqual([-2, -2, -1.5]);
    });

    it('not where images were normalised before', () => {
      expect(normalised([0, 0.1, 0], [1, 1, 1.2])).toBeNull();
      expect(normalised([0.1, 0.1, 0.1], [0.3, 0.3, 0.3])).toBeNull();
    });
  });

  it('not what is no sum or product, or takes the image from a constant', () => {
    expect(openingOf((g, image) => g.node('Sub', [g.float(1), image]))).toBeNull();
    expect(openingOf((g, image) => g.node('Pow', [image, g.float(2)]))).toBeNull();
    expect(openingOf((g, image) => g.node('Mul', [image, image]))).toBeNull();
  });

  it('not what only a part of the graph sees', () => {
    expect(openingOf((g, image) => g.node('Add', [g.node('Mul', [image, g.float(2)]), image]))).toBeNull();
  });

  it('a file that is no model is left to those who open it', () => {
    expect(readOpening(new Uint8Array([1, 2, 3]), 'image')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { readModelHeader } from '../../src/onnx/index.js';
import { buildOnnx, GraphBuilder } from '../helpers/onnx-graph.js';

const small = () =>
  buildOnnx(['N', 3, 8, 8], ['N', 3], (g, x) => g.node('ReduceMean', [x], { axes: [2, 3], keepdims: 0 }), {
    opset: 17,
    metadata: { names: "{0: 'cat'}", stride: '32' },
  });

describe('readModelHeader', () => {
  it('reads inputs, outputs, operator sets and metadata', () => {
    expect(readModelHeader(small())).toEqual({
      irVersion: 8,
      producer: 'datum-explain',
      opsets: { '': 17 },
      metadata: { names: "{0: 'cat'}", stride: '32' },
      inputs: [{ name: 'image', type: 'float32', shape: ['N', 3, 8, 8] }],
      outputs: [{ name: 'scores', type: 'float32', shape: ['N', 3] }],
      externalFiles: [],
    });
  });

  it('does not decode weights', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [1]);
    g.output(g.node('Add', [x, g.constant(new Float32Array(8_000_000))]), 'y');
    const bytes = g.encode();
    const before = process.memoryUsage().arrayBuffers;
    readModelHeader(bytes);
    // Decoding would copy 32 MB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
  });

  it('says that bytes are not a model', () => {
    expect(() => readModelHeader(new Uint8Array(), 'a.onnx')).toThrow(/a\.onnx is empty/);
    expect(() => readModelHeader(new TextEncoder().encode('<html>not found</html>'), 'a.onnx')).toThrow(
      /a\.onnx is not an ONNX model/,
    );
    expect(() => readModelHeader(Uint8Array.of(8, 8), 'a.onnx')).toThrow(/only the beginning of one/);
  });

  it('finds every cut', () => {
    const bytes = small();
    for (let length = 0; length < bytes.length - 1; length++) {
      const cut = bytes.subarray(0, length);
      // Past the graph and the operator set only metadata is missing, which no reader can know.
      const complete = length > bytes.length - 40;
      if (!complete) expect(() => readModelHeader(cut), `cut at ${length}`).toThrow(/a\.onnx|the model/);
    }
  });
});

/** What the ONNX launcher cannot open or run: the file, the part of it that is wrong, and what to do. */
import { describe, expect, it } from 'vitest';
import { loadFailure } from '../../../src/launchers/onnx/load-failure.js';
import { onnxLauncher } from '../../../src/launchers/onnx/index.js';
import type { Session } from '../../../src/launchers/types.js';
import type { GraphOptions } from '../../../src/onnx/index.js';
import { GraphBuilder, type Value } from '../../helpers/onnx-graph.js';
import { tempFolder } from '../../helpers/temp-folder.js';

const folder = tempFolder();
let files = 0;

async function open(bytes: Uint8Array | string): Promise<Session> {
  const description = folder.write(`${files++}.onnx`, bytes);
  return onnxLauncher.open(await onnxLauncher.prepare({ description, device: 'cpu' }), 1);
}

function graph(body: (g: GraphBuilder, image: Value) => Value, options: GraphOptions = { opset: 17 }): Uint8Array {
  const g = new GraphBuilder(options);
  const image = g.input('image', 'float32', ['N', 3, 8, 8]);
  g.output(body(g, image), 'scores', 'float32', ['N', 3]);
  return g.encode();
}

describe('what ONNX Runtime says is said in one sentence', () => {
  it.each([
    ['Unsupported data type: 16', 'it has numbers of type bfloat16'],
    [
      'This is an invalid model. Graph output (other) does not exist in the graph.',
      "it declares an output 'other' that nothing in its graph gives",
    ],
    [
      'Type Error: Type (tensor(float)) of output arg (output) of node () does not match expected type (seq(tensor(float))).',
      "it declares 'output' as seq(tensor(float)), but its graph gives tensor(float)",
    ],
    [
      'Exception during initialization: /onnxruntime_src/onnxruntime/core/optimizer/initializer.cc:79 onnxruntime::Initializer::Initializer(const onnxruntime::Graph&) [ONNXRuntimeError] : 1 : FAIL : tensorprotoutils.cc:1763 GetExtDataFromTensorProto External initializer: P offset: 0 size to read: 36 given file_length: 20 are out of bounds or can not be read in full.',
      "the file of its weights is cut short: it ends after 20 bytes, before the end of 'P'",
    ],
  ])('%s', (message, words) => {
    const said = loadFailure('a.onnx', 'cpu', new Error(message));
    expect(said).toContain(`ONNX Runtime cannot load a.onnx: ${words}`);
    expect(said).not.toContain('onnxruntime_src');
  });
});

it('a GPU whose libraries lack others is said to be the reason, and not the model', () => {
  const message = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library';
  const said = loadFailure('a.onnx', 'cuda', new Error(message));
  expect(said).toContain('its libraries need others that this machine lacks');
  expect(said).not.toContain('a.onnx');
});

describe('a model that ONNX Runtime does not load', () => {
  const mean = (g: GraphBuilder, image: Value): Value => g.node('ReduceMean', [image], { keepdims: 0 });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'of an operator set to come',
      graph(mean, { opset: 99 }),
      /uses version 99 of the operator set ai\.onnx, and the installed ONNX Runtime knows versions up to (\d+): export it with version \1 or lower/,
    ],
    [
      'of an operator that its set has not',
      graph((g, image) => g.node('GroupNormalization', [image, image, image], { num_groups: 1 })),
      /its operator GroupNormalization is not in version 17 of the operator set/,
    ],
    [
      'of a custom operator',
      graph((g, image) => g.node('Swirl', [image], {}, 'my.domain'), { opset: 17, domains: { 'my.domain': 1 } }),
      /its operator Swirl of the domain my\.domain is none of ONNX Runtime's: export it with standard operators/,
    ],
    [
      'of a domain that it does not declare',
      graph((g, image) => g.node('Swirl', [image], {}, 'my.domain')),
      /its operator Swirl is of the domain my\.domain, which the file does not declare/,
    ],
    [
      'that mixes types',
      graph((g, image) => g.node('Add', [image, g.ints([5])])),
      /its operator Add is given values of other types than it takes/,
    ],
    [
      'whose operator has an attribute that it cannot have',
      graph((g, image) => g.node('Softmax', [image], { axis: 7 })),
      /its operator Softmax has an attribute or a size that it cannot have \('axis' must be in .*7\): export it again/,
    ],
  ])('%s', async (_what, bytes, message) => {
    await expect(open(bytes)).rejects.toMatchObject({
      kind: 'model',
      message: expect.stringMatching(message) as string,
    });
    await expect(open(bytes)).rejects.not.toThrow('onnxruntime_src');
  });
});

describe('a file that is no model', () => {
  it.each<[string, string]>([
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', 'a pointer of Git LFS'],
    ['<!DOCTYPE html><html></html>', 'a web page'],
    ['PK\u0003\u0004\u0014\u0000', 'a zip archive, such as a PyTorch or Keras model'],
  ])('%j', async (text, what) => {
    await expect(open(text)).rejects.toThrow(`is not an ONNX model but ${what}`);
  });

  it('is cut short', async () => {
    const whole = graph((g, image) => g.node('Add', [image, g.constant(new Float32Array(192), [1, 3, 8, 8])]));
    await expect(open(whole.subarray(0, whole.length / 2))).rejects.toThrow('damaged or cut short');
  });
});

describe('a model that does not run', () => {
  it('says which operator of it fails, without the source of the runtime', async () => {
    const session = await open(graph((g, image) => g.node('Reshape', [image, g.ints([5, 7])])));
    const run = session.run({ image: { data: new Float32Array(192), shape: [1, 3, 8, 8] } });
    await expect(run).rejects.toThrow('its operator Reshape does not take what it is given (The input tensor cannot');
    await expect(run).rejects.not.toThrow('onnxruntime_src');
    await session.close();
  });

  it('says which sizes of its input are wrong', async () => {
    const session = await open(graph((g, image) => g.node('Reshape', [image, g.ints([-1, 3])])));
    const run = session.run({ image: { data: new Float32Array(192), shape: [1, 8, 8, 3] } });
    await expect(run).rejects.toThrow(
      /its input 'image' was given 8 where it takes 3 and 3 where it takes 8: leave layout and inputSize out/,
    );
    await session.close();
  });
});

describe('outputs that are no tensors of numbers', () => {
  /** As Core ML's converter writes a classifier: the name of the best class, and a map from names to scores. */
  function namedClasses(more: (g: GraphBuilder, scores: Value) => void = () => undefined): Uint8Array {
    const g = new GraphBuilder({ opset: 13, domains: { 'ai.onnx.ml': 2 } });
    const image = g.input('image', 'float32', ['N', 3, 8, 8]);
    const scores = g.node('Softmax', [g.node('ReduceMean', [image], { axes: [2, 3], keepdims: 0 })], { axis: 1 });
    const best = g.node('ArgMax', [scores], { axis: 1, keepdims: 0 });
    const encoder = { keys_int64s: [0, 1, 2], values_strings: ['red', 'green', 'blue'] };
    const name = g.node('LabelEncoder', [best], encoder, 'ai.onnx.ml');
    const port = g.node('Identity', [name]);
    // A text: its code in ONNX is 8, which graphs built here cannot declare.
    g.output(port, 'classLabel', 'float32', ['N']);
    more(g, scores);
    return declaredAsText(g.encode());
  }

  /** The same bytes with the element type of the output `classLabel` changed from float (1) to string (8). */
  function declaredAsText(bytes: Uint8Array): Uint8Array {
    const out = bytes.slice();
    const name = new TextEncoder().encode('classLabel');
    const at = out.findLastIndex((_, i) => name.every((byte, k) => out[i + k] === byte));
    // ValueInfo { name, type (field 2) { tensor_type (1) { elem_type (1) } } }
    const code = out.indexOf(0x08, at + name.length) + 1;
    expect(out[code]).toBe(1);
    out[code] = 8;
    return out;
  }

  it('are passed over where there are others', async () => {
    const session = await open(
      namedClasses((g, scores) => {
        g.output(scores, 'p', 'float32', ['N', 3]);
      }),
    );
    expect(session.signature.outputs.map(({ name }) => name)).toEqual(['p']);
    expect(session.signature.metadata['datum.labels']).toBe('["red","green","blue"]');
    await session.close();
  });

  it('are replaced by the scores behind them where there are none', async () => {
    const session = await open(namedClasses());
    const data = new Float32Array(192).fill(1, 64, 128);
    const outputs = await session.run({ image: { data, shape: [1, 3, 8, 8] } });
    const [scores] = Object.values(outputs);
    expect(Array.from(scores!.data, (value) => value.toFixed(2))).toEqual(['0.21', '0.58', '0.21']);
    expect(session.signature.metadata['datum.labels']).toBe('["red","green","blue"]');
    await session.close();
  });
});

import type { Tensor } from 'onnxruntime-common';
import { GraphBuilder, type Dimension, type GraphOptions, type Value } from '../../src/onnx/index.js';
import { onnxRuntime } from '../../src/launchers/onnx/runtime.js';

export { float, floats, GraphBuilder, tensor, type Value } from '../../src/onnx/index.js';

/**
 * The bytes of a model with one float32 input `image` and one float32 output `scores`.
 *
 * ```ts
 * const bytes = buildOnnx(['N', 3, 32, 32], ['N', 3], (g, image) => g.node('ReduceMean', [image, g.ints([2, 3])], { keepdims: 0 }));
 * ```
 */
export function buildOnnx(
  inputShape: readonly Dimension[],
  outputShape: readonly Dimension[],
  body: (graph: GraphBuilder, image: Value) => Value,
  options: GraphOptions & { readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const graph = new GraphBuilder(options);
  const image = graph.input('image', 'float32', inputShape);
  graph.output(body(graph, image), 'scores', 'float32', outputShape);
  return graph.encode(options.metadata === undefined ? {} : { metadata: options.metadata });
}

/** A tensor as tests look at it. */
export interface PlainTensor {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Values for a run: float32 where only data and shape are given. */
export interface Feed {
  readonly data: readonly number[];
  readonly shape: readonly number[];
  readonly type?: 'float32' | 'int32' | 'int64' | 'uint8' | 'bool';
}

/** Opens a model straight in onnxruntime, runs it once and gives all outputs by name. */
export async function runOnnx(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, Feed>>,
): Promise<Record<string, PlainTensor>> {
  const session = await onnxRuntime().InferenceSession.create(bytes, {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
    executionProviders: ['cpu'],
  });
  try {
    const inputs = Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)] as const);
    const outputs = await session.run(Object.fromEntries(inputs));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, output]) => {
        if (typeof output.data[0] === 'string') throw new Error(`output ${name} has strings`);
        return [name, { type: output.type, shape: output.dims, data: Array.from(output.data, Number) }];
      }),
    );
  } finally {
    await session.release();
  }
}

function tensorOf({ data, shape, type = 'float32' }: Feed): Tensor {
  const runtime = onnxRuntime();
  switch (type) {
    case 'float32':
      return new runtime.Tensor('float32', Float32Array.from(data), shape);
    case 'int32':
      return new runtime.Tensor('int32', Int32Array.from(data), shape);
    case 'uint8':
      return new runtime.Tensor('uint8', Uint8Array.from(data), shape);
    case 'bool':
      return new runtime.Tensor('bool', Uint8Array.from(data), shape);
    case 'int64':
      return new runtime.Tensor('int64', BigInt64Array.from(data, BigInt), shape);
  }
}

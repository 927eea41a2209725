/** Small ONNX models that answer given numbers whatever the image: stand-ins for real exports in tests of decoders. */
import { GraphBuilder, type Value } from './onnx-graph.js';

/** One output: its values in row-major order. */
export interface Emitted {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly type?: 'float32' | 'int64' | 'int32';
  /** What is declared instead of the shape: real exports leave sizes open, or have them wrong. */
  readonly declared?: readonly (number | string)[];
}

export interface EmittedInput {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly type?: 'float32' | 'uint8' | 'int64' | 'int32';
}

/** ONNX's numbers of element types. */
const TYPE_CODES = { float32: 1, uint8: 2, int32: 6, int64: 7 } as const;

/**
 * The bytes of a model with these inputs (the image first) and outputs. Every output has a term that depends on the
 * image, too small to see, so that no optimiser can take the image away.
 */
export function emittingModel(
  inputs: readonly EmittedInput[],
  outputs: readonly Emitted[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const [image, ...others] = inputs.map(({ name, type = 'float32', shape }) => g.input(name, type, shape));
  const terms = [image, ...others].flatMap((value) => (value === undefined ? [] : [smallTerm(g, value)]));
  const term = terms.reduce((sum, next) => g.node('Add', [sum, next]));
  for (const { name, shape, values, type = 'float32', declared = shape } of outputs) {
    const constant = g.constant(Float32Array.from(values), shape);
    const sum = g.node('Add', [constant, term]);
    g.output(
      type === 'float32' ? sum : g.node('Cast', [g.node('Round', [sum])], { to: TYPE_CODES[type] }),
      name,
      type,
      declared,
    );
  }
  return g.encode({ metadata });
}

/** A number of about 1e-12 times the mean of an input. */
function smallTerm(g: GraphBuilder, value: Value): Value {
  const floats = g.node('Cast', [value], { to: TYPE_CODES.float32 });
  return g.node('Mul', [g.node('ReduceMean', [floats], { keepdims: 0 }), g.float(1e-12)]);
}

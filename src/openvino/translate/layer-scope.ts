import { DatumError } from '../../errors.js';
import {
  sizeOf,
  type Attributes,
  type GraphBuilder,
  type GraphElementType,
  type TensorConstant,
  type Value,
} from '../../onnx/index.js';
import { graphTypeOf, type IrElementType } from '../ir/element-type.js';
import { describeLayer, type IrBlob, type IrLayer } from '../ir/model.js';
import { convertConstant, numbersOf, readConstant, type Weights } from '../ir/weights.js';
import { LayerAttributes } from './attributes.js';
import { foldedNumbers } from './folding.js';
import type { Dim, Operand } from './operand.js';

/** Thrown for what cannot be expressed in ONNX; collected, so that all such layers are named at once. */
export class UnsupportedLayer extends Error {}

/** What a scope is made of. */
export interface LayerScopeParts {
  readonly layer: IrLayer;
  readonly file: string;
  readonly weights: Weights;
  readonly graph: GraphBuilder;
  readonly inputs: readonly Operand[];
  readonly outputDims: readonly (readonly Dim[] | null)[];
  /** Whether anything takes an output of this layer. */
  readonly uses?: (output: number) => boolean;
}

/** A layer while it is translated: its inputs and attributes, and the graph that its nodes go to. */
export class LayerScope {
  readonly layer: IrLayer;
  readonly attributes: LayerAttributes;
  readonly graph: GraphBuilder;
  readonly inputs: readonly Operand[];
  readonly #file: string;
  readonly #weights: Weights;
  readonly #outputDims: readonly (readonly Dim[] | null)[];
  readonly #uses: (output: number) => boolean;

  constructor(parts: LayerScopeParts) {
    this.layer = parts.layer;
    this.attributes = new LayerAttributes(parts.layer, parts.file);
    this.graph = parts.graph;
    this.inputs = parts.inputs;
    this.#file = parts.file;
    this.#weights = parts.weights;
    this.#outputDims = parts.outputDims;
    this.#uses = parts.uses ?? (() => true);
  }

  /** The number in an operation set's name; 0 in v3 to v7. */
  get opset(): number {
    return Number(/^opset(\d+)$/.exec(this.layer.opset)?.[1] ?? 0);
  }

  input(index: number): Operand {
    const operand = this.inputs[index];
    if (operand === undefined) throw this.error(`has ${this.inputs.length} inputs, but needs ${index + 1}`);
    return operand;
  }

  /** Shorthand for `input(index).value()`. */
  value(index: number): Value {
    return this.input(index).value();
  }

  /** Dimensions of an input, whose rank must be known. */
  dims(index: number): readonly Dim[] {
    const { dims } = this.input(index);
    if (dims === null) throw this.unsupported(`input ${index} has no declared rank`);
    return dims;
  }

  /** Dimensions of an input, all of which must be known. */
  staticDims(index: number): readonly number[] {
    const dims = this.dims(index);
    const known = dims.filter((dim) => dim !== null);
    if (known.length !== dims.length) {
      throw this.unsupported(`input ${index} has a size that varies (${dims.map((dim) => dim ?? '?').join(' x ')})`);
    }
    return known;
  }

  /** Dimensions of an output, or null where even the rank is unknown. */
  outputDims(index = 0): readonly Dim[] | null {
    return this.#outputDims[index] ?? null;
  }

  /** Whether anything takes an output. */
  uses(output: number): boolean {
    return this.#uses(output);
  }

  /** The type an output is declared with. */
  outputType(index = 0): GraphElementType {
    return graphTypeOf(this.layer.outputs[index]?.type ?? this.layer.precision ?? 'f32');
  }

  /** Whether the values of an input are known beforehand. */
  isKnown(index: number): boolean {
    const { folded, constant } = this.input(index);
    return foldedNumbers(folded) !== null || constant !== null;
  }

  /** The values of an input that must be known beforehand: axes, sizes, thresholds. */
  numbers(index: number, what: string): readonly number[] {
    const operand = this.input(index);
    const numbers = foldedNumbers(operand.folded);
    if (numbers !== null) return numbers;
    if (operand.constant !== null) return Array.from(numbersOf(operand.constant().values));
    throw this.unsupported(`its ${what} (input ${index}) is computed while the model runs`);
  }

  /** The only value of an input that must be known beforehand. */
  number(index: number, what: string): number {
    const numbers = this.numbers(index, what);
    if (numbers.length !== 1) throw this.error(`has ${numbers.length} values for its ${what}, but needs one`);
    return numbers[0]!;
  }

  /** An axis between 0 and the rank, from one that may count from the end. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank) throw this.error(`has axis ${axis}, but its input has rank ${rank}`);
    return positive;
  }

  /** The rank of an input. */
  rank(index: number): number {
    return this.dims(index).length;
  }

  node(operation: string, inputs: readonly (Value | null)[], attributes: Attributes = {}): Value {
    return this.graph.node(operation, inputs, attributes);
  }

  /** A value in another type. */
  cast(value: Value, from: GraphElementType, to: GraphElementType): Value {
    return from === to ? value : this.node('Cast', [value], { to: castCodes[to] });
  }

  /** An input as a list or scalar of int64, as ONNX wants axes, shapes and counts. */
  asInt64(index: number): Value {
    const operand = this.input(index);
    const numbers = foldedNumbers(operand.folded);
    if (numbers !== null && operand.folded !== null) {
      return this.graph.constant(
        BigInt64Array.from(numbers, (value) => BigInt(Math.trunc(value))),
        operand.folded.shape,
      );
    }
    return this.cast(operand.value(), operand.type, 'int64');
  }

  /** A float32 constant of any shape. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.graph.constant(Float32Array.from(values), shape);
  }

  /** A scalar constant in the given type. */
  scalar(value: number, type: GraphElementType = 'float32'): Value {
    const wide: TensorConstant = { type: 'float64', shape: [], values: Float64Array.of(value) };
    return this.constant(convertConstant(wide, type));
  }

  /** Reshapes; -1 and 0 mean what they do in ONNX: the rest, and the same as in the input. */
  reshape(value: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [value, this.graph.ints(shape)]);
  }

  transpose(value: Value, order: readonly number[]): Value {
    return order.every((axis, index) => axis === index) ? value : this.node('Transpose', [value], { perm: order });
  }

  slice(value: Value, axis: number, start: number, end: number): Value {
    const { graph } = this;
    return this.node('Slice', [value, graph.ints([start]), graph.ints([end]), graph.ints([axis])]);
  }

  unsqueeze(value: Value, ...axes: number[]): Value {
    return this.node('Unsqueeze', [value, this.graph.ints(axes)]);
  }

  squeeze(value: Value, ...axes: number[]): Value {
    return this.node('Squeeze', [value, this.graph.ints(axes)]);
  }

  /** Weights of a layer of v3 to v7, which must be there. */
  blob(name: string, shape: readonly number[]): TensorConstant {
    const blob = this.layer.blobs[name];
    if (blob === undefined) throw this.error(`has no ${name} in its <blobs>`);
    return this.readBlob(blob, shape, blob.type ?? this.layer.precision ?? 'f32');
  }

  /** How many values a blob of v3 to v7 has. */
  blobLength(name: string): number {
    const blob = this.layer.blobs[name];
    if (blob === undefined) return 0;
    const type = blob.type ?? this.layer.precision ?? 'f32';
    return blob.size / sizeOfType(type);
  }

  readBlob(blob: IrBlob, shape: readonly number[], type: IrElementType): TensorConstant {
    return readConstant(this.#weights, blob, type, shape, `${this.#file}: ${describeLayer(this.layer)}`);
  }

  constant(tensor: TensorConstant): Value {
    return this.graph.constant(tensor.values, tensor.shape, tensor.type);
  }

  /** A constant as float32 values with a given shape. */
  floatsOf(tensor: TensorConstant, shape: readonly number[] = tensor.shape): Value {
    if (sizeOf(shape) !== tensor.values.length) throw this.error(`has weights of the wrong size`);
    return this.graph.constant(Float32Array.from(numbersOf(tensor.values)), shape);
  }

  /** An error in the file. */
  error(what: string): DatumError {
    return new DatumError(
      'model',
      `${this.#file}: the ${describeLayer(this.layer)} ${what}. Export or download the model again.`,
      { file: this.#file },
    );
  }

  /** Something that is right, but cannot be expressed here. */
  unsupported(why: string): UnsupportedLayer {
    return new UnsupportedLayer(`${describeLayer(this.layer)}: ${why}`);
  }
}

function sizeOfType(type: IrElementType): number {
  return type === 'f32' || type === 'i32' || type === 'u32'
    ? 4
    : type === 'f16' || type === 'i16'
      ? 2
      : type === 'i64'
        ? 8
        : 1;
}

/** `TensorProto.DataType` for the `to` of Cast. */
const castCodes: Readonly<Record<GraphElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

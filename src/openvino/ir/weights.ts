import { DatumError } from '../../errors.js';
import { sizeOf, type GraphElementType, type TensorConstant, type TensorValues } from '../../onnx/index.js';
import { bitsOf, graphTypeOf, type IrElementType } from './element-type.js';
import { halfToSingle, bfloatToSingle } from './half.js';

/** The `.bin` file of a model. */
export interface Weights {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads one constant.
 *
 * @param where which one, for messages: the file and the layer.
 * @returns values in the type they are computed in: halves as float32, packed 4-bit and 1-bit integers one a byte.
 * @throws DatumError (`model`) when it lies outside the file, or the shape does not fit its size.
 */
export function readConstant(
  weights: Weights,
  { offset, size }: { readonly offset: number; readonly size: number },
  type: IrElementType,
  shape: readonly number[],
  where: string,
): TensorConstant {
  const count = sizeOf(shape);
  const needed = Math.ceil((count * bitsOf(type)) / 8);
  if (!Number.isSafeInteger(needed) || needed !== size) {
    throw new DatumError(
      'model',
      `${where}: ${count} values of type ${type} take ${needed} bytes, but the file gives them ${size}. ` +
        'Export or download the model again.',
    );
  }
  if (offset + size > weights.bytes.byteLength) {
    throw new DatumError(
      'model',
      `${where}: its values lie at bytes ${offset} to ${offset + size} of ${weights.file}, which has only ` +
        `${weights.bytes.byteLength} bytes. The weights file is cut short or belongs to another model.`,
      { file: weights.file },
    );
  }
  const graphType = graphTypeOf(type);
  return { type: graphType, shape, values: decode(weights.bytes.subarray(offset, offset + size), type, count) };
}

function decode(bytes: Uint8Array, type: IrElementType, count: number): TensorValues {
  switch (type) {
    case 'f64':
      return Float32Array.from(new Float64Array(aligned(bytes)));
    case 'f32':
      return new Float32Array(aligned(bytes));
    case 'f16':
      return halfToSingle(new Uint16Array(aligned(bytes)));
    case 'bf16':
      return bfloatToSingle(new Uint16Array(aligned(bytes)));
    case 'i64':
    case 'u64':
      return new BigInt64Array(aligned(bytes));
    case 'i32':
      return new Int32Array(aligned(bytes));
    case 'u32':
      return BigInt64Array.from(Array.from(new Uint32Array(aligned(bytes)), BigInt));
    case 'i16':
      return Int32Array.from(new Int16Array(aligned(bytes)));
    case 'u16':
      return Int32Array.from(new Uint16Array(aligned(bytes)));
    case 'i8':
      return new Int8Array(aligned(bytes));
    case 'u8':
      return new Uint8Array(aligned(bytes));
    case 'boolean':
      return Uint8Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
    case 'u4':
      return Uint8Array.from({ length: count }, (_, index) => nibble(bytes, index));
    case 'i4':
      return Int8Array.from({ length: count }, (_, index) => (nibble(bytes, index) << 28) >> 28);
    case 'u1':
      // The first of eight is the highest bit.
      return Uint8Array.from({ length: count }, (_, index) => (bytes[index >> 3]! >> (7 - (index & 7))) & 1);
  }
}

/** The first of two is the lower half of the byte. */
function nibble(bytes: Uint8Array, index: number): number {
  return (bytes[index >> 1]! >> ((index & 1) * 4)) & 15;
}

/** A copy whose start is aligned for any element type: constants may lie at any byte. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

/**
 * A constant in another type, as `Convert` does it: towards zero from real numbers to integers, nonzero to true.
 */
export function convertConstant(constant: TensorConstant, type: GraphElementType): TensorConstant {
  if (constant.type === type) return constant;
  return { type, shape: constant.shape, values: convertValues(constant.values, type) };
}

function convertValues(values: TensorValues, type: GraphElementType): TensorValues {
  switch (type) {
    case 'float32':
      return Float32Array.from(numbersOf(values));
    case 'float64':
      return Float64Array.from(numbersOf(values));
    case 'int64':
    case 'uint64':
      return BigInt64Array.from(Array.from(numbersOf(values), (value) => BigInt(Math.trunc(value))));
    case 'int32':
      return Int32Array.from(numbersOf(values));
    case 'uint32':
      return Uint32Array.from(numbersOf(values));
    case 'int16':
      return Int16Array.from(numbersOf(values));
    case 'uint16':
    case 'float16':
      return Uint16Array.from(numbersOf(values));
    case 'int8':
      return Int8Array.from(numbersOf(values));
    case 'uint8':
      return Uint8Array.from(numbersOf(values));
    case 'bool':
      return Uint8Array.from(numbersOf(values), (value) => (value === 0 ? 0 : 1));
  }
}

/** Values as numbers; int64 beyond 2^53, such as the "to the end" of slices, become the largest safe integers. */
export function numbersOf(values: TensorValues): ArrayLike<number> {
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return values;
  return Array.from(values, (value) =>
    Math.max(Math.min(Number(value), Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER),
  );
}

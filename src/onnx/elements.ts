import type { ElementType } from './tensor-types.js';

/** Number and boolean types of ONNX tensors: code in `TensorProto.DataType`, and bytes of one element. */
const elements = {
  float32: { code: 1, size: 4 },
  uint8: { code: 2, size: 1 },
  int8: { code: 3, size: 1 },
  uint16: { code: 4, size: 2 },
  int16: { code: 5, size: 2 },
  int32: { code: 6, size: 4 },
  int64: { code: 7, size: 8 },
  bool: { code: 9, size: 1 },
  float16: { code: 10, size: 2 },
  float64: { code: 11, size: 8 },
  uint32: { code: 12, size: 4 },
  uint64: { code: 13, size: 8 },
} as const satisfies Partial<Record<ElementType, { code: number; size: number }>>;

const stringCode = 8;

/** Element types that a graph built here can hold: ONNX's numbers and booleans. */
export type GraphElementType = keyof typeof elements;

/** Arrays that tensors are made of. `float16` is a Uint16Array of bit patterns, `bool` a Uint8Array of 0 and 1. */
export type TensorValues =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array;

function isGraphElementType(name: string): name is GraphElementType {
  return name in elements;
}

/** `TensorProto.DataType` of an element type. */
export function codeOfType(type: GraphElementType): number {
  return elements[type].code;
}

/** The element type of a `TensorProto.DataType`; `other` where this package has no name for it. */
export function typeOfCode(code: number): ElementType {
  if (code === stringCode) return 'string';
  const names = Object.keys(elements).filter(isGraphElementType);
  return names.find((name) => elements[name].code === code) ?? 'other';
}

/** The element type that a typed array holds when nothing else is said. */
export function typeOfValues(values: TensorValues): GraphElementType {
  if (values instanceof Float32Array) return 'float32';
  if (values instanceof Float64Array) return 'float64';
  if (values instanceof Uint8Array) return 'uint8';
  if (values instanceof Int8Array) return 'int8';
  if (values instanceof Uint16Array) return 'uint16';
  if (values instanceof Int16Array) return 'int16';
  if (values instanceof Uint32Array) return 'uint32';
  if (values instanceof Int32Array) return 'int32';
  if (values instanceof BigInt64Array) return 'int64';
  return 'uint64';
}

/** Bytes of one element. */
export function elementSize(type: GraphElementType): number {
  return elements[type].size;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

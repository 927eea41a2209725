import type { GraphElementType } from '../../onnx/index.js';

/**
 * Element types of IR constants and ports, with bits an element and the ONNX type they are computed in: halves are
 * computed in single precision, as OpenVINO's CPU plugin does, and what ONNX operators hardly know in the next wider.
 */
const elementTypes = {
  f64: { bits: 64, graph: 'float32' },
  f32: { bits: 32, graph: 'float32' },
  f16: { bits: 16, graph: 'float32' },
  bf16: { bits: 16, graph: 'float32' },
  i64: { bits: 64, graph: 'int64' },
  i32: { bits: 32, graph: 'int32' },
  i16: { bits: 16, graph: 'int32' },
  i8: { bits: 8, graph: 'int8' },
  i4: { bits: 4, graph: 'int8' },
  u64: { bits: 64, graph: 'int64' },
  u32: { bits: 32, graph: 'int64' },
  u16: { bits: 16, graph: 'int32' },
  u8: { bits: 8, graph: 'uint8' },
  u4: { bits: 4, graph: 'uint8' },
  u1: { bits: 1, graph: 'uint8' },
  boolean: { bits: 8, graph: 'bool' },
} as const satisfies Record<string, { readonly bits: number; readonly graph: GraphElementType }>;

/** An element type that can be read. */
export type IrElementType = keyof typeof elementTypes;

/** The names that ports and old formats use, where they are not the type's own in capitals. */
const otherNames = new Map<string, IrElementType>(
  Object.entries({
    fp64: 'f64',
    fp32: 'f32',
    fp16: 'f16',
    bool: 'boolean',
    bin: 'u1',
    q78: 'i16',
  }),
);

function isElementType(name: string): name is IrElementType {
  return Object.hasOwn(elementTypes, name);
}

/** The element type of a name in any version of the format (`f32`, `FP32`, `BOOL`), or null. */
export function parseElementType(name: string): IrElementType | null {
  const lower = name.toLowerCase();
  if (isElementType(lower)) return lower;
  return otherNames.get(lower) ?? null;
}

/** Bits of one element in the weights file. */
export function bitsOf(type: IrElementType): number {
  return elementTypes[type].bits;
}

/** The ONNX type that values of this type are computed in. */
export function graphTypeOf(type: IrElementType): GraphElementType {
  return elementTypes[type].graph;
}

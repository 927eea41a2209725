import { readGraph } from './graph.js';

/** Operations that quantize with scales of the values that they are given, or take such values. */
const DYNAMIC = /^(DynamicQuantize\w*|MatMulInteger\w*|ConvInteger)$/;

/** Whether an ONNX graph is quantized with scales that it computes while it runs; false where the bytes are no model. */
export function hasDynamicScales(file: Uint8Array): boolean {
  return readGraph(file)?.node.some(({ opType }) => DYNAMIC.test(opType)) ?? false;
}

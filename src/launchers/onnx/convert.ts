import type { Tensor as RuntimeTensor } from 'onnxruntime-common';
import { DatumError, option } from '../../errors.js';
import type { ElementType, Tensor } from '../types.js';
import { onnxRuntime } from './runtime.js';

/**
 * float32 values as the runtime's tensor of a declared type. Integers are rounded and clipped to their range, since
 * masked pixels fall between whole numbers. float32 data are not copied.
 *
 * @throws DatumError (`model`) for types that hold no numbers.
 */
export function toRuntime(tensor: Tensor, type: ElementType, name: string): RuntimeTensor {
  const { data, shape } = tensor;
  const { Tensor } = onnxRuntime();
  switch (type) {
    case 'float32':
      return new Tensor('float32', data, shape);
    case 'float64':
      return new Tensor('float64', Float64Array.from(data), shape);
    case 'float16':
      return new Tensor('float16', Uint16Array.from(data, toHalf), shape);
    case 'uint8':
      // Uint8ClampedArray rounds to the nearest and clips, in native code.
      return new Tensor('uint8', new Uint8Array(Uint8ClampedArray.from(data).buffer), shape);
    case 'int8':
      return new Tensor(
        'int8',
        Int8Array.from(data, (value) => clipRound(value, -128, 127)),
        shape,
      );
    case 'uint16':
      return new Tensor(
        'uint16',
        Uint16Array.from(data, (value) => clipRound(value, 0, 65535)),
        shape,
      );
    case 'int16':
      return new Tensor(
        'int16',
        Int16Array.from(data, (value) => clipRound(value, -32768, 32767)),
        shape,
      );
    case 'int32':
      return new Tensor('int32', Int32Array.from(data, Math.round), shape);
    case 'int64':
      return new Tensor(
        'int64',
        BigInt64Array.from(data, (value) => BigInt(Math.round(value))),
        shape,
      );
    case 'bool':
      return new Tensor(
        'bool',
        Uint8Array.from(data, (value) => (value === 0 ? 0 : 1)),
        shape,
      );
    default:
      throw new DatumError(
        'model',
        `the model's input '${name}' is of type ${type}, which cannot be fed from an image: export the model with a float32 or uint8 input.`,
      );
  }
}

function clipRound(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.round(value)));
}

/**
 * A runtime's output as float32; float32 outputs are not copied.
 *
 * @throws DatumError (`model`) for outputs that hold no numbers.
 */
export function fromRuntime(tensor: RuntimeTensor, name: string): Tensor {
  const { data, dims: shape } = tensor;
  if (data instanceof Float32Array) return { data, shape };
  if (tensor.type === 'float16') {
    if (data instanceof Uint16Array) return { data: Float32Array.from(data, fromHalf), shape };
    // Runtimes with a native half-precision array hand that out.
    return { data: Float32Array.from(data as Iterable<number>), shape };
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return { data: Float32Array.from(data, Number), shape };
  }
  if (Array.isArray(data)) {
    throw new DatumError(
      'model',
      `the model's output '${name}' holds text, not numbers: choose others with ${option('outputLayers')}.`,
    );
  }
  return { data: Float32Array.from(data), shape };
}

const scratch = new DataView(new ArrayBuffer(4));

/** The bits of the nearest IEEE 754 half-precision value, ties to even. */
export function toHalf(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below the smallest normal half: a multiple of 2^-24.
    const steps = Math.abs(value) * 2 ** 24;
    const floor = Math.floor(steps);
    const rest = steps - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && (floor & 1) === 1) ? floor + 1 : floor);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The value of half-precision bits. */
export function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

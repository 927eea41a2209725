import { DatumError } from '../errors.js';

/** An array of NumPy's, row-major. */
export interface NpyArray {
  readonly data: Float64Array;
  /** Outermost axis first. */
  readonly shape: readonly number[];
}

type Reader = (view: DataView, at: number, little: boolean) => number;

/** Kinds of numbers by NumPy's name for them, without the order of their bytes. */
const READERS: Readonly<Record<string, { readonly size: number; readonly read: Reader }>> = {
  b1: { size: 1, read: (view, at) => view.getUint8(at) },
  u1: { size: 1, read: (view, at) => view.getUint8(at) },
  i1: { size: 1, read: (view, at) => view.getInt8(at) },
  u2: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
  i2: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  u4: { size: 4, read: (view, at, little) => view.getUint32(at, little) },
  i4: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  u8: { size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i8: { size: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f2: { size: 2, read: (view, at, little) => fromHalf(view.getUint16(at, little)) },
  f4: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads a `.npy` file of numbers, versions 1 to 3, in C or Fortran order, of either order of bytes.
 *
 * Source: numpy.lib.format (NEP 1).
 *
 * @param name what errors call it
 * @throws DatumError (`usage`) for anything else.
 */
export function decodeNpy(bytes: Uint8Array, name: string): NpyArray {
  const refuse = (why: string): DatumError => new DatumError('usage', `${name} ${why}`, { file: name });
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw refuse('is no .npy file: write it with numpy.save.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = view.getUint8(6) > 1;
  const prefix = long ? 12 : 10;
  const start = bytes.length < prefix ? Infinity : prefix + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > bytes.length) throw refuse('is truncated: write it anew with numpy.save.');
  const header = new TextDecoder('latin1').decode(bytes.subarray(prefix, start));
  const [, type] = /'descr':\s*'([^']*)'/.exec(header) ?? [];
  const [, axes] = /'shape':\s*\(([^)]*)\)/.exec(header) ?? [];
  const fortran = /'fortran_order':\s*True/.test(header);
  const reader = READERS[(type ?? '').slice(1)];
  if (type === undefined || axes === undefined || reader === undefined || !/^[<>|=]/.test(type)) {
    throw refuse(
      `holds ${type === undefined ? 'records or objects' : `values of the type ${type}`}: give plain numbers.`,
    );
  }
  const shape = axes
    .split(',')
    .filter((axis) => axis.trim() !== '')
    .map(Number);
  const length = shape.reduce((product, axis) => product * axis, 1);
  if (!Number.isSafeInteger(length) || bytes.length - start < length * reader.size) {
    throw refuse('is truncated: write it anew with numpy.save.');
  }
  const little = !type.startsWith('>');
  const stored = Float64Array.from({ length }, (_, i) => reader.read(view, start + i * reader.size, little));
  return { data: fortran ? toRows(stored, shape) : stored, shape };
}

/** From the order in which the first axis runs quickest to the one in which the last does. */
function toRows(stored: Float64Array, shape: readonly number[]): Float64Array {
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((product, one) => product * one, 1));
  return stored.map((_, i) => {
    let [rest, from] = [i, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]!) * steps[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return stored[from]!;
  });
}

/** A number of 16 bits (IEEE 754 binary16). */
function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

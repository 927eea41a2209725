import { endianness } from 'node:os';

/**
 * A float32 array in NumPy's format, version 1.0, C order.
 *
 * Source: numpy.lib.format.
 *
 * @param shape outermost axis first; its product is `data.length`.
 */
export function encodeNpy(data: Float32Array, shape: readonly number[]): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const prefix = 10;
  const length = Math.ceil((prefix + dictionary.length + 1) / 64) * 64;
  const header = dictionary.padEnd(length - prefix - 1, ' ') + '\n';
  const bytes = new Uint8Array(length + data.length * 4);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), prefix);
  if (endianness() === 'LE') new Float32Array(bytes.buffer, length).set(data);
  else for (let i = 0; i < data.length; i++) view.setFloat32(length + i * 4, data[i]!, true);
  return bytes;
}

/** A float32 array of two axes. */
export interface NpyGrid {
  /** `[height, width]`, row-major. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Reads what `encodeNpy` wrote of an array `[height, width]`; null for anything else. */
export function decodeNpyGrid(bytes: Uint8Array): NpyGrid | null {
  if (bytes.length < 10) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, start));
  const [, h, w] = /'shape': \((\d+), (\d+)\)/.exec(header) ?? [];
  const [height, width] = [Number(h), Number(w)];
  if (!header.includes("'<f4'") || !(width > 0 && height > 0) || bytes.length < start + width * height * 4) return null;
  const values = Float32Array.from({ length: width * height }, (_, i) => view.getFloat32(start + i * 4, true));
  return { values, height, width };
}

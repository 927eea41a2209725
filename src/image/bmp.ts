import { decode } from 'bmp-ts';

/** Bytes that hold the size of a BMP file. */
export const BMP_HEADER = 26;

/** Whether these bytes begin as a BMP file does. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length >= BMP_HEADER;
}

/** The size that a BMP file declares; libvips reads none. Rows may stand from the top, which a negative height says. */
export function bmpSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

/**
 * The pixels of a BMP file, `[height, width, 3]`. An alpha channel is dropped, which most programs leave at 0 without
 * meaning it.
 *
 * @throws an Error where the file is cut off, or of a kind that is not read.
 */
export function decodeBmp(bytes: Uint8Array): { width: number; height: number; data: Uint8Array } {
  const { width, height } = bmpSize(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [offset, bits] = [view.getUint32(10, true), view.getUint16(28, true)];
  const isPlain = [0, 3, 6].includes(view.getUint32(30, true));
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (!(width > 0 && height > 0)) throw new Error(`a size of ${width} x ${height}`);
  if (isPlain && offset + stride * height > bytes.length) throw new Error('it ends too early');
  const { data } = decode(Buffer.from(bytes), { toRGBA: true });
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
  }
  return { width, height, data: rgb };
}

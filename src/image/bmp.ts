/** Bytes that hold the size of a BMP file. */
export const BMP_HEADER = 26;

/** Length of the oldest header, whose sizes have 2 bytes and whose palette has 3 a color. */
const CORE = 12;

/** Ways in which pixels are stored: plain, or with masks that say where the colors are. */
const PLAIN = 0;
const MASKS: ReadonlySet<number> = new Set([3, 6]);

/** Whether these bytes begin as a BMP file does. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length >= BMP_HEADER;
}

/** The size that a BMP file declares; libvips reads none. */
export function bmpSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const view = viewOf(bytes);
  if (view.getUint32(14, true) === CORE) {
    return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  }
  // Rows stand from the top where the height is negative.
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

/**
 * The pixels of a BMP file, `[height, width, 3]`: 1, 4 or 8 bits with a palette, 16, 24 or 32 bits. An alpha channel is
 * dropped. Compressed ones are not read.
 *
 * Not done with bmp-ts 1.0.9: it swaps red and blue of palettes.
 *
 * Source: Microsoft, "Bitmap Header Types" and "BITMAPINFOHEADER" (learn.microsoft.com, Win32, GDI).
 *
 * @throws an Error where the file is cut off, or of a kind that is not read.
 */
export function decodeBmp(bytes: Uint8Array): { width: number; height: number; data: Uint8Array } {
  const view = viewOf(bytes);
  const { width, height } = bmpSize(bytes);
  if (!(width > 0 && height > 0)) throw new Error(`a size of ${width} x ${height}`);
  const offset = view.getUint32(10, true);
  const header = view.getUint32(14, true);
  const isCore = header === CORE;
  const bits = view.getUint16(isCore ? 24 : 28, true);
  const compression = isCore ? PLAIN : view.getUint32(30, true);
  if (compression !== PLAIN && !MASKS.has(compression))
    throw new Error('a compressed BMP, which is not read: save it as PNG');
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (offset + stride * height > bytes.length) throw new Error('it ends too early');
  const colorOf = bits <= 8 ? paletteOf(bytes, 14 + header, isCore ? 3 : 4, bits) : directOf(view, bits, compression);
  const isTopDown = !isCore && view.getInt32(22, true) < 0;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = offset + stride * (isTopDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++, to += 3) colorOf(row, x, data, to);
  }
  return { width, height, data };
}

/** Writes the color of a pixel of a row. */
type ColorOf = (row: number, x: number, data: Uint8Array, to: number) => void;

function paletteOf(bytes: Uint8Array, start: number, entry: number, bits: number): ColorOf {
  if (![1, 4, 8].includes(bits)) throw new Error(`${bits} bits a pixel, which are not read`);
  const mask = (1 << bits) - 1;
  const perByte = 8 / bits;
  return (row, x, data, to) => {
    const byte = bytes[row + Math.floor(x / perByte)]!;
    const index = (byte >> (8 - bits * ((x % perByte) + 1))) & mask;
    const at = start + index * entry;
    data[to] = bytes[at + 2]!;
    data[to + 1] = bytes[at + 1]!;
    data[to + 2] = bytes[at]!;
  };
}

function directOf(view: DataView, bits: number, compression: number): ColorOf {
  if (bits === 24) {
    return (row, x, data, to) => {
      const at = row + 3 * x;
      data[to] = view.getUint8(at + 2);
      data[to + 1] = view.getUint8(at + 1);
      data[to + 2] = view.getUint8(at);
    };
  }
  if (bits !== 16 && bits !== 32) throw new Error(`${bits} bits a pixel, which are not read`);
  const usual = bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
  // The masks stand behind the 40 bytes of the first header, or in the same place of a later one.
  const masks = MASKS.has(compression) ? [54, 58, 62].map((at) => view.getUint32(at, true)) : usual;
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: Math.max(1, mask >>> shift) };
  });
  return (row, x, data, to) => {
    const pixel = bits === 16 ? view.getUint16(row + 2 * x, true) : view.getUint32(row + 4 * x, true);
    channels.forEach(({ mask, shift, most }, channel) => {
      data[to + channel] = Math.floor((((pixel & mask) >>> shift) * 255) / most);
    });
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

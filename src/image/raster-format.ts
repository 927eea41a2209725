/**
 * What files of images begin with: those formats alone are given to the decoder, which knows others too, such as SVG, where
 * a few kilobytes may ask for hours of drawing. `null` stands for any byte.
 *
 * JPEG: ITU-T T.81, B.2.1 (SOI, and the first byte of a marker); PNG: W3C PNG, 5.2; GIF: GIF89a, 17; WebP: RFC 9649, 2.4;
 * TIFF: TIFF 6.0, 2, and BigTIFF's version 43; AVIF and HEIF: ISO/IEC 14496-12, 4.3 (a box `ftyp` of any length); BMP: BITMAPFILEHEADER of Windows.
 */
const BEGINNINGS: readonly (readonly (number | null)[])[] = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [...ascii('GIF87a')],
  [...ascii('GIF89a')],
  [...ascii('RIFF'), null, null, null, null, ...ascii('WEBP')],
  [...ascii('II'), 42, 0],
  [...ascii('MM'), 0, 42],
  [...ascii('II'), 43, 0],
  [...ascii('MM'), 0, 43],
  [null, null, null, null, ...ascii('ftyp')],
  [...ascii('BM')],
];

/** Whether bytes begin as an image of pixels in a format that is read. */
export function isRasterImage(bytes: Uint8Array): boolean {
  return BEGINNINGS.some((beginning) => beginning.every((value, i) => value === null || bytes[i] === value));
}

function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

import sharp, { type Sharp, type SharpOptions } from 'sharp';
import { codeOf, DatumError, messageOf } from '../errors.js';
import { readWhole } from '../files.js';
import { bmpSize, decodeBmp, isBmp } from './bmp.js';
import { MAX_PIXELS } from './checked-image.js';
import { transparentColor, type RgbColor } from './gif.js';
import { isRasterImage } from './raster-format.js';
import type { RgbImage } from './types.js';

const OPAQUE = 255;
/** How long decoding may take, in seconds: few bytes may ask for much work. */
const LONGEST = 60;
/** Largest file, in bytes: four bytes of each of four channels for the most pixels would be more, and no one has such. */
const MOST_BYTES = 2 ** 30;

/**
 * Reads an image file of any format that libvips knows, and BMP (JPEG, PNG, WebP, TIFF, GIF, AVIF; by content, not by
 * name). CMYK, gray and palette images become 8-bit RGB as Pillow's `convert('RGB')` makes it, without color management;
 * 16-bit gray is divided by 256, as OpenCV does, where Pillow cuts it off at 255. EXIF orientation is applied; an alpha
 * channel is dropped without blending, as the training pipelines of OpenCV and Pillow do, and transparent pixels of a GIF get the
 * color that its palette has for them, as in Pillow.
 *
 * @throws DatumError (`image`) naming the file, for one that is missing, empty, truncated, not an image or too large.
 */
export async function readImage(path: string): Promise<RgbImage> {
  let bytes: Buffer;
  try {
    bytes = await readWhole(path, MOST_BYTES);
  } catch (cause) {
    throw new DatumError('image', unreadable(path, cause), { cause, file: path });
  }
  return decodeImage(bytes, path);
}

function unreadable(path: string, cause: unknown): string {
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return path.includes('\uFFFD')
        ? `there is no image ${path}: its name is not in UTF-8, give it another one.`
        : `there is no image ${path}: check the path.`;
    case 'EISDIR':
      return `${path} is a folder, not an image: name a file in it.`;
    case 'EACCES':
      return `the image ${path} may not be read: check its permissions.`;
    default:
      return `the image ${path} cannot be read (${messageOf(cause)}).`;
  }
}

/**
 * Decodes an image from memory; see `readImage`.
 *
 * @param name what errors call it.
 */
export async function decodeImage(bytes: Uint8Array, name = 'of these bytes'): Promise<RgbImage> {
  if (bytes.length === 0)
    throw new DatumError('image', `the image ${name} is empty (0 bytes): get it again.`, { file: name });
  if (!isRasterImage(bytes)) throw new DatumError('image', unsupported(name, bytes), { file: name });
  try {
    if (isBmp(bytes)) return decodedBmp(bytes);
    const { format, space, depth, hasAlpha } = await open(bytes).metadata();
    const image =
      space === 'cmyk'
        ? await fromCmyk(bytes)
        : depth === 'uchar'
          ? await fromBytes(bytes, format === 'gif' && hasAlpha ? transparentColor(bytes) : null)
          : await fromDeep(bytes, space);
    return hasAlpha && (await isTransparent(bytes)) ? { ...image, droppedAlpha: true } : image;
  } catch (cause) {
    const size = /pixel limit/i.test(messageOf(cause)) ? await sizeOf(bytes) : '';
    throw new DatumError('image', undecodable(name, bytes, messageOf(cause), size), { cause, file: name });
  }
}

/** No color management: profiles are passed over, as Pillow's `convert('RGB')` and OpenCV do. */
const OPENING: SharpOptions = {
  limitInputPixels: MAX_PIXELS,
  failOn: 'truncated',
  animated: false,
  ignoreIcc: true,
};

/** Decoding takes no longer than it may. */
function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, OPENING).timeout({ seconds: LONGEST });
}

function decodedBmp(bytes: Uint8Array): RgbImage {
  const { width, height } = bmpSize(bytes);
  if (width * height > MAX_PIXELS) throw new Error('pixel limit');
  return decodeBmp(bytes);
}

/** @param transparent what transparent pixels are shown in; what the decoder has for them where it is null. */
async function fromBytes(bytes: Uint8Array, transparent: RgbColor | null = null): Promise<RgbImage> {
  const oriented = open(bytes).autoOrient();
  const { data, info } = await (
    transparent === null ? oriented.removeAlpha() : oriented.flatten({ background: asColor(transparent) })
  )
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: toThreeChannels(data, info.channels) };
}

function asColor([r, g, b]: RgbColor): { r: number; g: number; b: number } {
  return { r, g, b };
}

/** Images of more than 8 bits, brought to 8: the greatest value tells whether little is left. */
async function fromDeep(bytes: Uint8Array, space: string): Promise<RgbImage> {
  const image = await fromBytes(bytes);
  if (space === 'rgb16') return image;
  const isWhole = space === 'grey16';
  const opened = open(bytes).removeAlpha();
  const { channels } = isWhole ? await opened.toColourspace('grey16').stats() : await opened.stats();
  const brightest = Math.max(...channels.map(({ max }) => max));
  return { ...image, deep: { kind: isWhole ? 'gray16' : 'float', brightest } };
}

/**
 * CMYK without a profile, as Pillow has it: white, less the ink of each color and of black.
 *
 * Source: Pillow 13, src/libImaging/Convert.c, `cmyk2rgb`.
 */
async function fromCmyk(bytes: Uint8Array): Promise<RgbImage> {
  const { data, info } = await open(bytes)
    .autoOrient()
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    const light = 255 - data[from + 3]!;
    for (let color = 0; color < 3; color++) {
      const product = data[from + color]! * light + 128;
      rgb[to + color] = Math.max(0, light - ((product + (product >> 8)) >> 8));
    }
  }
  return { width, height, data: rgb };
}

/** Whether an image has an alpha channel that is not opaque everywhere. */
async function isTransparent(bytes: Uint8Array): Promise<boolean> {
  const alpha = await open(bytes).extractChannel('alpha').toColourspace('b-w').raw({ depth: 'uchar' }).toBuffer();
  return alpha.some((value) => value < OPAQUE);
}

function toThreeChannels(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return data;
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) rgb.fill(data[i * channels]!, i * 3, i * 3 + 3);
  return rgb;
}

/** The size that an image's header tells, in words; none where it tells none. */
async function sizeOf(bytes: Uint8Array): Promise<string> {
  try {
    const { width, height } = isBmp(bytes)
      ? bmpSize(bytes)
      : await sharp(bytes, { ...OPENING, limitInputPixels: false }).metadata();
    return ` (${width} x ${height})`;
  } catch {
    return '';
  }
}

function undecodable(name: string, bytes: Uint8Array, reason: string, size: string): string {
  if (/pixel limit/i.test(reason)) {
    return `the image ${name} has more than ${MAX_PIXELS / 1e6} megapixels${size}: scale it down first.`;
  }
  if (/unsupported image format/i.test(reason)) return unsupported(name, bytes);
  if (/bad labq|CIELAB/i.test(reason)) {
    return `the image ${name} has colors in CIELAB, which is no RGB: save it in RGB with an image editor.`;
  }
  if (/timeout/i.test(reason)) {
    return `the image ${name} takes more than ${LONGEST} s to decode: save it anew with an image editor.`;
  }
  return `the image ${name} is damaged or truncated (${(reason.split('\n')[0] ?? '').replace(/[\s:.]+$/, '')}): get it again.`;
}

function unsupported(name: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  if (/^\s*(<!doctype html|<html)/i.test(text)) {
    return `the image ${name} is a page of HTML, as a server sends it in the place of an image: get the image again.`;
  }
  return `${name} is not an image in a format that can be read (JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP).`;
}

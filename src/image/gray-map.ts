import sharp from 'sharp';
import { DatumError, messageOf } from '../errors.js';
import { MAX_PIXELS } from './checked-image.js';

/** The values of a gray image, `[height, width]`, as they stand in the file: 0..255, or 0..65535 of 16 bits. */
export interface GrayMap {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Reads an image as a map: its gray values, not brought to any color space. Gray that is written as three equal colors is
 * gray too.
 *
 * @param name what errors call it
 * @throws DatumError (`usage`) for colors, which are no numbers, and for transparency; `image` for what is no image.
 */
export async function decodeGrayMap(bytes: Uint8Array, name: string): Promise<GrayMap> {
  const refuse = (why: string): DatumError => new DatumError('usage', `${name} ${why}`, { file: name });
  let raw;
  try {
    // Bit depths of the file, and no conversion: of gray there is nothing to convert, and colors are refused.
    const { depth, space, channels } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata();
    const wide = depth === 'ushort';
    const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'truncated', animated: false });
    const gray = space === 'b-w' || space === 'grey16';
    const kept = image.toColourspace(gray ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb');
    const { data, info } = await kept.raw({ depth: wide ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
    const values = wide ? new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)) : data;
    raw = { values, info, largest: wide ? 65_535 : 255, channels };
  } catch (cause) {
    throw new DatumError('image', `${name} is no image that can be read (${messageOf(cause).split('\n')[0] ?? ''}).`, {
      cause,
      file: name,
    });
  }
  const { values, info, largest } = raw;
  const { width, height, channels } = info;
  const hasAlpha = channels === 2 || channels === 4;
  const colors = channels - (hasAlpha ? 1 : 0);
  const out = new Float32Array(width * height);
  for (let i = 0; i < out.length; i++) {
    const at = i * channels;
    const value = values[at]!;
    for (let other = 1; other < colors; other++) {
      if (values[at + other] !== value) {
        throw refuse(
          'is a colored image, perhaps a map laid over a photo, and its colors are no numbers: give the map itself, as .npy or as a gray PNG.',
        );
      }
    }
    if (hasAlpha && values[at + colors] !== largest) {
      throw refuse('is transparent, so that nobody can tell its values: give it as .npy or as an opaque gray PNG.');
    }
    out[i] = value;
  }
  return { width, height, data: out };
}

import sharp from 'sharp';
import { isRasterImage } from './raster-format.js';

/** A hundred megabytes: thousands of maps. */
const MOST_PIXELS = 50_000_000;

/** A 16-bit gray image, `[height, width]`, row-major. */
export interface Gray16Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array;
}

/** A PNG of a 16-bit gray image: Pillow opens it in mode `I;16`, NumPy sees `uint16`. */
export async function encodeGray16Png({ width, height, data }: Gray16Image): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .toColourspace('grey16')
    .png({ compressionLevel: 9, adaptiveFiltering: true })
    .toBuffer();
}

/**
 * Reads what `encodeGray16Png` wrote.
 *
 * @throws where it is no image, or has more pixels than any that was written.
 */
export async function decodeGray16Png(bytes: Uint8Array): Promise<Gray16Image> {
  if (!isRasterImage(bytes)) throw new Error('it is no image');
  const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS })
    .timeout({ seconds: 60 })
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    data: new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + info.width * info.height * 2)),
  };
}

import sharp from 'sharp';
import { DatumError, messageOf } from '../errors.js';
import { openToRead } from '../files.js';
import { BMP_HEADER, bmpSize, isBmp } from './bmp.js';

/** How an image lies in its file, as the decoder reads it. */
export interface ImageFrame {
  /** Size of the pixels as they are stored. */
  readonly width: number;
  readonly height: number;
  /** EXIF's orientation, 1 to 8; 1 is upright. The decoder turns images upright. */
  readonly orientation: number;
}

/**
 * The size and the orientation of an image file, from its header, by the same library that decodes it: EXIF's orientation
 * counts in JPEG, PNG, WebP and TIFF; AVIF is stored upright.
 *
 * @throws DatumError (`image`) where there is no header of an image.
 */
export async function readImageFrame(path: string): Promise<ImageFrame> {
  try {
    const head = await headOf(path);
    if (isBmp(head)) return { ...bmpSize(head), orientation: 1 };
    const { width, height, orientation = 1 } = await sharp(path).metadata();
    return { width, height, orientation: orientation >= 1 && orientation <= 8 ? orientation : 1 };
  } catch (cause) {
    throw new DatumError('image', `${path}: the size of the image cannot be read (${messageOf(cause)}).`, {
      cause,
      file: path,
    });
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const handle = await openToRead(path);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(BMP_HEADER), 0, BMP_HEADER, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The size of an image as it is seen: orientations from 5 on lie on their side. */
export function seenSize({ width, height, orientation }: ImageFrame): {
  readonly width: number;
  readonly height: number;
} {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

import { createHash } from 'node:crypto';
import { DatumError } from '../../errors.js';
import { writeWhole } from '../../files.js';
import { encodeWebp, readImage } from '../../image/files.js';
import { resizeImage } from '../../image/index.js';
import { placeInside } from '../../results/inside.js';
import { fitted } from './map-data.js';

/** Folder of the images beside the page. */
export const IMAGE_FOLDER = 'report-images';

/** Where a page's images go. */
export interface ImagePlace {
  /** Longest side in pixels. */
  readonly side: number;
  /** Folder of the page, for images beside it; null puts them into the page. */
  readonly beside: string | null;
}

/**
 * An image for the page, scaled down: a data URL, or a path relative to the page. Null where the image is gone or
 * cannot be read: a report is made without it.
 */
export async function imageFor(path: string | null, { side, beside }: ImagePlace): Promise<string | null> {
  if (path === null) return null;
  let bytes: Buffer;
  try {
    const image = await readImage(path);
    const { width, height } = fitted(image, side);
    bytes = await encodeWebp(resizeImage(image, width, height));
  } catch (error) {
    if (error instanceof DatumError) return null;
    throw error;
  }
  if (beside === null) return `data:image/webp;base64,${bytes.toString('base64')}`;
  // Names from the content: no name of a user's file stands in a link.
  const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 20)}.webp`;
  await writeWhole(await placeInside(beside, `${IMAGE_FOLDER}/${name}`), bytes);
  return `${IMAGE_FOLDER}/${name}`;
}

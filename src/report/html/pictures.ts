import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatumError } from '../../errors.js';
import { writeWhole } from '../../files.js';
import { encodeWebp, readImage, resizeImage } from '../../image/index.js';
import { fitted } from './map-data.js';

/** Folder of the pictures beside the page. */
export const PICTURE_FOLDER = 'report-pictures';

/** Where a page's pictures go. */
export interface PicturePlace {
  /** Longest side in pixels. */
  readonly side: number;
  /** Folder of the page, for pictures beside it; null puts them into the page. */
  readonly beside: string | null;
}

/**
 * A picture for the page, scaled down: a data URL, or a path relative to the page. Null where the picture is gone or
 * cannot be read: a report is made without it.
 */
export async function pictureFor(path: string | null, { side, beside }: PicturePlace): Promise<string | null> {
  if (path === null) return null;
  let bytes: Buffer;
  try {
    const picture = await readImage(path);
    const { width, height } = fitted(picture, side);
    bytes = await encodeWebp(await resizeImage(picture, width, height));
  } catch (error) {
    if (error instanceof DatumError) return null;
    throw error;
  }
  if (beside === null) return `data:image/webp;base64,${bytes.toString('base64')}`;
  // Names from the content: no name of a user's file stands in a link.
  const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 20)}.webp`;
  await writeWhole(join(beside, PICTURE_FOLDER, name), bytes);
  return `${PICTURE_FOLDER}/${name}`;
}

import { resolve } from 'node:path';
import { readImage } from '../image/files.js';
import type { RgbImage } from '../image/index.js';
import type { OpenedImage } from './answer.js';

/**
 * Opens an image.
 *
 * @param source its path, or the image decoded already
 * @throws DatumError (`image`) where it cannot be read.
 */
export async function openImage(source: string | RgbImage): Promise<OpenedImage> {
  return typeof source === 'string'
    ? { path: resolve(source), pixels: await readImage(source) }
    : { path: null, pixels: source };
}

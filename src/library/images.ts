import { fileURLToPath } from 'node:url';
import { checkedImage } from '../image/checked-image.js';
import { decodeImage, encodePng } from '../image/files.js';
import type { RgbImage } from '../image/types.js';
import type { OpenedImage } from '../runs/answer.js';
import { openImage } from '../runs/open-image.js';
import { loadMethod } from '../runs/load-method.js';
import type { ImagePlatform } from './explain.js';

/** An image: the path or file URL of one, the bytes of a file, or decoded pixels. */
export type ImageSource = string | URL | Uint8Array | RgbImage;

/** Images of files, on Node. */
export const files: ImagePlatform<ImageSource> = { open: openSource, encodePng, loadMethod };

async function openSource(source: ImageSource): Promise<OpenedImage> {
  if (source instanceof URL) return openImage(fileURLToPath(source));
  if (source instanceof Uint8Array) return openImage(await decodeImage(source, 'of these bytes'));
  return openImage(typeof source === 'string' ? source : checkedImage(source));
}

import { encodeWebp, readImage } from '../../image/files.js';
import { resizeImage } from '../../image/index.js';
import { Turns } from '../../models/turns.js';

/** Longest side in pixels. */
const SIDE = 192;
/** Images decoded at once: models need the processor more. */
const AT_ONCE = 2;
/** Thumbnails kept, of some ten kilobytes each; the oldest go first. */
const KEPT = 500;

/** Small versions of a source's images, made when they are asked for. */
export class Thumbnails {
  readonly #turns = new Turns(AT_ONCE);
  readonly #kept = new Map<string, Promise<Buffer>>();

  /**
   * A WebP of an image.
   *
   * @param key tells the images apart
   * @param find its file, which may be read
   * @throws DatumError where it cannot be read.
   */
  async of(key: string, find: () => Promise<string>): Promise<Buffer> {
    const made = this.#kept.get(key) ?? this.#turns.take(async () => encode(await find()));
    this.#kept.delete(key);
    this.#kept.set(key, made);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return made.catch((error: unknown) => {
      this.#kept.delete(key);
      throw error;
    });
  }
}

async function encode(path: string): Promise<Buffer> {
  const image = await readImage(path);
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return encodeWebp(resizeImage(image, width, height));
}

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { decodeImage, encodeWebp, readImage, resizeImage, type RgbImage } from '../../image/index.js';
import type { PictureState } from '../protocol.js';

/** Longest side of what the browser is sent: maps are no sharper. */
const SHOWN_PIXELS = 1600;
/** Pictures kept in memory, by number and by pixels together; the oldest go first. */
const KEPT = 16;
const KEPT_PIXELS = 160_000_000;

/** A picture that was decoded. */
export interface KeptPicture {
  readonly state: PictureState;
  readonly image: RgbImage;
  /** The file it came from; null for uploads. */
  readonly path: string | null;
}

/** The pictures that the page may show: those named on the command line, items of sources, and uploads. */
export class Pictures {
  readonly #kept = new Map<string, KeptPicture>();
  readonly #shown = new Map<string, Promise<Buffer>>();

  get states(): PictureState[] {
    return [...this.#kept.values()].map(({ state }) => state);
  }

  /** @throws DatumError (`image`) where it cannot be read. */
  async addFile(path: string, name = basename(path)): Promise<PictureState> {
    return this.add(await readImage(path), name, path);
  }

  /** @throws DatumError (`image`) where the bytes are no picture, or too large a one. */
  async addUpload(bytes: Uint8Array, name: string): Promise<PictureState> {
    const shown = basename(name.replaceAll('\\', '/')).slice(0, 200) || 'picture';
    return this.add(await decodeImage(bytes, shown), shown, null);
  }

  add(image: RgbImage, name: string, path: string | null): PictureState {
    const key = `${image.width} ${path ?? ''} ${name}`;
    const id = createHash('sha256').update(image.data).update(key).digest('hex').slice(0, 16);
    const state = { id, name, width: image.width, height: image.height };
    this.#kept.delete(id);
    this.#kept.set(id, { state, image, path });
    this.#forget();
    return state;
  }

  get(id: string): KeptPicture | undefined {
    return this.#kept.get(id);
  }

  /** A WebP of a picture, scaled down where it is large. */
  async shown(id: string): Promise<Buffer | undefined> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    const encoded = this.#shown.get(id) ?? encode(kept.image);
    this.#shown.set(id, encoded);
    return encoded;
  }

  #forget(): void {
    let pixels = 0;
    const newestFirst = [...this.#kept.entries()].reverse();
    for (const [place, [id, { image }]] of newestFirst.entries()) {
      pixels += image.width * image.height;
      if (place === 0 || (place < KEPT && pixels <= KEPT_PIXELS)) continue;
      this.#kept.delete(id);
      this.#shown.delete(id);
    }
  }
}

async function encode(image: RgbImage): Promise<Buffer> {
  const scale = Math.min(1, SHOWN_PIXELS / Math.max(image.width, image.height));
  if (scale === 1) return encodeWebp(image);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return encodeWebp(await resizeImage(image, width, height));
}

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { decodeImage, encodeWebp, readImage } from '../../image/files.js';
import { resizeImage, type RgbImage } from '../../image/index.js';
import type { Dataset, DatasetItem } from '../../datasets/index.js';
import type { ImageState } from '../protocol.js';

/** Longest side of what the browser is sent: maps are no sharper. */
const SHOWN_PIXELS = 1600;
/** Images kept in memory, by number and by pixels together; the oldest go first. */
const KEPT = 16;
const KEPT_PIXELS = 160_000_000;

/** An image of a dataset, for what annotators say of it. */
export interface Annotated {
  readonly item: DatasetItem;
  readonly dataset: Dataset;
}

/** An image that was decoded. */
export interface KeptImage {
  readonly state: ImageState;
  readonly pixels: RgbImage;
  /** The file it came from; null for uploads. */
  readonly path: string | null;
  /** Null where it is of no dataset. */
  readonly annotated: Annotated | null;
}

/** The images that the page may show: uploads, those of sources that were chosen, and those of a run that is watched. */
export class Images {
  readonly #kept = new Map<string, KeptImage>();
  readonly #shown = new Map<string, Promise<Buffer>>();

  get states(): ImageState[] {
    return [...this.#kept.values()].map(({ state }) => state);
  }

  /** @throws DatumError (`image`) where it cannot be read. */
  async addFile(path: string, name = basename(path), annotated: Annotated | null = null): Promise<ImageState> {
    return this.add(await readImage(path), name, path, annotated);
  }

  /** @throws DatumError (`image`) where the bytes are no image, or too large a one. */
  async addUpload(bytes: Uint8Array, name: string): Promise<ImageState> {
    const shown = basename(name.replaceAll('\\', '/')).slice(0, 200) || 'image';
    return this.add(await decodeImage(bytes, shown), shown, null);
  }

  add(pixels: RgbImage, name: string, path: string | null, annotated: Annotated | null = null): ImageState {
    const key = `${pixels.width} ${path ?? ''} ${name}`;
    const id = createHash('sha256').update(pixels.data).update(key).digest('hex').slice(0, 16);
    const state = { id, name, isUpload: path === null, width: pixels.width, height: pixels.height };
    this.#kept.delete(id);
    this.#kept.set(id, { state, pixels, path, annotated });
    this.#forget();
    return state;
  }

  get(id: string): KeptImage | undefined {
    return this.#kept.get(id);
  }

  /** A WebP of an image, scaled down where it is large. */
  async shown(id: string): Promise<Buffer | undefined> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    const encoded = this.#shown.get(id) ?? encode(kept.pixels);
    this.#shown.set(id, encoded);
    return encoded;
  }

  #forget(): void {
    let area = 0;
    const newestFirst = [...this.#kept.entries()].reverse();
    for (const [
      place,
      [
        id,
        {
          pixels: { width, height },
        },
      ],
    ] of newestFirst.entries()) {
      area += width * height;
      if (place === 0 || (place < KEPT && area <= KEPT_PIXELS)) continue;
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
  return encodeWebp(resizeImage(image, width, height));
}

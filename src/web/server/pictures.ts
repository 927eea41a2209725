import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { decodeImage, encodePng, readImage, resizeImage, type RgbImage } from '../../image/index.js';
import type { PictureState } from '../protocol.js';

/** Longest side of what the browser is sent: maps are no sharper. */
const SHOWN_PIXELS = 1600;
/** Pictures kept in memory; the oldest uploads go first. */
const KEPT = 16;

interface Kept {
  readonly state: PictureState;
  readonly image: RgbImage;
  /** The file it came from; null for uploads. */
  readonly path: string | null;
}

/** The pictures that the page may show: those named on the command line, and uploads. */
export class Pictures {
  readonly #kept = new Map<string, Kept>();

  get states(): PictureState[] {
    return [...this.#kept.values()].map(({ state }) => state);
  }

  /** @throws DatumError (`image`) where it cannot be read. */
  async addFile(path: string): Promise<PictureState> {
    return this.#keep(await readImage(path), basename(path), path);
  }

  /** @throws DatumError (`image`) where the bytes are no picture, or too large a one. */
  async addUpload(bytes: Uint8Array, name: string): Promise<PictureState> {
    const shown = basename(name.replaceAll('\\', '/')).slice(0, 200) || 'picture';
    return this.#keep(await decodeImage(bytes, shown), shown, null);
  }

  get(id: string): { readonly image: RgbImage; readonly path: string | null; readonly name: string } | undefined {
    const kept = this.#kept.get(id);
    return kept === undefined ? undefined : { image: kept.image, path: kept.path, name: kept.state.name };
  }

  /** A PNG of a picture, scaled down where it is large. */
  async png(id: string): Promise<Buffer | undefined> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    const { image } = kept;
    const scale = Math.min(1, SHOWN_PIXELS / Math.max(image.width, image.height));
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    return encodePng(await resizeImage(image, width, height));
  }

  #keep(image: RgbImage, name: string, path: string | null): PictureState {
    const id = createHash('sha256').update(image.data).update(`${image.width} ${name}`).digest('hex').slice(0, 16);
    const state = { id, name, width: image.width, height: image.height };
    this.#kept.delete(id);
    this.#kept.set(id, { state, image, path });
    for (const old of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - KEPT))) this.#kept.delete(old);
    return state;
  }
}

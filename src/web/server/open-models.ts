import { DatumError } from '../../errors.js';
import type { RgbImage } from '../../image/index.js';
import type { OpenModel } from '../../models/open-model.js';

/** Opens a model by its name; the image is for trying it, where its shapes do not tell how it is read. */
export type ModelOpener = (name: string, image: RgbImage) => Promise<OpenModel>;

/** Models open at once: two are compared. */
const KEPT = 2;

interface Kept {
  readonly model: Promise<OpenModel>;
  users: number;
}

/** Models that were opened and are kept for the next use, the two used last. */
export class OpenModels {
  readonly #open: ModelOpener;
  readonly #kept = new Map<string, Kept>();
  #closed = false;

  constructor(open: ModelOpener) {
    this.#open = open;
  }

  /** Works with a model, which stays open at least as long. */
  async use<T>(name: string, image: RgbImage, work: (model: OpenModel) => Promise<T>): Promise<T> {
    const entry = this.#take(name, image);
    entry.users++;
    try {
      return await work(await entry.model);
    } catch (error) {
      // One that does not open is tried again the next time: its file may have been mended.
      await entry.model.catch(() => {
        if (this.#kept.get(name) === entry) this.#kept.delete(name);
      });
      throw error;
    } finally {
      entry.users--;
      if (entry.users === 0 && !this.#closed && this.#kept.get(name) !== entry) void closeModel(entry);
      this.#trim();
    }
  }

  /** Opens a model anew the next time; whoever works with it keeps it until then. */
  async forget(name: string): Promise<void> {
    const entry = this.#kept.get(name);
    this.#kept.delete(name);
    if (entry !== undefined && entry.users === 0) await closeModel(entry);
  }

  /** Closes all of them. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(all.map(closeModel));
  }

  #take(name: string, image: RgbImage): Kept {
    if (this.#closed) throw new DatumError('interrupted', 'the server is closing.');
    const entry = this.#kept.get(name) ?? { model: this.#open(name, image), users: 0 };
    this.#kept.delete(name);
    this.#kept.set(name, entry);
    return entry;
  }

  /** Closes what was not used for longest, but nothing in use. */
  #trim(): void {
    const idle = [...this.#kept].filter(([, { users }]) => users === 0);
    for (const [name, entry] of idle.slice(0, Math.max(0, this.#kept.size - KEPT))) {
      this.#kept.delete(name);
      void closeModel(entry);
    }
  }
}

async function closeModel({ model }: Kept): Promise<void> {
  const opened = await model.catch(() => null);
  await opened?.close();
}

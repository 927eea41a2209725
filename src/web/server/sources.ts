import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Dataset, DatasetItem } from '../../datasets/index.js';
import { DatumError } from '../../errors.js';
import type { SourcePage } from '../protocol.js';
import type { Annotated } from './images.js';
import { Thumbnails } from './thumbnails.js';

/** Datasets by name, each opened when it is first asked for. */
export interface SourceOpener {
  readonly names: readonly string[];
  /** Folders whose images may be shown beside a dataset's own. */
  readonly roots: readonly string[];
  readonly open: (name: string) => Promise<Dataset>;
}

/** Items whose files are remembered. */
const MOST_LISTED = 10_000;

/** Browses datasets, and finds their images where they may be shown. */
export class Sources {
  readonly #opener: SourceOpener;
  /** Files of items that were listed, by source and id: their thumbnails are asked for next. */
  readonly #listed = new Map<string, string>();
  readonly #thumbnails = new Thumbnails();
  readonly #open = new Map<string, Promise<Dataset>>();

  constructor(opener: SourceOpener) {
    this.#opener = opener;
  }

  get names(): readonly string[] {
    return this.#opener.names;
  }

  /**
   * Some items of a source, in its order.
   *
   * @param search part of the id, in any case
   * @throws DatumError (`dataset`) for a source that there is not, or a malformed one.
   */
  async page(name: string, search: string, first: number, count: number): Promise<SourcePage> {
    const dataset = await this.#dataset(name);
    const wanted = search.toLowerCase();
    const items: DatasetItem[] = [];
    let place = 0;
    for await (const item of dataset.items()) {
      if (!item.id.toLowerCase().includes(wanted) || place++ < first) continue;
      if (items.length === count) return { items: items.map(itemState), more: true };
      items.push(item);
      this.#list(name, item);
    }
    return { items: items.map(itemState), more: false };
  }

  /**
   * An item, and the file of its image.
   *
   * @throws DatumError (`dataset`) where there is none, or it lies outside of the source and the project, also by way of a
   *   link or of `..` in an annotation.
   */
  async item(name: string, id: string): Promise<Annotated & { readonly path: string }> {
    const dataset = await this.#dataset(name);
    for await (const item of dataset.items()) {
      if (item.id !== id) continue;
      if (item.imagePath === null) throw new DatumError('dataset', item.missing ?? `the image of ${id} is missing.`);
      return { item, dataset, path: await this.#inside(item.imagePath, dataset) };
    }
    throw new DatumError('dataset', `${name} has no item '${id}'.`);
  }

  /**
   * A small version of an item's image, as WebP.
   *
   * @throws DatumError as `item` does, and `image` where it cannot be read.
   */
  async thumbnail(name: string, id: string): Promise<Buffer> {
    return this.#thumbnails.of(keyOf(name, id), async () => {
      const listed = this.#listed.get(keyOf(name, id));
      return listed === undefined ? (await this.item(name, id)).path : this.#inside(listed, await this.#dataset(name));
    });
  }

  /** A small version of an image that may be shown, as WebP. */
  thumbnailOf(path: string): Promise<Buffer> {
    return this.#thumbnails.of(path, () => Promise.resolve(path));
  }

  #list(name: string, { id, imagePath }: DatasetItem): void {
    if (this.#listed.size >= MOST_LISTED) this.#listed.clear();
    if (imagePath !== null) this.#listed.set(keyOf(name, id), imagePath);
  }

  async #inside(path: string, dataset: Dataset): Promise<string> {
    const real = await realOf(path);
    const roots = await Promise.all([dataset.root, ...this.#opener.roots].map(realOf));
    if (real !== null && roots.some((root) => root !== null && real.startsWith(root + sep))) return real;
    throw new DatumError(
      'dataset',
      `${path} lies outside of ${dataset.root} and of the project, where the page may not read: copy it there.`,
      { file: path },
    );
  }

  async #dataset(name: string): Promise<Dataset> {
    if (!this.names.includes(name)) throw new DatumError('dataset', `there is no source '${name}'.`);
    const opened = this.#open.get(name) ?? this.#opener.open(name);
    this.#open.set(name, opened);
    return opened.catch((error: unknown) => {
      this.#open.delete(name);
      throw error;
    });
  }
}

function keyOf(name: string, id: string): string {
  return JSON.stringify([name, id]);
}

async function realOf(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}

function itemState({ id, subset, imagePath }: DatasetItem): SourcePage['items'][number] {
  return { id, subset, missing: imagePath === null };
}

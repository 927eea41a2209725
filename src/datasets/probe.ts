import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { openToRead } from '../files.js';
import { decodeText } from './text.js';
import { listFolder, type Listing } from './walk.js';

/** Folders in which a search gives up: a dataset shows what it is long before. */
const MAX_FOLDERS = 200;

/** Starts of files that are kept. */
const MAX_HEADS = 200;

/**
 * Looks at a path for the format detectors: listings and the first bytes of files, each read once however many
 * detectors ask. Nothing here throws: what cannot be read is empty.
 */
export class Probe {
  /** Absolute folder that is looked at: the path itself, or the folder of the file. */
  readonly folder: string;
  /** Name of the file when the path is a file; null for a folder. */
  readonly file: string | null;
  readonly #listings = new Map<string, Promise<Listing>>();
  readonly #heads = new Map<string, Promise<string>>();

  private constructor(folder: string, file: string | null) {
    this.folder = folder;
    this.file = file;
  }

  /** @param path absolute path of something that exists. */
  static async of(path: string): Promise<Probe> {
    const isFile = (await stat(path)).isFile();
    return isFile ? new Probe(dirname(path), basename(path)) : new Probe(path, null);
  }

  /** What a sub-folder holds; `''` is the folder itself. Hidden names are left out. */
  list(subFolder = ''): Promise<Listing> {
    let listing = this.#listings.get(subFolder);
    if (listing === undefined) {
      listing = listFolder(join(this.folder, subFolder));
      this.#listings.set(subFolder, listing);
    }
    return listing;
  }

  /** The first 64 KB of a file as text. */
  head(file: string): Promise<string> {
    let head = this.#heads.get(file);
    if (head === undefined) {
      head = readHead(join(this.folder, file));
      // The first in is the first out: detectors ask for the same files, readers of many for each once.
      const [oldest] = this.#heads.keys();
      if (oldest !== undefined && this.#heads.size >= MAX_HEADS) this.#heads.delete(oldest);
      this.#heads.set(file, head);
    }
    return head;
  }

  /**
   * The first files, level by level down to `depth` sub-folders, whose name passes; paths are relative to the folder,
   * with `/`. Where the path is a file, only that file is looked at.
   */
  async find(accept: (name: string) => boolean, { depth = 0, limit = 8 } = {}): Promise<string[]> {
    if (this.file !== null) return accept(this.file) ? [this.file] : [];
    const found: string[] = [];
    let level = [''];
    let visited = 0;
    for (let down = 0; down <= depth; down++) {
      const next: string[] = [];
      for (const folder of level) {
        if (++visited > MAX_FOLDERS) return found;
        const listing = await this.list(folder);
        for (const file of listing.files) {
          if (!accept(file)) continue;
          found.push(folder === '' ? file : `${folder}/${file}`);
          if (found.length === limit) return found;
        }
        next.push(...listing.folders.map((name) => (folder === '' ? name : `${folder}/${name}`)));
      }
      level = next;
    }
    return found;
  }
}

async function readHead(file: string): Promise<string> {
  const handle = await openToRead(file).catch(() => null);
  if (handle === null) return '';
  try {
    const buffer = Buffer.alloc(65_536);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return decodeText(buffer.subarray(0, bytesRead));
  } catch {
    return '';
  } finally {
    await handle.close();
  }
}

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { DatumError } from '../../errors.js';
import { MEASURED_SAVED, saveExplanation } from '../../report/save-explanation.js';
import type { MeasuredExplanation } from '../../results/explanation.js';

/** The files that are written for an explanation, made when they are asked for. */
export class ResultFiles {
  readonly #folders = new Map<MeasuredExplanation, Promise<string>>();
  readonly #removals = new Set<Promise<void>>();
  #closed = false;

  /** Names, in order. */
  async list(measured: MeasuredExplanation, image: string): Promise<string[]> {
    return (await readdir(await this.#folder(measured, image))).sort();
  }

  /** The bytes of one of the listed files; undefined for any other name. */
  async read(measured: MeasuredExplanation, image: string, name: string): Promise<Buffer | undefined> {
    const names = await this.list(measured, image);
    return names.includes(name) ? readFile(join(await this.#folder(measured, image), name)) : undefined;
  }

  /** Removes them all; none is made any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const folder of this.#folders.values()) this.#remove(folder);
    this.#folders.clear();
    await Promise.all(this.#removals);
  }

  async #folder(measured: MeasuredExplanation, image: string): Promise<string> {
    const known = this.#folders.get(measured);
    if (known !== undefined) return known;
    if (this.#closed) throw new DatumError('interrupted', 'the server is closing.');
    const folder = writeAll(measured, image);
    this.#folders.set(measured, folder);
    // What could not be written is tried again when it is asked for again.
    folder.catch(() => {
      if (this.#folders.get(measured) === folder) this.#folders.delete(measured);
    });
    this.#forget();
    return folder;
  }

  /** Keeps the files of the two explanations asked for last. */
  #forget(): void {
    for (const [measured, folder] of [...this.#folders].slice(0, Math.max(0, this.#folders.size - 2))) {
      this.#folders.delete(measured);
      this.#remove(folder);
    }
  }

  #remove(folder: Promise<string>): void {
    const removal = folder.then(removeFolder, () => undefined).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }
}

async function writeAll(measured: MeasuredExplanation, image: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'datum-files-'));
  const base = parse(image).name.replaceAll(/[^\p{L}\p{N}_.-]/gu, '_') || 'image';
  try {
    await saveExplanation(folder, base, measured, { save: new Set(MEASURED_SAVED) });
    return folder;
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

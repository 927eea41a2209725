import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { MEASURED_SAVED, saveExplanation } from '../../report/save-explanation.js';
import type { MeasuredExplanation } from '../../results/explanation.js';

/** The files that are written for an explanation, made when they are asked for. */
export class ResultFiles {
  readonly #folders = new Map<MeasuredExplanation, Promise<string>>();

  /** Names, in order. */
  async list(measured: MeasuredExplanation, image: string): Promise<string[]> {
    return (await readdir(await this.#folder(measured, image))).sort();
  }

  /** The bytes of one of the listed files; undefined for any other name. */
  async read(measured: MeasuredExplanation, image: string, name: string): Promise<Buffer | undefined> {
    const names = await this.list(measured, image);
    return names.includes(name) ? readFile(join(await this.#folder(measured, image), name)) : undefined;
  }

  /** Removes them all. */
  async close(): Promise<void> {
    const folders = await Promise.allSettled(this.#folders.values());
    this.#folders.clear();
    for (const folder of folders) {
      if (folder.status === 'fulfilled') await rm(folder.value, { recursive: true, force: true });
    }
  }

  #folder(measured: MeasuredExplanation, image: string): Promise<string> {
    const known = this.#folders.get(measured);
    if (known !== undefined) return known;
    const folder = writeAll(measured, image);
    this.#folders.set(measured, folder);
    this.#forget();
    return folder;
  }

  /** Keeps the files of the two explanations asked for last. */
  #forget(): void {
    for (const [measured, folder] of [...this.#folders].slice(0, Math.max(0, this.#folders.size - 2))) {
      this.#folders.delete(measured);
      void folder.then((path) => rm(path, { recursive: true, force: true }));
    }
  }
}

async function writeAll(measured: MeasuredExplanation, image: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'datum-files-'));
  const base = parse(image).name.replaceAll(/[^\p{L}\p{N}_.-]/gu, '_') || 'image';
  await saveExplanation(folder, base, measured, { save: new Set(MEASURED_SAVED) });
  return folder;
}

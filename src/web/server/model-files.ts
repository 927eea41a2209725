import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { DatumError } from '../../errors.js';
import { isModelName } from '../protocol.js';

/** Model files kept on the disk, with their weights: further ones are refused. */
const MOST = 20;

/** Model files that pages brought, in a folder of their own until the server ends. */
export class ModelFiles {
  readonly #paths = new Map<string, string>();
  #folder: Promise<string> | null = null;
  #files = 0;

  /** Names of models, in the order in which they came. */
  get names(): readonly string[] {
    return [...this.#paths.keys()];
  }

  /** Where a model lies; undefined where it was not brought. */
  path(name: string): string | undefined {
    return this.#paths.get(name);
  }

  /**
   * Keeps a file. Those that differ in their endings alone lie side by side, as an OpenVINO model and its weights do.
   *
   * @returns the name of the model; null for a file that is a part of one
   * @throws DatumError (`model`) for what is no model file, or one too many.
   */
  async add(bytes: Uint8Array, name: string): Promise<string | null> {
    const shown = parse(name.replaceAll('\\', '/'))
      .base.replaceAll(/[^\p{L}\p{N} _.-]/gu, '_')
      .slice(-120);
    if (!isModelName(shown)) {
      throw new DatumError(
        'model',
        `${shown} is no model: drop an ONNX file, or an OpenVINO model's .xml with its .bin.`,
      );
    }
    if (this.#files >= MOST) {
      throw new DatumError(
        'model',
        `${MOST} model files were brought already: name further ones when datum is started.`,
      );
    }
    this.#files++;
    const { name: stem, ext } = parse(shown);
    const folder = join(await this.#own(), `m-${stem}`);
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${stem}${ext.toLowerCase()}`);
    await writeFile(path, bytes);
    if (ext.toLowerCase() === '.bin') return null;
    this.#paths.set(shown, path);
    return shown;
  }

  /** Removes them all. */
  async close(): Promise<void> {
    const folder = await this.#folder?.catch(() => null);
    if (folder != null) await rm(folder, { recursive: true, force: true });
  }

  #own(): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'datum-models-'));
    return this.#folder;
  }
}

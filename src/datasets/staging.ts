import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { DatumError } from '../errors.js';
import { systemReason, toDisk } from '../files.js';

/** Text is passed to the system in pieces of this many characters. */
const FLUSH_AT = 1 << 16;

/** A text file that grows at its end. */
export class Sink {
  readonly path: string;
  readonly #handle: FileHandle;
  #pending = '';

  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  async write(text: string): Promise<void> {
    this.#pending += text;
    if (this.#pending.length >= FLUSH_AT) await this.#flush();
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
      await toDisk(this.#handle);
    } finally {
      await this.#handle.close();
    }
  }

  async #flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    await this.#handle.appendFile(text);
  }
}

/**
 * A dataset that is being written: files grow in a hidden folder beside their places and get their names when all are
 * complete, so that a reader never sees half of one.
 */
export class Staging {
  readonly #target: string;
  readonly #folder: string;
  readonly #open = new Set<Sink>();

  private constructor(target: string, folder: string) {
    this.#target = target;
    this.#folder = folder;
  }

  /**
   * @param target absolute folder of the dataset; created when missing.
   * @throws DatumError (`output`) when it cannot be.
   */
  static async in(target: string): Promise<Staging> {
    const folder = join(target, `.writing-${randomBytes(6).toString('hex')}`);
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw notWritten(target, error);
    }
    return new Staging(target, folder);
  }

  /** A new file in the hidden folder. */
  async sink(name: string): Promise<Sink> {
    const path = join(this.#folder, name);
    const sink = new Sink(path, await open(path, 'a'));
    this.#open.add(sink);
    return sink;
  }

  /** Closes a file; it can then be read, or get its name. */
  async close(sink: Sink): Promise<void> {
    this.#open.delete(sink);
    await sink.close();
  }

  /**
   * Gives finished files their names, replacing what was there.
   *
   * @param names final path below the dataset's folder, by the finished file.
   * @returns the absolute final paths.
   */
  async publish(names: ReadonlyMap<Sink, string>): Promise<string[]> {
    const paths: string[] = [];
    for (const [sink, name] of names) {
      const path = join(this.#target, name);
      await mkdir(dirname(path), { recursive: true });
      await rename(sink.path, path);
      paths.push(path);
    }
    return paths;
  }

  /** Copies an image into the dataset; a copy never appears in part. */
  async copy(from: string, name: string): Promise<void> {
    const path = join(this.#target, name);
    const partial = join(this.#folder, 'image');
    await mkdir(dirname(path), { recursive: true });
    await copyFile(from, partial);
    await rename(partial, path);
  }

  /** Removes everything that was not published. */
  async discard(): Promise<void> {
    for (const sink of this.#open) await sink.close().catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export function notWritten(path: string, cause: unknown): DatumError {
  return new DatumError('output', `${path}: the dataset cannot be written: ${systemReason(cause)}.`, {
    cause,
    file: path,
  });
}

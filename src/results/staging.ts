import { link, lstat, realpath, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatumError } from '../errors.js';
import {
  isThere,
  makeFolder,
  nameBeside,
  refuseAllButFiles,
  removeQuietly,
  systemReason,
  writeBeside,
  type WaitingFile,
} from '../files.js';

/** A file that waits for its name. */
interface Waiting extends WaitingFile {
  readonly name: string;
}

/** What was done to one name, to be undone. */
interface Step {
  readonly target: string;
  /** What had the name before; null where nothing had. */
  readonly backup: string | null;
}

/**
 * Files that get their names together or not at all: each is written beside its place and on to the disk, then all are
 * renamed. When a write or a renaming fails, what was there before is there, complete. A folder is made with the first
 * file.
 */
export class Staging {
  readonly folder: string;
  readonly #files: Promise<Waiting>[] = [];
  readonly #names: string[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Names of the files so far, in the order in which they were added. */
  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * Writes a file that is to be published. Several may be under way at once.
   *
   * @param name in the folder
   * @throws DatumError (`output`) naming the file and what to do.
   */
  async add(name: string, data: string | Uint8Array): Promise<void> {
    const file = writeStaged(this.folder, name, data);
    // Who discards asks again, and must not be the first to listen.
    file.catch(() => undefined);
    this.#names.push(name);
    this.#files.push(file);
    await file;
  }

  /**
   * Where a file lies until it gets its name, to be read; null where there is none of that name.
   *
   * @throws DatumError (`output`) where it could not be written
   */
  async placeOf(name: string): Promise<string | null> {
    return (await this.#files[this.#names.indexOf(name)])?.temporary ?? null;
  }

  /**
   * Gives all files their names, in the place of what had them, and takes away files that are no longer wanted. The file
   * added last is renamed last.
   *
   * @param unwanted names in the folder
   * @throws DatumError (`output`); then everything is as it was before, and nothing waits any more.
   */
  async publish(unwanted: readonly string[] = []): Promise<void> {
    const files = await Promise.all(this.#files);
    const done: Step[] = [];
    let name = '';
    try {
      for (const { name: its, target, temporary } of files) {
        name = its;
        done.push({ target, backup: await keepBeside(target) });
        await rename(temporary, target);
      }
      for (name of unwanted.filter((one) => !this.#names.includes(one)))
        done.push(...(await takeAway(join(this.folder, name), files)));
    } catch (cause) {
      await undo(done);
      await this.discard();
      throw cannotBe('written', join(this.folder, name), cause);
    }
    this.#files.length = 0;
    this.#names.length = 0;
    // Everything has its name: what cannot be removed any more is no reason to say that it has not.
    for (const { backup } of done) if (backup !== null) await removeQuietly(backup);
  }

  /** Throws away what was not published, after what is being written. */
  async discard(): Promise<void> {
    this.#names.length = 0;
    for (const file of await Promise.allSettled(this.#files.splice(0))) {
      if (file.status === 'fulfilled') await removeQuietly(file.value.temporary);
    }
  }
}

/** Names of files that staging leaves behind only when its process is killed. */
export const LEFT_BY_STAGING = /\.[0-9a-f-]{36}\.(tmp|old)$/;

async function writeStaged(folder: string, name: string, data: string | Uint8Array): Promise<Waiting> {
  const path = join(folder, name);
  try {
    await makeFolder(dirname(path));
    return { name, ...(await writeBeside(path, data)) };
  } catch (cause) {
    throw cannotBe('written', path, cause);
  }
}

/** Keeps what has a name under another one too, so that the name is never without a file; null where nothing has it. */
async function keepBeside(target: string): Promise<string | null> {
  if (!(await isThere(target))) return null;
  await refuseAllButFiles(target);
  const backup = nameBeside(target, 'old');
  try {
    await link(target, backup);
  } catch {
    // Not every file system has hard links.
    await rename(target, backup);
  }
  return backup;
}

/** Takes a file, or a link, from its name; nothing where there is none, or where a new file lies. */
async function takeAway(path: string, files: readonly Waiting[]): Promise<Step[]> {
  if (!(await isThere(path)) || (await lstat(path)).isDirectory()) return [];
  const target = join(await realpath(dirname(path)), basename(path));
  if (files.some((file) => file.target === target)) return [];
  try {
    const backup = nameBeside(target, 'old');
    await rename(target, backup);
    return [{ target, backup }];
  } catch (cause) {
    throw cannotBe('removed', path, cause);
  }
}

/** Undoes renamings, the last one first. */
async function undo(done: readonly Step[]): Promise<void> {
  for (const { target, backup } of [...done].reverse()) {
    if (backup === null) {
      await removeQuietly(target);
      continue;
    }
    try {
      await rename(backup, target);
    } catch {
      // It is the only copy now.
      continue;
    }
    // Two names of one file are left as they are by a renaming.
    await removeQuietly(backup);
  }
}

function cannotBe(done: 'written' | 'removed', path: string, cause: unknown): DatumError {
  if (cause instanceof DatumError) return cause;
  return new DatumError('output', `${path} cannot be ${done}: ${systemReason(cause)}.`, { cause, file: path });
}

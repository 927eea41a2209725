import { randomUUID } from 'node:crypto';
import { link, lstat, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, DatumError } from '../errors.js';
import { isThere, makeFolder, systemReason } from '../files.js';

/** A file that waits for its name. */
interface Waiting {
  readonly name: string;
  /** Where it goes: the file that a link of its name leads to, or its own path. */
  readonly target: string;
  /** Where it lies until then, beside its target. */
  readonly temporary: string;
}

/** What was done to one name, to be undone. */
interface Step {
  readonly target: string;
  /** What had the name before; null where nothing had. */
  readonly backup: string | null;
}

/**
 * Files that get their names together or not at all: each is written beside its place and on to the disk, then all are
 * renamed. When a write or a renaming fails, what was there before is there, complete.
 */
export class Staging {
  readonly folder: string;
  readonly #waiting: Waiting[] = [];

  /** @param folder is made with the first file. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Names of the files so far, in the order in which they were added. */
  get names(): readonly string[] {
    return this.#waiting.map(({ name }) => name);
  }

  /**
   * Writes a file that is to be published. Several may be under way at once.
   *
   * @param name in the folder
   * @throws DatumError (`output`) naming the file and what to do.
   */
  async add(name: string, data: string | Uint8Array): Promise<void> {
    const path = join(this.folder, name);
    try {
      await makeFolder(dirname(path));
      const target = await realpath(path).catch(() => path);
      await refuseFolder(target);
      const waiting = { name, target, temporary: `${target}.${randomUUID()}.tmp` };
      this.#waiting.push(waiting);
      await writeThrough(waiting.temporary, data);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  }

  /**
   * Gives all files their names, in the place of what had them, and takes away files that are no longer wanted. The file
   * added last is renamed last.
   *
   * @param unwanted names in the folder
   * @throws DatumError (`output`); then everything is as it was before.
   */
  async publish(unwanted: readonly string[] = []): Promise<void> {
    const done: Step[] = [];
    let at = this.folder;
    try {
      for (const { target, temporary } of this.#waiting) {
        at = target;
        const backup = await keepBeside(target);
        done.push({ target, backup });
        await rename(temporary, target);
      }
      for (const name of unwanted) {
        at = join(this.folder, name);
        if (this.names.includes(name) || !(await isThere(at))) continue;
        const backup = `${at}.${randomUUID()}.old`;
        await rename(at, backup);
        done.push({ target: at, backup });
      }
    } catch (cause) {
      await undo(done);
      await this.discard();
      throw cannotWrite(at, cause);
    }
    this.#waiting.length = 0;
    for (const { backup } of done) if (backup !== null) await rm(backup, { force: true });
  }

  /** Throws away what was not published. */
  async discard(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    await Promise.all(waiting.map(({ temporary }) => rm(temporary, { force: true })));
  }
}

/** Names of files that staging leaves behind only when its process is killed. */
export const LEFT_BY_STAGING = /\.[0-9a-f-]{36}\.(tmp|old)$/;

async function writeThrough(path: string, data: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Keeps what has a name under another one too, so that the name is never without a file; null where nothing has it. */
async function keepBeside(target: string): Promise<string | null> {
  if (!(await isThere(target))) return null;
  await refuseFolder(target);
  const backup = `${target}.${randomUUID()}.old`;
  try {
    await link(target, backup);
  } catch {
    // Not every file system has hard links.
    await rename(target, backup);
  }
  return backup;
}

/** Undoes renamings, the last one first. */
async function undo(done: readonly Step[]): Promise<void> {
  for (const { target, backup } of [...done].reverse()) {
    if (backup === null) {
      await rm(target, { force: true });
      continue;
    }
    await rename(backup, target).catch(() => undefined);
    // Two names of one file are left as they are by a renaming.
    if (await isThere(target)) await rm(backup, { force: true });
  }
}

async function refuseFolder(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (found?.isDirectory() === true) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
}

function cannotWrite(path: string, cause: unknown): DatumError {
  if (cause instanceof DatumError) return cause;
  return new DatumError('output', `${path} cannot be written: ${systemReason(cause)}.`, { cause, file: path });
}

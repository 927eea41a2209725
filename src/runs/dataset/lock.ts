import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { kill, pid } from 'node:process';
import { z } from 'zod';
import { codeOf, DatumError, messageOf } from '../../errors.js';

const NAME = '.lock';

const ownerSchema = z.object({ pid: z.number(), host: z.string(), started: z.string(), token: z.string() });
type Owner = z.output<typeof ownerSchema>;

/**
 * A folder taken by this process. The lock is a file that names the process; when the process is gone, killed or not,
 * the next one takes the lock over. Processes on other machines cannot be seen, so theirs must be removed by hand.
 */
export class FolderLock {
  readonly #path: string;
  readonly #token: string;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
  }

  /**
   * @param folder existing
   * @throws DatumError (`output`) when another process has it, or it cannot be written.
   */
  static async take(folder: string): Promise<FolderLock> {
    const path = join(folder, NAME);
    const token = randomBytes(8).toString('hex');
    const mine = join(folder, `${NAME}.${token}`);
    const owner: Owner = { pid, host: hostname(), started: await startOf(pid), token };
    try {
      await writeFile(mine, `${JSON.stringify(owner)}\n`);
      // A link is made whole or not at all, so a lock is never seen without its owner.
      for (let tries = 0; tries < 20; tries++) {
        if (await linked(mine, path)) return new FolderLock(path, token);
        await removeStale(path, folder, token);
      }
    } catch (cause) {
      if (cause instanceof DatumError) throw cause;
      throw new DatumError('output', `${folder} cannot be locked (${messageOf(cause)}): choose another folder.`, {
        cause,
      });
    } finally {
      await rm(mine, { force: true });
    }
    throw taken(folder, null);
  }

  /** Whether the lock is still this process's. */
  async isHeld(): Promise<boolean> {
    return (await ownerOf(this.#path))?.token === this.#token;
  }

  async release(): Promise<void> {
    if (await this.isHeld()) await rm(this.#path, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone; throws where it is not. */
async function removeStale(path: string, folder: string, token: string): Promise<void> {
  const owner = await ownerOf(path);
  // A damaged lock is nobody's: locks are linked whole.
  if (owner !== null && (owner.host !== hostname() || (await isAlive(owner)))) throw taken(folder, owner);
  // Of several processes that find it stale, each moves it away under a name of its own; one that moved a newer lock
  // away by this puts it back.
  const moved = `${path}.${token}.stale`;
  try {
    await rename(path, moved);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await ownerOf(moved))?.token !== owner?.token) await linked(moved, path);
  await rm(moved, { force: true });
}

/** The owner that a lock names; null where there is no lock, or a damaged one. */
async function ownerOf(path: string): Promise<Owner | null> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  try {
    kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const started = await startOf(owner.pid);
  return started === '' || owner.started === '' || started === owner.started;
}

/**
 * When a process was started, in the system's own count; empty where the system does not tell. Numbers of processes are
 * used again: this tells two of one number apart.
 */
async function startOf(process: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${process}/stat`, 'utf8');
    // The second field is the name, in parentheses, which may hold spaces; the start is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A process that has ended and was not yet waited for holds nothing.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

function taken(folder: string, owner: Owner | null): DatumError {
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new DatumError(
    'output',
    `${folder} is in use by ${who}: wait for it, choose another folder, or remove ${join(folder, NAME)} if that run is dead.`,
  );
}

import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { kill, pid } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { codeOf, DatumError, messageOf } from '../errors.js';

const NAME = '.lock';
/** How often, and how far apart in milliseconds, a lock is tried that is neither free nor somebody's. */
const TRIES = 100;
const PAUSE = 10;

const ownerSchema = z.object({
  pid: z.number(),
  host: z.string(),
  started: z.string(),
  token: z.string().regex(/^[0-9a-f]+$/),
});
type Owner = z.output<typeof ownerSchema>;

/** A lock that was taken, or who has it. */
export type Taking =
  { readonly lock: FolderLock; readonly holder: null } | { readonly lock: null; readonly holder: string };

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
    const { lock, holder } = await FolderLock.tryTake(folder);
    if (lock !== null) return lock;
    throw new DatumError(
      'output',
      `${folder} is in use by ${holder}: wait for it, choose another folder, or remove ${join(folder, NAME)} if that run is dead.`,
    );
  }

  /**
   * Takes a lock that nobody has, or says who has it.
   *
   * @param folder existing
   * @param name of the lock in it
   * @throws DatumError (`output`) where it cannot be written.
   */
  static async tryTake(folder: string, name = NAME): Promise<Taking> {
    const path = join(folder, name);
    const token = randomBytes(8).toString('hex');
    const mine = join(folder, `${name}.${token}`);
    const owner: Owner = { pid, host: hostname(), started: await startOf(pid), token };
    try {
      await writeFile(mine, `${JSON.stringify(owner)}\n`);
      // A link is made whole or not at all, so a lock is never seen without its owner.
      for (let tries = 0; tries < TRIES; tries++) {
        if (await linked(mine, path)) return { lock: new FolderLock(path, token), holder: null };
        const owner = await removeStale(path, mine);
        if (owner !== null) return { lock: null, holder: `process ${owner.pid} on ${owner.host}` };
        await setTimeout(PAUSE);
      }
    } catch (cause) {
      throw new DatumError('output', `${folder} cannot be locked (${messageOf(cause)}): choose another folder.`, {
        cause,
      });
    } finally {
      await rm(mine, { force: true });
    }
    return { lock: null, holder: 'another process' };
  }

  /** Whether the lock is still this process's. */
  async isHeld(): Promise<boolean> {
    return tokenOf(await lockAt(this.#path)) === this.#token;
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

/**
 * Removes the lock at `path` if its process is gone.
 *
 * To remove a path is not to remove the lock that was read there: between the two another process may have put a new
 * one in its place. So only who holds the guard named after a stale lock's token may remove that lock; as its own
 * process is dead, what the guard's holder then reads at the path is still there when it is removed. A guard is a lock
 * as well: when its holder dies in between, it is removed in the same way.
 *
 * @returns the owner that is alive; null when the path may be tried again.
 */
async function removeStale(path: string, mine: string): Promise<Owner | null> {
  const found = await lockAt(path);
  if (found === 'none') return null;
  // A damaged lock is nobody's: locks are linked whole.
  if (found !== 'damaged' && (await isAlive(found))) return found;
  const guard = `${path}.${found === 'damaged' ? found : found.token}`;
  if (!(await linked(mine, guard))) {
    await removeStale(guard, mine);
    return null;
  }
  try {
    const now = await lockAt(path);
    if (tokenOf(now) === tokenOf(found)) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
  return null;
}

function tokenOf(lock: Owner | 'none' | 'damaged'): string {
  return typeof lock === 'string' ? lock : lock.token;
}

async function lockAt(path: string): Promise<Owner | 'none' | 'damaged'> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'none' : 'damaged';
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  // What runs on another machine cannot be seen.
  if (owner.host !== hostname()) return true;
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

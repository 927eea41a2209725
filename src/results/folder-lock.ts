import { randomBytes } from 'node:crypto';
import { link, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { codeOf, DatumError, type ErrorKind } from '../errors.js';
import { readWholeText, requireFile, systemReason } from '../files.js';
import { beatText, isAlive, ownerText, parseOwner, thisOwner, type LockOwner } from './lock-owner.js';

/** The name of the lock in its folder. */
export const LOCK = '.lock';

/** Times in milliseconds. */
export interface LockTimes {
  /** How long a folder is waited for that a process has which is known to be alive. */
  readonly patience: number;
  /** How far apart a lock is looked at that is somebody's. */
  readonly pause: number;
  /** How often a holder shows that it is alive. */
  readonly beat: number;
  /** How long a holder that cannot be seen may show nothing before it counts as dead. */
  readonly silence: number;
}

const TIMES: LockTimes = { patience: 0, pause: 50, beat: 5_000, silence: 40_000 };

/** How often a lock is tried that is there and cannot be read. */
const BLIND = 100;

/** What a lock held when it was looked at first, and since when it holds that. */
interface Seen {
  readonly text: string;
  readonly since: number;
}

/**
 * A folder taken by this process. The lock is a file that names the process, and in which the process counts on while it
 * lives. Who wants the folder and sees that process (on the same machine, in the same container) asks the system whether
 * it lives; who does not see it watches the count, by its own clock: where it stands still for long, the process is dead.
 * A dead one's lock is taken over.
 */
export class FolderLock {
  readonly #path: string;
  readonly #token: string;
  readonly #beating: NodeJS.Timeout;
  #beats = 0;

  private constructor(path: string, token: string, every: number) {
    this.#path = path;
    this.#token = token;
    this.#beating = setInterval(() => {
      void this.#beat();
    }, every).unref();
  }

  /**
   * Takes a folder's lock, waiting for a holder as long as `patience` says; one that cannot be seen is watched at least
   * until it has shown that it lives.
   *
   * @param folder existing
   * @param kind of errors
   * @throws DatumError when another process has it, or it cannot be written.
   */
  static async take(folder: string, times: Partial<LockTimes> = {}, kind: ErrorKind = 'output'): Promise<FolderLock> {
    const { patience, pause, beat, silence } = { ...TIMES, ...times };
    const path = join(folder, LOCK);
    const token = randomBytes(8).toString('hex');
    const mine = join(folder, `${LOCK}.${token}`);
    const text = ownerText(await thisOwner(token));
    const begun = performance.now();
    let seen: Seen = { text: '', since: 0 };
    try {
      await writeFile(mine, text);
      for (let blind = 0; ;) {
        if (await placed(mine, path, text)) return new FolderLock(path, token, beat);
        const found = await textOf(path);
        if (found === null) {
          // There is something of that name that cannot be read: a link to nowhere.
          if (++blind > BLIND) throw inUse(folder, path, null, kind);
          await setTimeout(pause);
          continue;
        }
        const before = seen;
        seen = found === before.text ? before : { text: found, since: performance.now() };
        const owner = parseOwner(found);
        const state = await stateOf(owner, { seen, before, silence });
        if (state === 'dead') await removed(path, found, { mine, text, silence });
        else if (state === 'alive' && performance.now() - begun >= patience) throw inUse(folder, path, owner, kind);
        await setTimeout(pause);
      }
    } catch (cause) {
      if (cause instanceof DatumError) throw cause;
      throw new DatumError(kind, `${folder} cannot be written: ${systemReason(cause)}.`, { cause, file: folder });
    } finally {
      await rm(mine, { force: true }).catch(() => undefined);
    }
  }

  /**
   * Whether the lock is still this process's.
   *
   * @throws DatumError (`output`) where that cannot be told.
   */
  async isHeld(): Promise<boolean> {
    try {
      return parseOwner((await textOf(this.#path)) ?? '')?.token === this.#token;
    } catch (cause) {
      throw new DatumError('output', `${this.#path} cannot be read: ${systemReason(cause)}.`, {
        cause,
        file: this.#path,
      });
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#beating);
    // Where the folder is out of reach, others see that nobody counts on any more.
    if (await this.isHeld().catch(() => false)) await rm(this.#path, { force: true }).catch(() => undefined);
  }

  /** Counts on in the lock's file; what cannot be written now is written next time. */
  async #beat(): Promise<void> {
    const count = beatText(++this.#beats);
    try {
      await requireFile(this.#path);
      const handle = await open(this.#path, 'r+');
      try {
        // The file that is open is looked at and written: another's, put in its place meanwhile, is not touched.
        const text = await handle.readFile('utf8');
        const owner = parseOwner(text);
        if (owner?.token !== this.#token || owner.beat === null) return;
        await handle.write(count, text.lastIndexOf(owner.beat));
      } finally {
        await handle.close();
      }
    } catch {
      // The folder may be out of reach for a while.
    }
  }
}

/**
 * Removes what processes that died left of taking a folder, by who has it.
 *
 * @throws the system's error
 */
export async function removeLockLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${LOCK}.`)) continue;
    const owner = parseOwner((await textOf(join(folder, name))) ?? '');
    if (owner !== null && (await isAlive(owner)) === false) await rm(join(folder, name), { force: true });
  }
}

/** What is known of a holder: that it lives, that it does not, or neither yet. */
async function stateOf(
  owner: LockOwner | null,
  { seen, before, silence }: { readonly seen: Seen; readonly before: Seen; readonly silence: number },
): Promise<'alive' | 'dead' | 'unknown'> {
  const alive = owner === null ? null : await isAlive(owner);
  if (alive !== null) return alive ? 'alive' : 'dead';
  // A lock of version 0.1.0 does not count on: whether its process lives is for people to say.
  if (owner !== null && owner.beat === null) return 'alive';
  // A lock without an owner is one that is being written, where links cannot be made, or was left half-written.
  if (owner !== null && before.text !== seen.text && parseOwner(before.text)?.token === owner.token) return 'alive';
  return performance.now() - seen.since >= silence ? 'dead' : 'unknown';
}

/** Puts the lock in its place, whole, unless there is one. */
async function placed(mine: string, path: string, text: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // Some network drives and memory cards have no links: there a file is made that was not there, and then written.
    if (!NO_LINKS.has(codeOf(error) ?? '')) throw error;
  }
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK', 'EXDEV', 'UNKNOWN']);

/**
 * Removes a dead process's lock.
 *
 * To remove a path is not to remove the lock that was read there: between the two another process may have put a new
 * one in its place. So only who holds the guard named after a lock's token may remove that lock; as its own process is
 * dead, what the guard's holder then reads at the path is still there when it is removed. A guard is a lock as well: when
 * its holder dies in between, it is removed in the same way.
 *
 * @param found what the lock holds
 */
async function removed(
  path: string,
  found: string,
  own: { readonly mine: string; readonly text: string; readonly silence: number },
): Promise<void> {
  const guard = `${path}.${parseOwner(found)?.token ?? 'damaged'}`;
  if (!(await placed(own.mine, guard, own.text))) {
    await removeDeadGuard(guard, own);
    return;
  }
  try {
    const now = await textOf(path);
    if (now !== null && now === found) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** Removes a guard whose process died; who cannot see that process waits for it. */
async function removeDeadGuard(
  guard: string,
  own: { readonly mine: string; readonly text: string; readonly silence: number },
): Promise<void> {
  const found = await textOf(guard);
  if (found === null) return;
  const begun = performance.now();
  const owner = parseOwner(found);
  const alive = owner === null ? null : await isAlive(owner);
  if (alive === true) return;
  // A guard lives for a moment: one that is there as long as a holder may be silent is a dead one's.
  for (; alive === null && performance.now() - begun < own.silence;) {
    await setTimeout(TIMES.pause);
    if ((await textOf(guard)) !== found) return;
  }
  await removed(guard, found, own);
}

/** The text of a lock; null where there is none. */
async function textOf(path: string): Promise<string | null> {
  try {
    return await readWholeText(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function inUse(folder: string, path: string, owner: LockOwner | null, kind: ErrorKind): DatumError {
  const holder = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new DatumError(
    kind,
    `${folder} is in use by ${holder}: wait for it, choose another folder, or remove ${path} if that process is dead.`,
    { file: folder },
  );
}

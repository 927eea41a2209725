import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { getuid } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { DatumError } from '../errors.js';
import { makeFolder } from '../files.js';
import { FolderLock, type Taking } from './folder-lock.js';

/** How often, and how far apart in milliseconds, a folder is asked for that another process writes to. */
const TRIES = 1200;
const PAUSE = 50;

/**
 * Does work on a folder while no other process of this user does: names are chosen and taken in one step. The lock lies
 * with the system's temporary files, since the folder may not be there, and gets no file of ours that is no result. Where
 * those cannot be written, nothing is waited for.
 *
 * @throws DatumError (`output`) where another process holds the folder for a minute; and what the work throws.
 */
export async function oneAtATime<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const name = createHash('sha256')
    .update(await realOf(folder))
    .digest('hex')
    .slice(0, 16);
  for (let tries = 1; ; tries++) {
    const { lock, holder } = await tryLock(name);
    if (holder === null) {
      try {
        return await work();
      } finally {
        await lock?.release();
      }
    }
    if (tries === TRIES) {
      throw new DatumError('output', `${folder} is in use by ${holder}: wait for it, or choose another folder.`, {
        file: folder,
      });
    }
    await setTimeout(PAUSE);
  }
}

async function tryLock(name: string): Promise<Taking | { readonly lock: null; readonly holder: null }> {
  const locks = join(tmpdir(), `datum-${getuid?.() ?? 'user'}`);
  try {
    await makeFolder(locks);
    return await FolderLock.tryTake(locks, name);
  } catch {
    return { lock: null, holder: null };
  }
}

/** The folder's own path, or the one that it is going to have. */
async function realOf(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    return await realpath(path);
  } catch {
    return dirname(path) === path ? path : join(await realOf(dirname(path)), basename(path));
  }
}

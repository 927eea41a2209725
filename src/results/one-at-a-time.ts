import { createHash } from 'node:crypto';
import { access, constants, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { getuid } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { DatumError } from '../errors.js';
import { makeFolder } from '../files.js';
import { FolderLock } from './run/lock.js';

/** How often, and how far apart in milliseconds, a folder is asked for that another process writes to. */
const TRIES = 1200;
const PAUSE = 50;

/**
 * Does work on a folder while no other process of this user does: names are chosen and taken in one step. The lock lies
 * with the system's temporary files, since the folder may not be there, and gets no file of ours that is no result. On a
 * system where there can be none, nothing is waited for.
 *
 * @throws DatumError (`output`) where another process holds the folder for a minute; and what the work throws.
 */
export async function oneAtATime<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const locks = await folderOfLocks();
  if (locks === null) return await work();
  const lock = await waited(
    locks,
    createHash('sha256')
      .update(await realOf(folder))
      .digest('hex')
      .slice(0, 16),
  );
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

async function folderOfLocks(): Promise<string | null> {
  const path = join(tmpdir(), `datum-${getuid?.() ?? 'user'}`);
  try {
    await makeFolder(path);
    await access(path, constants.W_OK);
    return path;
  } catch {
    return null;
  }
}

async function waited(locks: string, name: string): Promise<FolderLock> {
  for (let tries = 1; ; tries++) {
    try {
      return await FolderLock.take(locks, name);
    } catch (error) {
      if (tries === TRIES || !(error instanceof DatumError)) throw error;
      await setTimeout(PAUSE);
    }
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

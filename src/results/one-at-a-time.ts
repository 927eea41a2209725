import { rmdir } from 'node:fs/promises';
import type { ErrorKind } from '../errors.js';
import { isThere, makeFolder } from '../files.js';
import { FolderLock } from './folder-lock.js';

/** How long a folder is waited for, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Does work on a folder, which is made, while no other process does: names are chosen and taken in one step.
 *
 * @param kind of errors
 * @throws DatumError where another process holds the folder for a minute, or it cannot be written; and what the work
 *   throws.
 */
export async function oneAtATime<T>(folder: string, work: () => Promise<T>, kind: ErrorKind = 'output'): Promise<T> {
  // Where that cannot be told, it cannot be made either.
  const isNew = await isThere(folder).then(
    (there) => !there,
    () => false,
  );
  await makeFolder(folder, kind);
  const lock = await FolderLock.take(folder, { patience: PATIENCE }, kind);
  try {
    return await work();
  } finally {
    await lock.release();
    // Nothing was written to it: where something was, it stays.
    if (isNew) await rmdir(folder).catch(() => undefined);
  }
}

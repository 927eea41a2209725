import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, DatumError, messageOf, type ErrorKind } from './errors.js';

/**
 * Writes a file whole or not at all, with the folders above it: the bytes go beside the target first, on to the disk,
 * and are renamed. A link keeps its place; the file that it leads to is replaced.
 *
 * Not done with write-file-atomic 7: it takes a short write, which is how a full disk begins, for a whole one.
 *
 * @throws DatumError of the given kind, naming the file and what to do.
 */
export async function writeWhole(path: string, data: string | Uint8Array, kind: ErrorKind = 'output'): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const target = await realpath(path).catch(() => path);
    const temporary = `${target}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, data, { flag: 'wx', flush: true });
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (cause) {
    throw new DatumError(kind, `${path} cannot be written: ${reason(cause)}.`, { cause });
  }
}

/**
 * Copies a file, with the folders above the copy.
 *
 * @throws DatumError of the given kind, naming both files and what to do.
 */
export async function copyTo(from: string, to: string, kind: ErrorKind): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
  } catch (cause) {
    throw new DatumError(kind, `${from} cannot be copied to ${to}: ${reason(cause)}.`, { cause });
  }
}

function reason(cause: unknown): string {
  switch (codeOf(cause)) {
    case 'EACCES':
    case 'EPERM':
      return 'there is no permission, choose another folder';
    case 'EROFS':
      return 'the file system is read-only, choose another folder';
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'the disk is full, free some space or choose another folder';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of the path is a file, choose another folder';
    case 'EISDIR':
      return 'there is a folder of that name';
    default:
      return messageOf(cause);
  }
}

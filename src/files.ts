import { randomUUID } from 'node:crypto';
import {
  close as closeDescriptor,
  createReadStream,
  fdatasync,
  fsync,
  open as openDescriptor,
  read,
  type Stats,
} from 'node:fs';
import {
  access,
  constants,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { Socket } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, DatumError, messageOf, type ErrorKind } from './errors.js';

/** Largest file that is read as one text, in bytes: no list of names, settings or annotations of one image is larger. */
export const MOST_TEXT = 256 * 2 ** 20;
/** Largest file that is read whole, in bytes: what Node reads at once. */
export const MOST_BYTES = 2 ** 31 - 1;
/** How long a pipe may be silent, in milliseconds. */
const LONGEST_SILENCE = 10_000;
/** Opening does not wait for a writer, nor reading for bytes; Windows has no such flag. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a file of the user's whole. A pipe is read too (`<(...)`, `/dev/stdin`) as long as something writes into it; a
 * device, which may have no end, is not.
 *
 * @param most how many bytes it may have
 * @throws the system's error, or one whose message says what is wrong with the file.
 */
export async function readWhole(path: string, most = MOST_BYTES): Promise<Buffer> {
  const found = await stat(path);
  if (found.isFIFO()) return readPipe(path, most);
  refuseDevices(found);
  if (found.size > most) throw tooLarge(found.size, most);
  return readFile(path, { flag: WITHOUT_WAITING });
}

/** The same as text in UTF-8, up to `MOST_TEXT`. */
export async function readWholeText(path: string): Promise<string> {
  return (await readWhole(path, MOST_TEXT)).toString('utf8');
}

/**
 * Refuses what is read more than once, or by others, and is neither a file nor a folder: a pipe, a device.
 *
 * @throws the system's error, or one whose message says what it is.
 */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path);
  if (found.isFIFO()) throw new Error('it is a pipe, and has to be a file');
  refuseDevices(found);
}

/**
 * Opens a file of the user's for reading.
 *
 * @throws as `requireFile`
 */
export async function openToRead(path: string): Promise<FileHandle> {
  await requireFile(path);
  return open(path, 'r');
}

/**
 * A file of the user's in pieces, as they are asked for.
 *
 * @throws as `requireFile`
 */
export async function* chunksOf(path: string, highWaterMark: number): AsyncGenerator<Buffer, void, void> {
  await requireFile(path);
  const input = createReadStream(path, { highWaterMark });
  try {
    for await (const chunk of input) if (Buffer.isBuffer(chunk)) yield chunk;
  } finally {
    input.destroy();
  }
}

function refuseDevices(found: Stats): void {
  if (!found.isFile() && !found.isDirectory()) throw new Error('it is a device, and has to be a file');
}

/** Without blocking a thread, so that the process can end meanwhile. */
async function readPipe(path: string, most: number): Promise<Buffer> {
  const fd = await promisify(openDescriptor)(path, WITHOUT_WAITING);
  const chunks: Buffer[] = [];
  let socket: Socket | null = null;
  try {
    // The end at once means that nobody has it open for writing: waiting would be for ever.
    const first = await firstOf(fd);
    if (first?.length === 0) throw new Error('it is a pipe into which nothing is written');
    if (first !== null) chunks.push(first);
    let size = first?.length ?? 0;
    socket = new Socket({ fd, readable: true });
    socket.setTimeout(LONGEST_SILENCE, () => {
      socket?.destroy(new Error(`it is a pipe out of which nothing comes for ${LONGEST_SILENCE / 1000} s`));
    });
    for await (const chunk of socket) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > most) throw tooLarge(size, most);
      chunks.push(chunk);
    }
  } finally {
    if (socket === null) await promisify(closeDescriptor)(fd);
    else socket.destroy();
  }
  return Buffer.concat(chunks);
}

/** What lies in a pipe now; null where its writer has not written yet. */
async function firstOf(fd: number): Promise<Buffer | null> {
  try {
    const { buffer, bytesRead } = await promisify(read)(fd, Buffer.alloc(1 << 16), 0, 1 << 16, null);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return null;
    throw error;
  }
}

function tooLarge(size: number, most: number): Error {
  return new Error(`it has ${Math.ceil(size / 2 ** 20)} MB, and at most ${Math.floor(most / 2 ** 20)} MB are read`);
}

/**
 * Writes a file whole or not at all, with the folders above it: the bytes go beside the target first, on to the disk,
 * and are renamed. A link keeps its place; the file that it leads to is replaced, or made where it is not there yet.
 *
 * Not done with write-file-atomic 7: it takes a short write, which is how a full disk begins, for a whole one.
 *
 * @throws DatumError of the given kind, naming the file and what to do.
 */
export async function writeWhole(path: string, data: string | Uint8Array, kind: ErrorKind = 'output'): Promise<void> {
  await makeFolder(dirname(path), kind);
  try {
    const { target, temporary } = await writeBeside(path, data);
    await rename(temporary, target).catch(async (error: unknown) => {
      await removeQuietly(temporary);
      throw error;
    });
  } catch (cause) {
    throw new DatumError(kind, `${path} cannot be written: ${systemReason(cause)}.`, { cause, file: path });
  }
}

/** A file that is written and waits for its name. */
export interface WaitingFile {
  /** Where it goes: its own path, or the file that a link of its name leads to. */
  readonly target: string;
  /** Where it lies until then, beside its target. */
  readonly temporary: string;
}

/**
 * Writes a file beside its place and on to the disk. It is to be renamed, or removed.
 *
 * @throws the system's error, or one for `systemReason`; then nothing is left.
 */
export async function writeBeside(path: string, data: string | Uint8Array): Promise<WaitingFile> {
  const target = await placeBehind(path);
  await refuseAllButFiles(target);
  const temporary = nameBeside(target, 'tmp');
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(data);
      await toDisk(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    await removeQuietly(temporary);
    throw error;
  }
  return { target, temporary };
}

/**
 * Waits until what was written to a file is on the disk. Not by the handle's own methods: the `fs` that Yarn puts in place of
 * Node's, where packages are not unpacked (Plug'n'Play), has none of them (yarnpkg/berry, `packages/yarnpkg-fslib/sources/patchFs/FileHandle.ts`).
 *
 * @param data whether its bytes are enough, without times
 */
export async function toDisk({ fd }: Pick<FileHandle, 'fd'>, data = false): Promise<void> {
  await promisify(data ? fdatasync : fsync)(fd);
}

/** Removes a file where that can be done. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/** Links that a name may lead through. */
const MOST_LINKS = 40;

/**
 * Where a file of some name lies in truth: where the links of that name lead, be there a file yet or not.
 *
 * @throws the system's error where they lead into a folder that is not there, or to themselves.
 */
async function placeBehind(path: string): Promise<string> {
  let at = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const place = join(await realpath(dirname(at)), basename(at));
    const found = await lstatOrNull(place);
    if (found?.isSymbolicLink() !== true) return place;
    at = resolve(dirname(place), await readlink(place));
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

/**
 * A new name in the same folder, for a file that is about to get a name or to lose it: beginning like it, and short enough
 * for every system, however long that is.
 */
export function nameBeside(path: string, ending: 'tmp' | 'old'): string {
  return join(dirname(path), `${basename(path).slice(0, 32)}.${randomUUID()}.${ending}`);
}

/**
 * Refuses to take the place of what is no file: a folder, or a device such as /dev/null.
 *
 * @throws an error for `systemReason`
 */
export async function refuseAllButFiles(path: string): Promise<void> {
  const found = await lstatOrNull(path);
  if (found === null || found.isFile()) return;
  if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  throw new Error('there is something else than a file of that name, choose another one');
}

/**
 * Copies a file, with the folders above the copy.
 *
 * @throws DatumError of the given kind, naming both files and what to do.
 */
export async function copyTo(from: string, to: string, kind: ErrorKind): Promise<void> {
  await makeFolder(dirname(to), kind);
  try {
    await copyFile(from, to);
  } catch (cause) {
    throw new DatumError(kind, `${from} cannot be copied to ${to}: ${systemReason(cause)}.`, { cause });
  }
}

/** The files below a folder, sorted; none where it is not there. */
export async function filesIn(folder: string): Promise<string[]> {
  if (!(await isThere(folder))) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Makes a folder with the folders above it, where they are not there yet.
 *
 * One by one: Node's own `mkdir(path, { recursive: true })` does not come back from a file system that makes no folders
 * and says that there is none to make them in, such as /proc.
 *
 * @throws DatumError of the given kind, naming the folder and what to do.
 */
export async function makeFolder(path: string, kind: ErrorKind = 'output'): Promise<void> {
  try {
    for (const folder of (await existingPart(path)).missing) {
      await mkdir(folder).catch((error: unknown) => {
        // Another process may be quicker.
        if (codeOf(error) !== 'EEXIST') throw error;
      });
    }
    await requireFolder(path);
  } catch (cause) {
    throw new DatumError(kind, `the folder ${path} cannot be made: ${systemReason(cause)}.`, { cause, file: path });
  }
}

/**
 * Says at once what would keep results from being written to a folder that is there or has to be made: no permission, a
 * file in the way, a read-only file system.
 *
 * @throws DatumError (`output`), naming the folder and what to do.
 */
export async function checkWritable(path: string): Promise<void> {
  try {
    const { existing } = await existingPart(path);
    await requireFolder(existing);
    await access(existing, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new DatumError('output', `nothing can be written to ${path}: ${systemReason(cause)}.`, { cause });
  }
}

/** The part of a path that is there, and the folders below it that are not, from the top. */
async function existingPart(path: string): Promise<{ readonly existing: string; readonly missing: readonly string[] }> {
  const missing: string[] = [];
  let existing = path;
  while (!(await isThere(existing)) && dirname(existing) !== existing) {
    missing.unshift(existing);
    existing = dirname(existing);
  }
  return { existing, missing };
}

async function requireFolder(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
}

/**
 * Whether there is anything of that name, be it a link that leads nowhere.
 *
 * @throws the system's error where that cannot be told.
 */
export async function isThere(path: string): Promise<boolean> {
  return (await lstatOrNull(path)) !== null;
}

async function lstatOrNull(path: string): Promise<Awaited<ReturnType<typeof lstat>> | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Why a file cannot be read, and what to do, as the end of a sentence. */
export function readingReason(cause: unknown): string {
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'it is not there, check the path';
    case 'EISDIR':
      return 'it is a folder, name a file in it';
    case 'EACCES':
    case 'EPERM':
      return 'there is no permission, check who may read it';
    default:
      return systemReason(cause);
  }
}

/** Why the system refused, and what to do about it: the end of a sentence. */
export function systemReason(cause: unknown): string {
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
      return 'there is a folder of that name, choose another one';
    case 'ENOENT':
      return 'it leads to a place where there can be no files, choose another folder';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open, raise the limit of the system or, where there are workers, use fewer';
    case 'ENOMEM':
    case 'EAGAIN':
      return 'the system has no memory or no threads left, end other programs or use fewer workers';
    case 'EIO':
      return 'the disk or the network drive reports an error, choose another folder';
    case 'ENAMETOOLONG':
      return 'a name in the path is too long, choose a shorter one';
    case 'ELOOP':
      return 'a link in the path leads to itself, choose another folder';
    default:
      return messageOf(cause);
  }
}

import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { codeOf, DatumError, messageOf, type ErrorKind } from '../errors.js';

/**
 * A place in a folder of results, there or not yet. What a folder holds may come from anywhere: no path and no link in
 * it leads out of it.
 *
 * @param root the folder, which may be a link itself
 * @param path below it, with `/`
 * @param kind of the error
 * @throws DatumError where it leads out of the folder, to nowhere, or to what is neither file nor folder.
 */
export async function placeInside(root: string, path: string, kind: ErrorKind = 'output'): Promise<string> {
  const place = join(root, path);
  const refused = (why: string): DatumError =>
    new DatumError(
      kind,
      `${place} ${why}, and nothing is read or written there: remove it from ${root}, or choose another folder.`,
      { file: place },
    );
  if (!isBelow(resolve(root), resolve(place))) throw refused('leads out of it');
  try {
    const found = await existing(resolve(root), resolve(place));
    if (found === null) return place;
    if (found === NOWHERE) throw refused('is a link that leads to nowhere');
    if (!isBelow(await realpath(root), found)) throw refused('is a link that leads out of it');
    const what = await lstat(found);
    if (!what.isFile() && !what.isDirectory()) throw refused('is neither a file nor a folder');
  } catch (cause) {
    if (cause instanceof DatumError) throw cause;
    throw new DatumError(kind, `${place} cannot be read (${messageOf(cause)}): choose another folder.`, {
      cause,
      file: place,
    });
  }
  return place;
}

const NOWHERE = Symbol('a link to nowhere');

/** Where a path leads, or the folder above it that is there; null where there is none. */
async function existing(root: string, place: string): Promise<string | typeof NOWHERE | null> {
  for (let at = place; isBelow(root, at); at = dirname(at)) {
    try {
      return await realpath(at);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      const what = await lstat(at).catch(() => null);
      if (what?.isSymbolicLink() === true) return NOWHERE;
      // Made meanwhile.
      if (what !== null) return realpath(at);
    }
    if (dirname(at) === at) break;
  }
  return null;
}

/** Whether a path is that of a folder or lies in it; both absolute. */
function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

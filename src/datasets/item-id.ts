import { posix } from 'node:path';

/**
 * The id of an item from the path of its image as a dataset writes it: `/` between folders, no extension, Unicode NFC,
 * no drive, no leading `/` and no `..`, whatever the path leads to.
 *
 * @param imageName such as `train/cat 1.jpg`, `C:\data\1.PNG`, `../images/1.jpg`.
 */
export function itemId(imageName: string): string {
  return toId(withoutExtension(unixPath(imageName)));
}

/** The same for a path that was found on the disk, with `/`: there a `\\` is part of a name, other than in what datasets write. */
export function itemIdOfFile(path: string): string {
  return toId(withoutExtension(path));
}

/** The same for a name that has no extension to drop, such as an id in a list: `2007.v1` stays as it is. */
export function itemIdOfStem(stem: string): string {
  return toId(unixPath(stem));
}

function toId(path: string): string {
  const id = posix
    .normalize(path.replace(/^[A-Za-z]:/, ''))
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/')
    // Control characters cannot stand in file names everywhere.
    .replace(/\p{Cc}/gu, '_')
    .normalize('NFC');
  return id === '' ? '_' : id;
}

/** A path with `/` between folders, also where it was written with `\`. */
export function unixPath(path: string): string {
  return path.replaceAll('\\', '/');
}

/** One name for the ways to write a relative path: `./a.jpg`, `x/../a.jpg`, `a.jpg`. */
export function plainPath(path: string): string {
  return posix.normalize(unixPath(path)).normalize('NFC');
}

/** Drops the last extension of a path with `/`: `a.b/c.tar.gz` becomes `a.b/c.tar`; `.hidden` stays. */
export function withoutExtension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? path.slice(0, path.length - name.length + dot) : path;
}

/**
 * Makes ids unique in reading order: the second item of a name gets its subset in front when that is free, otherwise
 * `~2`, `~3`... behind.
 */
export class UniqueIds {
  readonly #taken = new Set<string>();

  claim(id: string, subset: string): string {
    let unique = id;
    for (let n = 1; this.#taken.has(unique); n++) unique = n === 1 ? `${subset}/${id}` : `${id}~${n}`;
    this.#taken.add(unique);
    return unique;
  }
}

import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** Where an item's files lie. */
export interface ItemPlace {
  /** Below the run's folder, with `/`. */
  readonly folder: string;
  /** What its files' names begin with. */
  readonly base: string;
}

/** Longest part of a path, in bytes, that leaves room for what is added to it, a target's name and the kind of file among it. */
export const LONGEST_BASE = 150;

/**
 * The folder of an item, `items/<id>`, and the beginning of its files' names, the id's last part. Parts that cannot be
 * file names everywhere get other characters and a hash of what they were.
 */
export function placeOfItem(id: string): ItemPlace {
  const parts = id.split('/').map(safePart);
  return { folder: posix.join('items', ...parts), base: parts.at(-1)! };
}

/** A name that can be a file's everywhere, with room for endings; with a hash of what it was where it had to be changed. */
export function safePart(part: string): string {
  const safe = part
    .replace(/[<>:"|?*\\\0]/g, '_')
    .replace(/[. ]+$/, '_')
    .replace(/^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i, '$1_');
  const short =
    Buffer.byteLength(safe) > LONGEST_BASE
      ? Array.from(safe)
          .slice(0, LONGEST_BASE / 6)
          .join('')
      : safe;
  if (short === part) return part;
  return `${short}-${createHash('sha256').update(part).digest('hex').slice(0, 8)}`;
}

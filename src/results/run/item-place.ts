import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** Where an item's files lie. */
export interface ItemPlace {
  /** Below the run's folder, with `/`. */
  readonly folder: string;
  /** What its files' names begin with. */
  readonly base: string;
}

/** Longest part of a path, in bytes, that leaves room for what is added to it. */
const LONGEST = 200;

/**
 * The folder of an item, `items/<id>`, and the beginning of its files' names, the id's last part. Parts that cannot be
 * file names everywhere get other characters and a hash of what they were.
 */
export function placeOfItem(id: string): ItemPlace {
  const parts = id.split('/').map(safePart);
  return { folder: posix.join('items', ...parts), base: parts.at(-1)! };
}

function safePart(part: string): string {
  const safe = part
    .replace(/[<>:"|?*\\\0]/g, '_')
    .replace(/[. ]+$/, '_')
    .replace(/^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i, '$1_');
  const short = Buffer.byteLength(safe) > LONGEST ? safe.slice(0, LONGEST / 4) : safe;
  if (short === part) return part;
  return `${short}-${createHash('sha256').update(part).digest('hex').slice(0, 8)}`;
}

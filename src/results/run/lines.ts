import type { FileHandle } from 'node:fs/promises';

const LINE_FEED = 0x0a;
/** Bytes read at once. */
const PIECE = 1 << 16;
/** Longest line, in bytes: a hundred thousand targets. What is longer was not written by a run. */
export const LONGEST_LINE = 1 << 27;

/** A line that is longer than any that is written. */
export class LineTooLong extends Error {
  /** Counted from 1. */
  readonly number: number;

  constructor(number: number) {
    super(`longer than ${LONGEST_LINE / 2 ** 20} MB`);
    this.number = number;
  }
}

/**
 * The lines of a UTF-8 file, which line feeds end and nothing else. Node's own reader of lines splits at U+2028 and U+2029
 * too from version 24 on, which JSON may hold as they are: in the name of an image, say.
 *
 * @param handle stays open
 * @throws LineTooLong, and the system's error.
 */
export async function* linesOf(handle: FileHandle): AsyncGenerator<string, void, void> {
  const piece = Buffer.allocUnsafe(PIECE);
  let parts: Buffer[] = [];
  let length = 0;
  let position = 0;
  let number = 1;
  for (;;) {
    const { bytesRead } = await handle.read(piece, 0, PIECE, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at >= 0 && at < bytesRead; at = piece.indexOf(LINE_FEED, from)) {
      const end = piece.subarray(from, at);
      const line = (length === 0 ? end : Buffer.concat([...parts, end])).toString('utf8');
      [parts, length, from] = [[], 0, at + 1];
      yield line;
      number++;
    }
    if (from === bytesRead) continue;
    parts.push(Buffer.from(piece.subarray(from, bytesRead)));
    length += bytesRead - from;
    if (length > LONGEST_LINE) throw new LineTooLong(number);
  }
  if (length > 0) yield Buffer.concat(parts).toString('utf8');
}

import { StringDecoder } from 'node:string_decoder';

import { codeOf, DatumError } from '../errors.js';
import { MOST_TEXT, chunksOf, readingReason, readWhole } from '../files.js';
import { malformed } from './malformed.js';

/** Text of a file in UTF-8 or UTF-16, told by its byte order mark, which is dropped. Without a mark: UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const utf16 = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  return new TextDecoder(utf16 ?? 'utf-8').decode(bytes);
}

/** @throws DatumError (`dataset`) when the file cannot be read. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readWhole(path, MOST_TEXT);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** @throws DatumError (`dataset`) when the file cannot be read. */
export async function readText(path: string): Promise<string> {
  return decodeText(await readBytes(path));
}

/**
 * Refuses what is read piece by piece in UTF-16, as some spreadsheets write it.
 *
 * @param bytes the first of the file.
 * @throws DatumError (`dataset`).
 */
export function refuseUtf16(path: string, bytes: Uint8Array): void {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw malformed(path, null, 'the text is in UTF-16', 'save it in UTF-8');
}

export interface Line {
  /** Without the line break and without white space around it. */
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * The lines of a UTF-8 text file that are not blank, read as they are asked for.
 *
 * @throws DatumError (`dataset`) when the file cannot be read.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0;
  let rest = '';
  const clean = (raw: string): string => (++number === 1 ? raw.replace(/^\uFEFF/, '') : raw).trim();
  for await (const chunk of textChunks(path)) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const text = clean(line);
      if (text !== '') yield { text, number };
    }
  }
  const text = clean(rest);
  if (text !== '') yield { text, number };
}

/**
 * A UTF-8 file in pieces, as they are asked for.
 *
 * @throws DatumError (`dataset`) when the file cannot be read.
 */
export async function* textChunks(path: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let isFirst = true;
  try {
    for await (const chunk of chunksOf(path, 1 << 17)) {
      if (isFirst) refuseUtf16(path, chunk);
      isFirst = false;
      yield decoder.write(chunk);
    }
    yield decoder.end();
  } catch (error) {
    if (error instanceof DatumError) throw error;
    throw unreadable(path, error);
  }
}

/** The error for a file of a dataset that cannot be opened or read. */
export function unreadable(path: string, cause: unknown): DatumError {
  return codeOf(cause) === 'ENOENT'
    ? new DatumError('dataset', `${path}: there is no such file.`, { cause, file: path })
    : new DatumError('dataset', `${path}: the file cannot be read: ${readingReason(cause)}.`, { cause, file: path });
}

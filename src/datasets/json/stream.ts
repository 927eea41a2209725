import type { FileHandle } from 'node:fs/promises';

import { chunksOf, openToRead } from '../../files.js';
import { unreadable } from '../text.js';
import { JsonSplitter, parseJson, type JsonRecord, type Wanted } from './splitter.js';

/**
 * Reads a JSON object or list of any size, giving the wanted records as the file is read, several at a time.
 *
 * @throws DatumError (`dataset`) when the file cannot be read or is not JSON.
 */
export async function* streamJson(path: string, wanted: Wanted): AsyncGenerator<readonly JsonRecord[]> {
  const splitter = new JsonSplitter(path, wanted);
  for await (const chunk of byteChunks(path)) yield splitter.push(chunk);
  splitter.end();
}

async function* byteChunks(path: string): AsyncGenerator<Buffer> {
  try {
    yield* chunksOf(path, 1 << 20);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What the first bytes of a JSON file show: its members so far, and the first elements of their arrays. */
export interface JsonGlance {
  readonly members: ReadonlyMap<string, 'array' | 'object' | 'scalar'>;
  /** First element of those arrays whose first element is in the text. */
  readonly first: ReadonlyMap<string, unknown>;
}

/** Looks at the start of a JSON file. Null when it is not the start of a JSON object. */
export function glanceAtJson(head: string, arrays: readonly string[]): JsonGlance | null {
  const splitter = new JsonSplitter('', { elements: arrays, values: [] });
  const records: JsonRecord[] = [];
  try {
    splitter.push(Buffer.from(head), records);
  } catch {
    // What came before the fault still tells the format, whose reader will name the fault.
  }
  const first = new Map(records.filter(({ index }) => index === 0).map(({ key, value }) => [key, value]));
  return splitter.members.size === 0 ? null : { members: splitter.members, first };
}

/** Reads records of a JSON file again, by where they lie in it. */
export class JsonRecordReader {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @throws DatumError (`dataset`) when the file cannot be opened. */
  static async open(path: string): Promise<JsonRecordReader> {
    try {
      return new JsonRecordReader(path, await openToRead(path));
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  /** @throws DatumError (`dataset`) when the bytes are no longer a JSON value: the file was changed since. */
  async read(offset: number, length: number): Promise<unknown> {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#handle.read(buffer, 0, length, offset);
    return parseJson(this.#path, buffer.subarray(0, bytesRead), offset);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

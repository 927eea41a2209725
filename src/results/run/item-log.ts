import { open, type FileHandle } from 'node:fs/promises';
import { codeOf, DatumError } from '../../errors.js';
import { isThere, openToRead, requireFile, systemReason, toDisk } from '../../files.js';
import { damaged, readText } from '../schema/file-format.js';
import { ITEM, type ItemRecord } from '../schema/item.js';
import { placeOfItem } from './item-place.js';
import { LineTooLong, linesOf } from './lines.js';

/** What a log holds of an item, for a run that goes on. */
export interface DoneItem {
  readonly index: number;
  readonly id: string;
}

/**
 * `items.jsonl`, growing by one line an item. A line is on the disk before the next one is written, so what a kill
 * leaves is whole lines and at most a piece of one, which is cut off when the file is opened again.
 */
export class ItemLog {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /**
   * Opens a log, making it where it is missing.
   *
   * @returns the log and the items that it holds, in its order.
   * @throws DatumError (`output`) for a damaged line, naming it, or where the file cannot be opened.
   */
  static async open(path: string): Promise<{ log: ItemLog; done: DoneItem[] }> {
    let handle: FileHandle;
    try {
      if (await isThere(path)) await requireFile(path);
      handle = await open(path, 'a+');
    } catch (cause) {
      throw new DatumError('output', `${path} cannot be opened: ${systemReason(cause)}.`, {
        cause,
      });
    }
    try {
      await handle.truncate(await lengthOfWholeLines(handle));
      const done: DoneItem[] = [];
      for await (const { index, id } of readItems(path)) done.push({ index, id });
      return { log: new ItemLog(path, handle), done };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** @param line an `ItemRecord` as JSON, without a line feed. */
  async append(line: string): Promise<void> {
    try {
      await this.#handle.appendFile(`${line}\n`);
      await toDisk(this.#handle, true);
    } catch (cause) {
      throw new DatumError('output', `${this.path} cannot be written: ${systemReason(cause)}.`, {
        cause,
      });
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Number of bytes up to and including the last line feed. */
async function lengthOfWholeLines(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - buffer.length);
    const { bytesRead } = await handle.read(buffer, 0, end - start, start);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/**
 * Reads the lines of a log one by one; none where there is no file.
 *
 * @throws DatumError (`output`) naming a damaged line.
 */
export async function* readItems(path: string): AsyncGenerator<ItemRecord, void, void> {
  for await (const { record } of readItemLines(path)) yield record;
}

/** A line of a log as it stands in the file, and what it says. */
export interface ItemLine {
  readonly line: string;
  readonly record: ItemRecord;
}

/** The same with the lines as they stand in the file. */
export async function* readItemLines(path: string): AsyncGenerator<ItemLine, void, void> {
  let handle: FileHandle;
  try {
    handle = await openToRead(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    throw new DatumError('output', `${path} cannot be read: ${systemReason(cause)}.`, { cause, file: path });
  }
  try {
    let number = 0;
    let before = -1;
    for await (const line of linesOf(handle)) {
      const record = readText(ITEM, line, path, ++number);
      const wrong = wrongWith(record, before);
      if (wrong !== null) throw damaged(ITEM, wrong, path, { line: number });
      before = record.index;
      yield { line, record };
    }
  } catch (error) {
    if (error instanceof LineTooLong) throw damaged(ITEM, error.message, path, { line: error.number, cause: error });
    if (error instanceof DatumError) throw error;
    throw new DatumError('output', `${path} cannot be read: ${systemReason(error)}.`, { cause: error, file: path });
  } finally {
    await handle.close();
  }
}

/** What keeps a line from standing where it does, in words: items are in order, each once, and each in its own folder. */
function wrongWith(record: ItemRecord, before: number): string | null {
  if (record.index <= before) return `item ${record.index} stands after item ${before}`;
  if (record.status !== 'ok' || record.folder === placeOfItem(record.id).folder) return null;
  return `${record.id} is said to lie in ${record.folder}`;
}

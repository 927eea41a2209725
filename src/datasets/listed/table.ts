import { openToRead } from '../../files.js';
import { readRuns, type RunColumns } from '../csv-rows.js';
import { parseCsv } from '../csv.js';
import { RecordIndex } from '../record-index.js';
import { readLines, unreadable } from '../text.js';

/** A row of a CSV file. */
export interface TableRow {
  readonly cells: readonly string[];
  /** Where its run of rows starts in the file. */
  readonly byte: number;
}

/** An image that a table names, with its rows, wherever they are in the file. */
export interface TableImage {
  readonly image: string;
  readonly rows: readonly TableRow[];
}

/** The first line of a text file that is not blank. */
export async function firstLine(path: string): Promise<string> {
  for await (const { text } of readLines(path)) return text;
  return '';
}

/**
 * The images of a CSV file with a row an object, in the order in which they are named first. The file is read once to
 * note where the rows of every image lie, and those again when its turn comes.
 *
 * @throws DatumError (`dataset`) when it cannot be read, or a row is too short or not CSV.
 */
export async function* openTable(path: string, columns: RunColumns): AsyncGenerator<TableImage> {
  const numbers = new Map<string, number>();
  const index = new RecordIndex();
  for await (const { imageId, offset, length } of readRuns(path, columns)) {
    const number = numbers.get(imageId) ?? numbers.size;
    numbers.set(imageId, number);
    index.add(number, { file: 0, offset, length });
  }
  const handle = await openToRead(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    for (const [image, number] of numbers) {
      const rows: TableRow[] = [];
      for (const { offset, length } of index.of(number)) {
        const buffer = Buffer.allocUnsafe(length);
        const { bytesRead } = await handle.read(buffer, 0, length, offset);
        const text = buffer.toString('utf8', 0, bytesRead);
        for (const cells of parseCsv(text, path, { byte: offset }, columns.delimiter))
          rows.push({ cells, byte: offset });
      }
      yield { image, rows };
    }
  } finally {
    await handle.close();
  }
}

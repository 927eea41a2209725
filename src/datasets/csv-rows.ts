import { DatumError } from '../errors.js';
import { chunksOf } from '../files.js';
import { parseCsv } from './csv.js';
import { malformed } from './malformed.js';
import { refuseUtf16, unreadable } from './text.js';

const NEWLINE = 0x0a;

/** Consecutive rows of one image. */
export interface RowRun {
  readonly imageId: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  /** In bytes, line breaks included. */
  readonly length: number;
  /** Values of the label column, one a row; empty when the file has none. */
  readonly labels: readonly string[];
}

/** Columns of a CSV file, by name: of the image, and of the label, which may be missing. */
export interface RunColumns {
  readonly columns: readonly string[];
  readonly image: string;
  readonly label: string;
  /** Whether the first row is one of data. */
  readonly headless?: boolean;
  /** Between cells; default: a comma. */
  readonly delimiter?: string;
}

/**
 * Reads a CSV file with a column of image names or ids, of any size, giving runs of rows of the same image: the
 * files are mostly sorted by image, so that there are few.
 *
 * @throws DatumError (`dataset`) when it cannot be read or a row is too short.
 */
export async function* readRuns(
  path: string,
  { columns, image, label: labelName, headless = false, delimiter = ',' }: RunColumns,
): AsyncGenerator<RowRun> {
  const idColumn = columns.indexOf(image);
  const labelColumn = columns.indexOf(labelName);
  // At most one: the run whose rows may still go on.
  const runs: MutableRun[] = [];
  for await (const { text, offset, length, number } of lines(path)) {
    if ((number === 1 && !headless) || text.trim() === '') continue;
    // The published files have no quotes in these columns; parsing fully only where there are some is 10 times faster.
    const row = text.includes('"')
      ? (parseCsv(text, path, { line: number }, delimiter)[0] ?? [])
      : text.split(delimiter);
    const imageId = row[idColumn]?.trim() ?? '';
    const label = labelColumn === -1 ? null : row[labelColumn]?.trim();
    if (imageId === '' || label === undefined || label === '') {
      throw malformed(
        path,
        { line: number },
        `the row has ${row.length} columns, or no ${image}${labelColumn === -1 ? '' : ` or ${labelName}`}`,
      );
    }
    const run = runs.at(-1);
    if (run?.imageId === imageId) {
      run.length = offset + length - run.offset;
      if (label !== null) run.labels.push(label);
    } else {
      yield* runs.splice(0);
      runs.push({ imageId, offset, length, labels: label === null ? [] : [label] });
    }
  }
  yield* runs;
}

interface MutableRun extends RowRun {
  length: number;
  readonly labels: string[];
}

interface FileLine {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  /** Counted from 1. */
  readonly number: number;
}

async function* lines(path: string): AsyncGenerator<FileLine> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let number = 0;
  const line = (bytes: Buffer): FileLine => {
    const text = bytes
      .toString('utf8')
      .replace(/\r?\n$/, '')
      .replace(/^\uFEFF/, '');
    const made = { text, offset, length: bytes.length, number: ++number };
    offset += bytes.length;
    return made;
  };
  try {
    for await (const chunk of chunksOf(path, 1 << 18)) {
      if (offset === 0 && rest.length === 0) refuseUtf16(path, chunk);
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
        yield line(bytes.subarray(from, end + 1));
        from = end + 1;
      }
      rest = bytes.subarray(from);
    }
  } catch (error) {
    if (error instanceof DatumError) throw error;
    throw unreadable(path, error);
  }
  if (rest.length > 0) yield line(rest);
}

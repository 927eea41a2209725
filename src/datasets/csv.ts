import { parse } from 'csv-parse/sync';

import { messageOf } from '../errors.js';
import { malformed, type Place } from './malformed.js';

/**
 * The rows of a small piece of CSV.
 *
 * @param place where the piece stands in its file, for messages.
 * @param delimiter between cells; semicolons and tabs are used too.
 * @throws DatumError (`dataset`) when quotes are not closed.
 */
export function parseCsv(text: string, path: string, place: Place | null = null, delimiter = ','): string[][] {
  try {
    // Rows may have more or fewer columns than the first: their readers say what is missing.
    return parse(text, { delimiter, bom: true, relaxColumnCount: true, skipEmptyLines: true, trim: true });
  } catch (error) {
    throw malformed(path, place, `this is not valid CSV (${messageOf(error)})`, undefined, error);
  }
}

import { DatumError } from '../errors.js';
import type { DatasetItem } from './types.js';

/** Where in a file: a line, a byte, or a path through JSON such as `annotations[3].bbox`. */
export type Place = { readonly line: number } | { readonly byte: number } | { readonly at: string };

/**
 * The error for a file that does not follow its format.
 *
 * @param problem what is wrong, without a full stop, such as "the box has 3 numbers, not 4".
 * @param remedy what to do, where there is more to say than to mend the file; without a full stop.
 */
export function malformed(
  path: string,
  place: Place | null,
  problem: string,
  remedy?: string,
  cause?: unknown,
): DatumError {
  const where =
    place === null
      ? path
      : 'line' in place
        ? `${path}, line ${place.line}`
        : 'byte' in place
          ? `${path}, byte ${place.byte}`
          : `${path}, ${place.at}`;
  return new DatumError('dataset', `${where}: ${problem}${remedy === undefined ? '' : `; ${remedy}`}.`, {
    cause,
    file: path,
  });
}

/** What a reader makes of one item's annotations; a mistake in them is the item's own, and the others are read. */
export async function readAnnotations<T extends object>(
  read: () => T | Promise<T>,
): Promise<T | { readonly labels: []; readonly boxes: []; readonly annotated: false; readonly malformed: string }> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DatumError) || error.kind !== 'dataset') throw error;
    return { labels: [], boxes: [], annotated: false, malformed: error.message };
  }
}

/** An item whose annotations cannot be used: it has none, and counts as not annotated. */
export function malformedItem(item: DatasetItem, sentence: string): DatasetItem {
  return { ...item, labels: [], boxes: [], annotated: false, malformed: sentence };
}

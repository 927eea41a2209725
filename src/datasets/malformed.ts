import { DatumError } from '../errors.js';

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
  return new DatumError('dataset', `${where}: ${problem}${remedy === undefined ? '' : `; ${remedy}`}.`, { cause });
}

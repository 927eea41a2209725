import { malformed, type Place } from './malformed.js';
import { decodeCounts, fillsMask, type Rle } from './rle.js';

/**
 * A mask from COCO's `counts` (a list, or its compressed string) and `size` ([height, width]).
 *
 * @throws DatumError (`dataset`) when they do not fit.
 */
export function maskOf(
  counts: readonly number[] | string,
  [height, width]: readonly [number, number],
  path: string,
  place: Place,
): Rle {
  const runs = typeof counts === 'string' ? decodeCounts(counts) : counts;
  if (runs === null) throw malformed(path, place, "the mask's counts are not a COCO run-length string");
  const rle: Rle = { kind: 'rle', width, height, counts: runs };
  if (!fillsMask(rle))
    throw malformed(path, place, `the mask's counts do not add up to its size, ${height} x ${width}`);
  return rle;
}

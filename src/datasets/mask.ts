import { decodeCounts, fillsMask, type Rle } from './rle.js';

/** A mask from COCO's `counts` (a list, or its compressed string) and `size` ([height, width]); null where they do not fit. */
export function maskOrNull(counts: readonly number[] | string, [height, width]: readonly [number, number]): Rle | null {
  const runs = typeof counts === 'string' ? decodeCounts(counts) : counts;
  if (runs === null) return null;
  const rle: Rle = { kind: 'rle', width, height, counts: runs };
  return fillsMask(rle) ? rle : null;
}

/** Cells along each side of a coarse map. */
export const COARSE_CELLS = 16;

/**
 * A map averaged over a grid of 16 x 16 equal cells, rounded to four digits: small enough to keep for every picture, and
 * of one shape, so that maps of different pictures can be compared by place.
 *
 * @param map `[height, width]`; a cell smaller than a pixel takes the value of the pixel under its middle
 * @returns `[16 * 16]`, row-major
 */
export function coarseMap(map: Float32Array, height: number, width: number): number[] {
  const rows = cellEdges(height);
  const columns = cellEdges(width);
  const out: number[] = [];
  for (const [top, bottom] of rows) {
    for (const [left, right] of columns) {
      let sum = 0;
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += map[y * width + x]!;
      out.push(Number((sum / ((bottom - top) * (right - left))).toPrecision(4)));
    }
  }
  return out;
}

/** First pixel and the one behind the last of each cell; at least one pixel. */
function cellEdges(length: number): (readonly [number, number])[] {
  return Array.from({ length: COARSE_CELLS }, (_, cell) => {
    const first = Math.floor((cell * length) / COARSE_CELLS);
    return [first, Math.max(first + 1, Math.floor(((cell + 1) * length) / COARSE_CELLS))] as const;
  });
}

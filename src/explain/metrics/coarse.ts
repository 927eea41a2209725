/** Cells along each side of a coarse map. */
export const COARSE_CELLS = 16;

/** Samples along each side of a cell. */
const SAMPLES = 4;

/** Side of the map that `coarseMap` takes. */
export const COARSE_SIZE = COARSE_CELLS * SAMPLES;

/**
 * A map averaged over a grid of 16 x 16 equal cells, rounded to four digits: small enough to keep for every image, and
 * of one shape, so that maps of different images can be compared by place.
 *
 * @param map `[64, 64]`, samples over the whole image
 * @returns `[16 * 16]`, row-major
 */
export function coarseMap(map: Float32Array): number[] {
  const sums = new Float64Array(COARSE_CELLS * COARSE_CELLS);
  for (let i = 0; i < map.length; i++) {
    const row = Math.floor(i / COARSE_SIZE / SAMPLES);
    const column = Math.floor((i % COARSE_SIZE) / SAMPLES);
    const cell = row * COARSE_CELLS + column;
    sums[cell] = sums[cell]! + map[i]!;
  }
  return Array.from(sums, (sum) => Number((sum / (SAMPLES * SAMPLES)).toPrecision(4)));
}

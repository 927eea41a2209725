import type { MaskAxis } from './axis.js';

/** The family of masks over one image area: two axes. Masks are `[height, width]`, values 0..1, row-major. */
export interface MaskField {
  readonly y: MaskAxis;
  readonly x: MaskAxis;
}

/** Where a mask was cropped from its stretched grid, in pixels. */
export interface MaskOffset {
  readonly y: number;
  readonly x: number;
}

/** Number of cells in a mask of this field. */
export function cellCount(field: MaskField): number {
  return field.y.cells * field.x.cells;
}

/** Number of cells of the grid within the image: about as many places as a map can tell apart. */
export function visibleCells({ y, x }: MaskField): number {
  return Math.ceil(y.pixels / y.offsets) * Math.ceil(x.pixels / x.offsets);
}

/** Working memory for drawing masks of a field: one row of pixels for every row of cells. */
export function rowBuffer(field: MaskField): Float32Array {
  return new Float32Array(field.y.cells * field.x.pixels);
}

/**
 * Stretches every row of cells along x: the first half of drawing a mask, after which pixel (y, x) is
 * `rows[lower(y)][x] * (1 - weight(y)) + rows[upper(y)][x] * weight(y)`.
 *
 * @param cells `[y.cells, x.cells]`, 0 or 1
 * @param rows receives `[y.cells, x.pixels]`
 */
export function stretchRows(field: MaskField, cells: Uint8Array, offsetX: number, rows: Float32Array): void {
  const { cells: columns, pixels, lower, upper, weight } = field.x;
  for (let row = 0; row < field.y.cells; row++) {
    const base = row * columns;
    const out = row * pixels;
    for (let x = 0; x < pixels; x++) {
      const q = x + offsetX;
      const low = cells[base + lower[q]!]!;
      rows[out + x] = low + (cells[base + upper[q]!]! - low) * weight[q]!;
    }
  }
}

/**
 * Draws a mask.
 *
 * @param out receives `[height, width]`
 */
export function drawMask(
  field: MaskField,
  cells: Uint8Array,
  offset: MaskOffset,
  rows: Float32Array,
  out: Float32Array,
): void {
  stretchRows(field, cells, offset.x, rows);
  const width = field.x.pixels;
  for (let y = 0; y < field.y.pixels; y++) {
    const q = y + offset.y;
    const low = field.y.lower[q]! * width;
    const high = field.y.upper[q]! * width;
    const weight = field.y.weight[q]!;
    for (let x = 0; x < width; x++) {
      const value = rows[low + x]!;
      out[y * width + x] = value + (rows[high + x]! - value) * weight;
    }
  }
}

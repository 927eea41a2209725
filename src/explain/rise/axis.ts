/**
 * How mask cells are stretched over the pixels of one axis. A mask is separable: the value at pixel (y, x) mixes two
 * neighbouring cells along each axis, at a random offset below one cell, so everything about masks (drawing,
 * accumulating, covariances) is said by two of these.
 */
export interface MaskAxis {
  /** Number of cells along the axis. */
  readonly cells: number;
  /** Number of visible pixels. */
  readonly pixels: number;
  /** Offsets are integers in [0, offsets). */
  readonly offsets: number;
  /**
   * For every stretched pixel q in [0, pixels + offsets - 1): the lower cell, the upper cell, and the upper one's
   * weight. Pixel x of a mask with offset o is q = x + o.
   */
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly weight: Float32Array;
}

/**
 * An axis on which every pixel sees the same distribution of masks: the pitch equals the range of the offset, and the
 * crop never reaches the border cells' outer half. Two cells more than the grid are drawn, one for each end.
 *
 * @param pixels length of the axis, > 0
 * @param grid cells over the visible length, > 0; the pitch is ceil(pixels / grid)
 */
export function stationaryAxis(pixels: number, grid: number): MaskAxis {
  const pitch = Math.ceil(pixels / grid);
  const start = Math.ceil((pitch - 1) / 2);
  return stretch(grid + 2, pixels, pitch, (q) => (q + start + 0.5) / pitch - 0.5);
}

/**
 * The axis of the original code: `grid` cells stretched over (grid + 1) * ceil(pixels / grid) pixels with half-pixel
 * centres, cells beyond the border mirrored without repeating the edge (-1 -> 1), as skimage's
 * `resize(order=1, mode='reflect')` does.
 *
 * Source: Petsiuk et al. 2018, the authors' code (`explanations.py`, generate_masks).
 */
export function referenceAxis(pixels: number, grid: number): MaskAxis {
  const pitch = Math.ceil(pixels / grid);
  const stretched = (grid + 1) * pitch;
  return stretch(grid, pixels, pitch, (q) => ((q + 0.5) * grid) / stretched - 0.5);
}

function stretch(cells: number, pixels: number, offsets: number, position: (q: number) => number): MaskAxis {
  const length = pixels + offsets - 1;
  const axis = {
    cells,
    pixels,
    offsets,
    lower: new Int32Array(length),
    upper: new Int32Array(length),
    weight: new Float32Array(length),
  };
  for (let q = 0; q < length; q++) {
    const at = position(q);
    const low = Math.floor(at);
    axis.lower[q] = mirror(low, cells);
    axis.upper[q] = mirror(low + 1, cells);
    axis.weight[q] = at - low;
  }
  return axis;
}

/** Reflects an index that is at most one beyond the border, without repeating the edge. */
function mirror(index: number, cells: number): number {
  if (cells === 1) return 0;
  if (index < 0) return -index;
  return index >= cells ? 2 * cells - 2 - index : index;
}

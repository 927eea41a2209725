import type { InputSize } from '../contract/types.js';

/** The cells of an anchor-free detector's grids, one after the other: stride by stride, row by row. */
export interface Grid {
  readonly count: number;
  /** `[count]` column and row of the cell in its own grid. */
  readonly columns: Float32Array;
  readonly rows: Float32Array;
  /** `[count]` pixels between cells. */
  readonly strides: Float32Array;
}

/**
 * Grids over an input image of `width` x `height` pixels.
 *
 * @param rounding how a size that is no multiple of the stride is counted.
 */
export function anchorFreeGrid(
  { width, height }: InputSize,
  strides: readonly number[],
  rounding: 'floor' | 'ceil' = 'floor',
): Grid {
  const round = (size: number): number => (rounding === 'floor' ? Math.floor(size) : Math.ceil(size));
  const sizes = strides.map((stride) => ({ stride, across: round(width / stride), down: round(height / stride) }));
  const count = sizes.reduce((sum, { across, down }) => sum + across * down, 0);
  const grid = {
    count,
    columns: new Float32Array(count),
    rows: new Float32Array(count),
    strides: new Float32Array(count),
  };
  let cell = 0;
  for (const { stride, across, down } of sizes) {
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++, cell++) {
        grid.columns[cell] = column;
        grid.rows[cell] = row;
        grid.strides[cell] = stride;
      }
    }
  }
  return grid;
}

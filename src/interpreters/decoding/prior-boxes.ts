import type { InputSize } from '../contract/types.js';
import type { Table } from './boxes.js';

/** One grid of prior boxes: a square of each side in every cell. */
export interface PriorLevel {
  /** Pixels between cells. */
  readonly stride: number;
  /** Sides of the squares in input pixels. */
  readonly sides: readonly number[];
}

/** The boxes that a detector's numbers are relative to, in input pixels: level by level, row by row, side by side. */
export interface PriorBoxes {
  readonly count: number;
  /** `[count]` centres. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** `[count]` sizes. */
  readonly width: Float32Array;
  readonly height: Float32Array;
}

/** How many prior boxes an input has; sizes that are no multiple of a stride are rounded up. */
export function priorCount({ width, height }: InputSize, levels: readonly PriorLevel[]): number {
  return levels.reduce(
    (sum, { stride, sides }) => sum + Math.ceil(width / stride) * Math.ceil(height / stride) * sides.length,
    0,
  );
}

/**
 * Prior boxes over an input.
 *
 * @param fitted where the last cell would reach beyond the input, cells are as much narrower that they just cover it,
 *   and no box is larger than the input; else cells are `stride` pixels, whatever the input.
 */
export function priorBoxes(input: InputSize, levels: readonly PriorLevel[], fitted: boolean): PriorBoxes {
  const count = priorCount(input, levels);
  const priors = {
    count,
    x: new Float32Array(count),
    y: new Float32Array(count),
    width: new Float32Array(count),
    height: new Float32Array(count),
  };
  let at = 0;
  for (const { stride, sides } of levels) {
    const [across, down] = [Math.ceil(input.width / stride), Math.ceil(input.height / stride)];
    const cellWidth = fitted ? input.width / across : stride;
    const cellHeight = fitted ? input.height / down : stride;
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++) {
        for (const side of sides) {
          priors.x[at] = (column + 0.5) * cellWidth;
          priors.y[at] = (row + 0.5) * cellHeight;
          priors.width[at] = fitted ? Math.min(side, input.width) : side;
          priors.height[at] = fitted ? Math.min(side, input.height) : side;
          at += 1;
        }
      }
    }
  }
  return priors;
}

/** What SSD's numbers are divided by in training: those of the centres, of the sizes. */
const CENTRE_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;

/**
 * Writes boxes that are coded against priors as corners x1, y1, x2, y2 in input pixels:
 * `cx = prior + 0.1 x * side`, `w = side * exp(0.2 w)`.
 *
 * @param table rows of x, y, w, h, one for each prior.
 * @param boxes `[priors, 4]`, filled.
 */
export function writePriorCorners({ data, offset, rowStride }: Table, priors: PriorBoxes, boxes: Float32Array): void {
  for (let row = 0, at = offset; row < priors.count; row++, at += rowStride) {
    const width = priors.width[row]!;
    const height = priors.height[row]!;
    const x = priors.x[row]! + CENTRE_VARIANCE * data[at]! * width;
    const y = priors.y[row]! + CENTRE_VARIANCE * data[at + 1]! * height;
    const halfWidth = (width * Math.exp(SIZE_VARIANCE * data[at + 2]!)) / 2;
    const halfHeight = (height * Math.exp(SIZE_VARIANCE * data[at + 3]!)) / 2;
    boxes[4 * row] = x - halfWidth;
    boxes[4 * row + 1] = y - halfHeight;
    boxes[4 * row + 2] = x + halfWidth;
    boxes[4 * row + 3] = y + halfHeight;
  }
}

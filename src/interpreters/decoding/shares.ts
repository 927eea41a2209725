import type { Table } from './boxes.js';

/** Room for float16, whose shares of a thousand classes add up a little beside 1. */
const TOLERANCE = 0.02;

/** Whether the first `columns` numbers of every row are shares of 1: a softmax has been over them. */
export function sumsToOne({ data, offset, rowStride, columnStride }: Table, count: number, columns: number): boolean {
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let column = 0, at = offset + row * rowStride; column < columns; column++, at += columnStride) {
      if (data[at]! < -TOLERANCE) return false;
      sum += data[at]!;
    }
    if (!(Math.abs(sum - 1) <= TOLERANCE)) return false;
  }
  return true;
}

import type { ClassVectors, Prediction } from '../../annotations/index.js';

/** A table inside a flat array: value c of row r is `data[offset + r * rowStride + c * columnStride]`. */
export interface Table {
  readonly data: Float32Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** What the four numbers of a box mean. */
export type BoxFormat = 'cxcywh' | 'xyxy' | 'yxyx';

/**
 * Writes the boxes of a table's first four columns as corners x1, y1, x2, y2.
 *
 * @param scaleX, scaleY input pixels for one unit of the table: 1 for pixels, width and height for 0..1.
 * @param boxes `[count, 4]`, filled.
 */
export function writeCorners(
  table: Table,
  count: number,
  format: BoxFormat,
  scaleX: number,
  scaleY: number,
  boxes: Float32Array,
): void {
  const { data, offset, rowStride, columnStride } = table;
  for (let row = 0, at = offset; row < count; row++, at += rowStride) {
    const a = data[at]!;
    const b = data[at + columnStride]!;
    const c = data[at + 2 * columnStride]!;
    const d = data[at + 3 * columnStride]!;
    const to = 4 * row;
    if (format === 'xyxy') {
      boxes[to] = a * scaleX;
      boxes[to + 1] = b * scaleY;
      boxes[to + 2] = c * scaleX;
      boxes[to + 3] = d * scaleY;
    } else if (format === 'yxyx') {
      boxes[to] = b * scaleX;
      boxes[to + 1] = a * scaleY;
      boxes[to + 2] = d * scaleX;
      boxes[to + 3] = c * scaleY;
    } else {
      boxes[to] = (a - c / 2) * scaleX;
      boxes[to + 1] = (b - d / 2) * scaleY;
      boxes[to + 2] = (a + c / 2) * scaleX;
      boxes[to + 3] = (b + d / 2) * scaleY;
    }
  }
}

/** Copies one column of a table into `values`. */
export function writeColumn({ data, offset, rowStride }: Table, count: number, values: Float32Array): void {
  for (let row = 0, at = offset; row < count; row++, at += rowStride) values[row] = data[at]!;
}

/** The table `columns` further to the right. */
export function columnsFrom(table: Table, columns: number): Table {
  return { ...table, offset: table.offset + columns * table.columnStride };
}

/** Class scores that are the first `columns` columns of a table. */
export function classVectors(
  table: Table,
  columns: number,
  activation: ClassVectors['activation'] = 'none',
  softmaxExtra = 0,
): ClassVectors {
  return { kind: 'vectors', ...table, columns, activation, softmaxExtra };
}

/** A detector's prediction with a score for every class of every box. */
export function vectorPrediction(
  count: number,
  boxes: Float32Array,
  classes: ClassVectors,
  objectness: Float32Array | null = null,
): Prediction {
  return { scores: null, proposals: { count, boxes, objectness, classes } };
}

/** A detector's prediction with one class a box. */
export function singlePrediction(
  count: number,
  boxes: Float32Array,
  labels: Int32Array,
  scores: Float32Array,
): Prediction {
  return {
    scores: null,
    proposals: { count, boxes, objectness: null, classes: { kind: 'single', labels, scores } },
  };
}

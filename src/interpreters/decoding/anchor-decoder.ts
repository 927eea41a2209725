import { sigmoid, type ClassVectors } from '../../annotations/index.js';
import { anchorHead, type AnchorHead } from './anchor-heads.js';
import { classVectors, vectorPrediction } from './boxes.js';
import { layoutError, reusedFloats } from './outputs.js';
import type { Decoder, InputSize } from '../contract/types.js';

/** Width and height of an anchor in input pixels. */
export type Anchor = readonly [width: number, height: number];

/** What the numbers of raw heads mean. */
export interface AnchorCoding {
  /** The anchors of the grid of each stride. */
  readonly anchors: ReadonlyMap<number, readonly Anchor[]>;
  /** Whether the graph has put a sigmoid over the centres, over objectness and classes. */
  readonly centresActivated: boolean;
  readonly scoresActivated: boolean;
  /** Centres reach from (1 - s) / 2 to (1 + s) / 2 of their cell; by stride. */
  readonly centreScale: (stride: number) => number;
  /** `exp`: anchor times e to the number; `square`: anchor times (2 sigmoid)^2. */
  readonly size: 'exp' | 'square';
  /** What makes raw class numbers probabilities. */
  readonly classes: Extract<ClassVectors['activation'], 'sigmoid' | 'softmax'>;
  /** Numbers before the first class: box and objectness where absent, more where landmarks lie between. */
  readonly classesFrom?: number;
}

/** Anchors from a list of widths and heights, in the order of darknet's configuration files. */
export function anchorsOf(...sizes: readonly number[]): Anchor[] {
  return Array.from({ length: sizes.length / 2 }, (_, index): Anchor => [sizes[2 * index]!, sizes[2 * index + 1]!]);
}

/**
 * A decoder of raw anchor heads: proposals go head by head in rising stride, then anchor by anchor, row by row. Class
 * scores are copied in one piece each, as planes or rows, whichever the heads have.
 */
export function anchorDecoder(family: string, input: InputSize, coding: AnchorCoding): Decoder {
  const boxesOf = reusedFloats();
  const objectnessOf = reusedFloats();
  const classesOf = reusedFloats();
  const perCell = [...coding.anchors.values()][0]?.length ?? 0;
  const from = coding.classesFrom ?? 5;
  return {
    decode: (outputs, { count: images }) => {
      const heads = Object.entries(outputs)
        .map(([name, { data, shape }]) => ({ data, read: anchorHead({ name, shape }, perCell, input) }))
        .flatMap(({ data, read }) => (read === null ? [] : [{ data, head: read.head }]))
        .filter(({ head }) => coding.anchors.has(head.stride))
        .sort((a, b) => a.head.stride - b.head.stride);
      const values = heads[0]?.head.values ?? 0;
      if (heads.length === 0 || values <= from || heads.some(({ head }) => head.values !== values)) {
        throw layoutError(family, `heads of ${perCell} anchors a cell with ${from} + classes numbers each`, outputs);
      }
      const count = heads.reduce((sum, { head }) => sum + head.rows * head.columns * head.anchors, 0);
      const columns = values - from;
      return Array.from({ length: images }, (_, image) => {
        const boxes = boxesOf(image, 4 * count);
        const objectness = objectnessOf(image, count);
        const scores = classesOf(image, columns * count);
        const planes = heads[0]?.head.step.value !== 1;
        const table = planes
          ? { data: scores, offset: 0, rowStride: 1, columnStride: count }
          : { data: scores, offset: 0, rowStride: columns, columnStride: 1 };
        let row = 0;
        for (const { data, head } of heads) {
          const size = data.length / images;
          const part = data.subarray(image * size, (image + 1) * size);
          if (planes) copyPlanes(part, head, from, scores, count, row);
          else copyRows(part, head, from, scores, row);
          row = writeBoxes(part, head, coding, boxes, objectness, row);
        }
        const activation = coding.scoresActivated ? 'none' : coding.classes;
        return vectorPrediction(count, boxes, classVectors(table, columns, activation), objectness);
      });
    },
  };
}

/** Writes one head's boxes and objectness from row `first` on; returns the row behind them. */
function writeBoxes(
  data: Float32Array,
  { stride, rows, columns, step }: AnchorHead,
  { anchors, centresActivated, scoresActivated, centreScale, size }: AnchorCoding,
  boxes: Float32Array,
  objectness: Float32Array,
  first: number,
): number {
  const scale = centreScale(stride);
  const shift = (scale - 1) / 2;
  const centre = (value: number): number => (centresActivated ? value : sigmoid(value)) * scale - shift;
  const extent = (value: number): number => (size === 'exp' ? Math.exp(value) : (2 * sigmoid(value)) ** 2);
  let out = first;
  for (const [index, [anchorWidth, anchorHeight]] of (anchors.get(stride) ?? []).entries()) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, out++) {
        const at = index * step.anchor + row * step.row + column * step.column;
        const x = (column + centre(data[at]!)) * stride;
        const y = (row + centre(data[at + step.value]!)) * stride;
        const halfWidth = (extent(data[at + 2 * step.value]!) * anchorWidth) / 2;
        const halfHeight = (extent(data[at + 3 * step.value]!) * anchorHeight) / 2;
        boxes[4 * out] = x - halfWidth;
        boxes[4 * out + 1] = y - halfHeight;
        boxes[4 * out + 2] = x + halfWidth;
        boxes[4 * out + 3] = y + halfHeight;
        const object = data[at + 4 * step.value]!;
        objectness[out] = scoresActivated ? object : sigmoid(object);
      }
    }
  }
  return out;
}

/** Copies class scores that lie in planes `[classes, rows, columns]` to `[classes, count]`, proposals from `first` on. */
function copyPlanes(
  data: Float32Array,
  { rows, columns, anchors, values, step }: AnchorHead,
  from: number,
  scores: Float32Array,
  count: number,
  first: number,
): void {
  const cells = rows * columns;
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let value = from; value < values; value++) {
      const start = anchor * step.anchor + value * step.value;
      scores.set(data.subarray(start, start + cells), (value - from) * count + first + anchor * cells);
    }
  }
}

/** Copies class scores that lie side by side to `[count, classes]`, proposals from `first` on. */
function copyRows(
  data: Float32Array,
  { rows, columns, anchors, values, step }: AnchorHead,
  from: number,
  scores: Float32Array,
  first: number,
): void {
  let to = first * (values - from);
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const start = anchor * step.anchor + row * step.row + column * step.column;
        for (let value = from; value < values; value++) scores[to++] = data[start + value]!;
      }
    }
  }
}

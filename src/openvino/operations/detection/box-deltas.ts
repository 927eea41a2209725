import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';

/** How the two-stage detectors of Detectron and PaddleDetection move boxes. */
export interface BoxDeltas {
  /** What a width is longer than the difference of its ends: 1 where borders belong to the box. */
  readonly offset: number;
  /** The largest logarithm by which a box grows. */
  readonly largestGrowth: number;
}

/** The growth of proposals is limited to this. */
export const proposalGrowth = Math.log(1000 / 16);

/**
 * Boxes, float32 [..., 4] with x1, y1, x2, y2, moved by offsets of the same shape (or one that is broadcast): of the
 * centre, in sizes of the box, and of the logarithm of the size.
 */
export function applyDeltas(scope: LayerScope, boxes: Value, deltas: Value, options: BoxDeltas): Value {
  const { offset, largestGrowth } = options;
  const part = (value: Value, from: number): Value => lastSlice(scope, value, from, from + 2);
  const low = part(boxes, 0);
  const size = plus(scope, scope.node('Sub', [part(boxes, 2), low]), offset);
  const centre = scope.node('Add', [low, scope.node('Mul', [size, scope.scalar(0.5)])]);
  const moved = scope.node('Add', [scope.node('Mul', [part(deltas, 0), size]), centre]);
  const growth = scope.node('Exp', [scope.node('Min', [part(deltas, 2), scope.scalar(largestGrowth)])]);
  const half = scope.node('Mul', [scope.node('Mul', [growth, size]), scope.scalar(0.5)]);
  const ends = [scope.node('Sub', [moved, half]), plus(scope, scope.node('Add', [moved, half]), -offset)];
  return scope.node('Concat', ends, { axis: -1 });
}

/** A slice of the last axis. */
export function lastSlice(scope: LayerScope, value: Value, start: number, end: number): Value {
  return scope.slice(value, -1, start, end);
}

/** Adds a number, if it is one. */
export function plus(scope: LayerScope, value: Value, amount: number): Value {
  return amount === 0 ? value : scope.node('Add', [value, scope.scalar(amount)]);
}

/** Boxes that are longer by an offset, so that areas and overlaps are those of boxes with their borders. */
export function withBorders(scope: LayerScope, boxes: Value, offset: number): Value {
  return offset === 0 ? boxes : scope.node('Add', [boxes, scope.floats([0, 0, offset, offset])]);
}

/** Rows, and zeros up to a number of rows; `row` is the shape of one. */
export function filledRows(scope: LayerScope, rows: Value, count: number, row: readonly number[]): Value {
  const size = row.reduce((product, length) => product * length, count);
  const zeros = scope.floats(new Array<number>(size).fill(0), [count, ...row]);
  return scope.slice(scope.node('Concat', [rows, zeros], { axis: 0 }), 0, 0, count);
}

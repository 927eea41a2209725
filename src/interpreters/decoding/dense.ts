import type { Tensor } from '../../launchers/types.js';
import type { Table } from './boxes.js';
import { inputSize, isUltralytics, knownOutputs, namedClasses, type KnownOutput } from '../contract/evidence.js';
import { ultralyticsNotes } from '../contract/ultralytics.js';
import { anchorFreeGrid } from './grid.js';
import { sumsToOne } from './shares.js';
import { LANDMARK_NUMBERS, LANDMARKS_FROM } from './landmarks.js';
import { shapeText } from './outputs.js';
import type { Evidence } from '../contract/types.js';

/** A single output with a row for every proposal: box, perhaps objectness, class scores, perhaps mask coefficients. */
export interface DenseOutput {
  readonly name: string;
  readonly text: string;
  /** Proposals an image; null where not known yet. */
  readonly count: number | null;
  /** Numbers a proposal, without mask coefficients. */
  readonly columns: number;
  /** Mask coefficients behind them, where the model has an output of prototypes. */
  readonly masks: number;
  /** `[N, columns, count]` instead of `[N, count, columns]`. */
  readonly transposed: boolean;
  /** `cells`: one proposal a grid cell; `anchors`: three; `other`: any other number, or not known. */
  readonly grid: 'cells' | 'anchors' | 'other';
  readonly sample: Tensor | null;
}

/** The strides that detectors of these families have. */
const STRIDES = [
  [8, 16, 32],
  [8, 16, 32, 64],
  [4, 8, 16, 32],
  [16, 32],
] as const;

/**
 * The output of a one-table detector; null where the model has none, or more than one such table. Outputs of
 * segmentation prototypes (`[N, masks, H, W]`) and of raw heads beside the table (`[N, 3, H, W, columns]`) are not it.
 */
export function denseOutput(evidence: Evidence): DenseOutput | null {
  const outputs = knownOutputs(evidence);
  const tables = outputs.filter(({ shape }) => shape.length === 3);
  const [table] = tables;
  if (table === undefined || tables.length > 1) return null;
  const others = outputs.filter((output) => output !== table);
  if (!others.every(({ shape }) => shape.length === 4 || shape.length === 5)) return null;
  if (endsInShares(table)) return null;
  const sizes = gridSizes(evidence);
  const { task } = ultralyticsNotes(evidence);
  const masks = task === null || task === 'segment' ? maskChannels(others) : 0;
  return withGrid(table, masks, sizes);
}

/** Cells of the grids that these families may have over the input; none where its size is not known. */
function gridSizes(evidence: Evidence): number[] {
  const size = inputSize(evidence);
  return size === null ? [] : STRIDES.map((strides) => anchorFreeGrid(size, strides).count);
}

/** Whether a number of proposals is that of a grid of one or three anchors a cell. */
export function fitsGrid(count: number, evidence: Evidence): boolean {
  const cells = gridSizes(evidence);
  return cells.includes(count) || cells.includes(count / 3);
}

/** Whether a softmax has been over one of the two axes of a table: characters or classes of places, and no boxes. */
function endsInShares({ shape, sample }: KnownOutput): boolean {
  const [, a = 0, b = 0] = shape;
  if (sample === null || a === null || b === null || a < 2 || b < 2) return false;
  return [false, true].some((transposed) => {
    const { table, count, columns } = denseTable(sample, 0, transposed);
    return sumsToOne(table, count, columns);
  });
}

/**
 * Whether the one table of a model is none of a detector's as far as sizes and values can tell: its rows are on no grid
 * of the input, and behind the first four columns stand other numbers than scores.
 */
export function isStrangeTable(evidence: Evidence): boolean {
  const [table, ...others] = knownOutputs(evidence);
  if (table?.shape.length !== 3 || others.length > 0 || inputSize(evidence) === null || table.sample === null)
    return false;
  const [, a = 0, b = 0] = table.sample.shape;
  if (fitsGrid(a, evidence) || fitsGrid(b, evidence)) return false;
  if (endsInShares(table)) return true;
  const { sample } = table;
  return [false, true].every((transposed) => {
    const { table: rows, count, columns } = denseTable(sample, 0, transposed);
    return !haveScores(rows, count, columns);
  });
}

/** Whether all numbers behind the first four columns lie in 0..1. */
function haveScores({ data, offset, rowStride, columnStride }: Table, count: number, columns: number): boolean {
  for (let row = 0; row < count; row++) {
    for (let column = 4; column < columns; column++) {
      const value = data[offset + row * rowStride + column * columnStride]!;
      if (!(value >= -0.01 && value <= 1.01)) return false;
    }
  }
  return columns > 4;
}

function withGrid(table: KnownOutput, masks: number, cells: readonly number[]): DenseOutput | null {
  const [, a = null, b = null] = table.shape;
  const gridOf = (count: number | null): DenseOutput['grid'] =>
    count === null ? 'other' : cells.includes(count) ? 'cells' : cells.includes(count / 3) ? 'anchors' : 'other';
  // A number of proposals that the grid explains goes before the rule that there are more of them than columns.
  const transposed = gridOf(b) !== gridOf(a) ? gridOf(a) === 'other' : isColumns(a, b);
  const [count, columns] = transposed ? [b, a] : [a, b];
  if (columns === null || columns - masks < 5) return null;
  return {
    name: table.name,
    text: shapeText(table.shape),
    count,
    columns: columns - masks,
    masks,
    transposed,
    grid: gridOf(count),
    sample: table.sample,
  };
}

/** Whether the first of two sizes is the columns: known where the other is open, else the smaller. */
function isColumns(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a !== null;
  return a < b;
}

/** Channels of the prototypes of masks; one plane is a heat map, and several such outputs are the features of grids. */
function maskChannels(others: readonly KnownOutput[]): number {
  const [prototypes, ...more] = others.filter(({ shape }) => shape.length === 4);
  const channels = prototypes?.shape[1] ?? 0;
  return more.length > 0 || channels === 1 ? 0 : channels;
}

/** Whether the columns hold an objectness between the box and the classes. */
export type Objectness = 'yes' | 'no' | 'unknown';

/**
 * Tells `5 + classes` from `4 + classes`: by the task that Ultralytics notes, since its own heads have no objectness; by
 * the grid, since a transposed table of cells has none (one number more is an angle); by the number of class names where
 * it is known; else by the grid (three anchors a cell come with objectness), else by COCO's 80 classes.
 */
export function objectnessOf(dense: DenseOutput, evidence: Evidence): Objectness {
  const { task } = ultralyticsNotes(evidence);
  if (task !== null && dense.grid !== 'anchors') return 'no';
  if (dense.grid === 'cells' && dense.transposed) return 'no';
  const named = namedClasses(evidence);
  if (hasLandmarks(dense, evidence)) return 'yes';
  if (named !== null) {
    if (dense.columns === 5 + named) return 'yes';
    if (dense.columns === 4 + named) return 'no';
    // Behind the classes Ultralytics has an angle or key points in models of those tasks.
    return dense.columns > 4 + named && isUltralytics(evidence) ? 'no' : 'unknown';
  }
  if (dense.grid === 'anchors') return 'yes';
  if (dense.columns === 85) return 'yes';
  if (dense.columns === 84) return 'no';
  return 'unknown';
}

/**
 * Whether five landmarks lie between objectness and classes, as in YOLOv5-face: by the number of class names, else by
 * numbers that are no probabilities in most rows.
 */
export function hasLandmarks({ columns, grid, transposed, sample }: DenseOutput, evidence: Evidence): boolean {
  const end = LANDMARKS_FROM + LANDMARK_NUMBERS;
  if (columns <= end || grid !== 'anchors') return false;
  const named = namedClasses(evidence);
  if (named === columns - LANDMARKS_FROM || named === columns - LANDMARKS_FROM + 1) return false;
  if (named === columns - end) return true;
  if (sample === null) return false;
  const { table, count } = denseTable(sample, 0, transposed);
  let outside = 0;
  for (let row = 0, at = table.offset; row < count; row++, at += table.rowStride) {
    for (let column = LANDMARKS_FROM; column < end; column++) {
      const value = table.data[at + column * table.columnStride]!;
      if (value < -0.01 || value > 1.01) {
        outside += 1;
        break;
      }
    }
  }
  return outside > count / 2;
}

/** The rows of one image of a dense output. */
export function denseTable(
  { data, shape }: Tensor,
  image: number,
  transposed: boolean,
): { readonly table: Table; readonly count: number; readonly columns: number } {
  const [, a = 0, b = 0] = shape;
  const offset = image * a * b;
  return transposed
    ? { table: { data, offset, rowStride: 1, columnStride: b }, count: b, columns: a }
    : { table: { data, offset, rowStride: b, columnStride: 1 }, count: a, columns: b };
}

/** Largest number that a box in 0..1 of the input reaches, a little beyond the border. */
const UNIT_LIMIT = 2;

/**
 * Whether boxes are in 0..1 of the input rather than in pixels, by the largest coordinate among the rows that the model
 * is surest of: others may hold anything.
 *
 * @param scores what a row's weight is: objectness, or its best class.
 */
export function inUnits(table: Table, count: number, scores: ArrayLike<number>): boolean {
  let best = 0;
  for (let row = 0; row < count; row++) best = Math.max(best, scores[row]!);
  let largest = 0;
  for (let row = 0; row < count; row++) {
    if (scores[row]! < best / 2) continue;
    for (let column = 0; column < 4; column++) {
      largest = Math.max(largest, table.data[table.offset + row * table.rowStride + column * table.columnStride]!);
    }
  }
  return largest <= UNIT_LIMIT;
}

/** The share of rows whose corners must be in order: quantised exports may miss some. */
const MOST_CORNERS = 0.99;

/**
 * Whether the first four columns are corners x1, y1, x2, y2 rather than a middle and a size, whose sizes are smaller
 * than the middle's numbers wherever a small box is far from the corner of the image.
 */
export function haveCorners({ data, offset, rowStride, columnStride }: Table, count: number): boolean {
  let ordered = 0;
  for (let row = 0, at = offset; row < count; row++, at += rowStride) {
    const wide = data[at + 2 * columnStride]! > data[at]!;
    if (wide && data[at + 3 * columnStride]! > data[at + columnStride]!) ordered += 1;
  }
  return count > 0 && ordered >= MOST_CORNERS * count;
}

/** The best of `columns` class scores in each row. */
export function bestScores(table: Table, count: number, columns: number): Float32Array {
  const best = new Float32Array(count).fill(-Infinity);
  for (let row = 0; row < count; row++) {
    const start = table.offset + row * table.rowStride;
    for (let column = 0; column < columns; column++) {
      const score = table.data[start + column * table.columnStride]!;
      if (score > best[row]!) best[row] = score;
    }
  }
  return best;
}

/** Whether the objectness is 1 in every row: YOLOv6 keeps the column, but has nothing to say in it. */
export function hasConstantObjectness({ data, offset, rowStride }: Table, count: number): boolean {
  for (let row = 0; row < count; row++) {
    // Float16 and an arithmetic that ends at 1 may miss it by a step.
    if (Math.abs(data[offset + row * rowStride + 4]! - 1) > 1e-3) return false;
  }
  return true;
}

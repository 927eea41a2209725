import type { Tensor } from '../../launchers/types.js';
import { inputSize, knownOutputs, namedClasses, type ShapedOutput } from '../contract/evidence.js';
import { LANDMARK_NUMBERS, LANDMARKS_FROM } from './landmarks.js';
import { shapeText } from './outputs.js';
import type { Evidence, InputSize } from '../contract/types.js';

/** One output of raw anchor predictions: where each number of each anchor of each cell lies in one image's data. */
export interface AnchorHead {
  readonly name: string;
  /** Input pixels between cells. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  readonly anchors: number;
  /** Numbers an anchor: x, y, w, h, objectness, classes. */
  readonly values: number;
  /** Distances in the data between neighbouring rows, columns, anchors and numbers. */
  readonly step: { readonly row: number; readonly column: number; readonly anchor: number; readonly value: number };
}

/** How an output lays its anchors out. */
export type HeadLayout = 'channels-first' | 'channels-last' | 'anchors-first' | 'anchors-last' | 'flat';

/**
 * Reads an output as a head:
 *
 * - `channels-first` `[N, A * values, H, W]`, `channels-last` `[N, H, W, A * values]`;
 * - `anchors-first` `[N, A, H, W, values]`, `anchors-last` `[N, H, W, A, values]`;
 * - `flat` `[N, A * values * H * W]`, channels first on the 32 px grid (RegionYolo of OpenVINO).
 */
export function anchorHead(
  { name, shape }: ShapedOutput,
  anchors: number,
  input: InputSize,
): { readonly head: AnchorHead; readonly layout: HeadLayout } | null {
  for (const [layout, sizes] of readings(shape, anchors, input)) {
    const [rows, columns, perCell] = sizes;
    const stride = input.width / columns;
    const values = perCell / anchors;
    if (stride !== input.height / rows || !Number.isInteger(stride) || !Number.isInteger(values) || values < 6)
      continue;
    return {
      layout,
      head: { name, stride, rows, columns, anchors, values, step: steps(layout, rows, columns, anchors, values) },
    };
  }
  return null;
}

type Reading = readonly [HeadLayout, readonly [rows: number, columns: number, perCell: number]];

function readings(shape: readonly (number | null)[], anchors: number, { width, height }: InputSize): Reading[] {
  const [a, b, c, d] = shape.slice(1);
  if (shape.length === 2 && a != null) {
    const [rows, columns] = [height / 32, width / 32];
    return [['flat', [rows, columns, a / (rows * columns)]]];
  }
  if (a == null || b == null || c == null) return [];
  if (shape.length === 4) {
    return [
      ['channels-first', [b, c, a]],
      ['channels-last', [a, b, c]],
    ];
  }
  if (shape.length !== 5 || d == null) return [];
  const found: Reading[] = [];
  if (a === anchors) found.push(['anchors-first', [b, c, a * d]]);
  if (c === anchors) found.push(['anchors-last', [a, b, c * d]]);
  return found;
}

function steps(layout: HeadLayout, rows: number, columns: number, anchors: number, values: number): AnchorHead['step'] {
  const cells = rows * columns;
  switch (layout) {
    case 'channels-first':
    case 'flat':
      return { row: columns, column: 1, anchor: values * cells, value: cells };
    case 'channels-last':
    case 'anchors-last':
      return { row: columns * anchors * values, column: anchors * values, anchor: values, value: 1 };
    case 'anchors-first':
      return { row: columns * values, column: values, anchor: cells * values, value: 1 };
  }
}

/** All outputs of a model as heads of one layout, and what a sample shows of them. */
export interface AnchorHeads {
  readonly layout: HeadLayout;
  readonly strides: readonly number[];
  readonly classes: number;
  readonly text: string;
  /** Whether centres, and objectness and classes, have been through a sigmoid; null without a sample. */
  readonly centresActivated: boolean | null;
  readonly scoresActivated: boolean | null;
  /** Whether ten numbers behind the objectness are five landmarks, not classes; null where nothing tells. */
  readonly landmarks: boolean | null;
}

/**
 * Reads all outputs as heads of the same layout and number of classes, one for each of some strides.
 *
 * @returns null where they are not.
 */
export function anchorHeads(evidence: Evidence, anchors: number): AnchorHeads | null {
  const input = inputSize(evidence);
  const outputs = knownOutputs(evidence);
  if (input === null || outputs.length === 0) return null;
  const found = outputs.map((output) => ({ output, read: anchorHead(output, anchors, input) }));
  const first = found[0]?.read;
  if (first == null) return null;
  const values = first.head.values;
  const strides: number[] = [];
  for (const { read } of found) {
    if (read?.layout !== first.layout || read.head.values !== values) return null;
    strides.push(read.head.stride);
  }
  if (new Set(strides).size < strides.length) return null;
  const sampled = found.flatMap(({ output, read }) =>
    output.sample === null || read === null ? [] : [{ sample: output.sample, head: read.head }],
  );
  // A softmax over all numbers of a cell is a segmentation's; values without sigmoids are never flat.
  if (sampled.length > 0 && sampled.every(({ sample, head }) => sumsToOne(sample, head))) return null;
  const activated = (from: number, to: number): boolean | null =>
    sampled.length < found.length ? null : sampled.every(({ sample, head }) => allInUnit(sample, head, from, to));
  const centresActivated = activated(0, 2);
  if (first.layout === 'flat' && centresActivated === false) return null;
  return {
    layout: first.layout,
    strides: strides.sort((a, b) => a - b),
    classes: values - 5,
    text: outputs.map(({ shape }) => shapeText(shape)).join(', '),
    centresActivated,
    scoresActivated: activated(4, values),
    landmarks: landmarksIn(sampled.length < found.length ? null : sampled, values, namedClasses(evidence)),
  };
}

/** Room for float16. */
const SUM_TOLERANCE = 0.02;

/** Whether the numbers of every cell of the first image, of all its anchors, are shares of 1. */
function sumsToOne({ data }: Tensor, { rows, columns, anchors, values, step }: AnchorHead): boolean {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let anchor = 0; anchor < anchors; anchor++) {
        const start = anchor * step.anchor + row * step.row + column * step.column;
        for (let value = 0; value < values; value++) {
          const number = data[start + value * step.value]!;
          if (!(number >= -SUM_TOLERANCE)) return false;
          sum += number;
        }
      }
      if (Math.abs(sum - 1) > SUM_TOLERANCE) return false;
    }
  }
  return true;
}

/** Logits of a class lie below this nearly everywhere; places of landmarks, in sizes of the anchor, hardly anywhere. */
const LOW = -1.5;
/** The share of anchors that must show it. */
const MOST = 0.9;

/** Whether heads of that many numbers have landmarks before the classes: by the class names, else by their values. */
function landmarksIn(
  sampled: readonly { readonly sample: Tensor; readonly head: AnchorHead }[] | null,
  values: number,
  named: number | null,
): boolean | null {
  const end = LANDMARKS_FROM + LANDMARK_NUMBERS;
  if (values <= end || named === values - LANDMARKS_FROM) return false;
  if (named === values - end) return true;
  if (sampled === null) return null;
  // Probabilities are never below either.
  if (sampled.every(({ sample, head }) => allInUnit(sample, head, LANDMARKS_FROM, end))) return false;
  return sampled.every(({ sample, head }) => shareAbove(sample, head, LANDMARKS_FROM, end, LOW) >= MOST);
}

/** The share of anchors of the first image whose numbers `from` to `to` are all above a limit. */
function shareAbove({ data }: Tensor, head: AnchorHead, from: number, to: number, limit: number): number {
  const { rows, columns, anchors, step } = head;
  let above = 0;
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const start = anchor * step.anchor + row * step.row + column * step.column;
        let value = from;
        while (value < to && data[start + value * step.value]! > limit) value += 1;
        if (value === to) above += 1;
      }
    }
  }
  return above / (anchors * rows * columns);
}

/** Whether the numbers `from` to `to` of every anchor of the first image lie in 0..1. */
function allInUnit({ data }: Tensor, { rows, columns, anchors, step }: AnchorHead, from: number, to: number): boolean {
  for (let anchor = 0; anchor < anchors; anchor++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const start = anchor * step.anchor + row * step.row + column * step.column;
        for (let value = from; value < to; value++) {
          const number = data[start + value * step.value]!;
          if (!(number >= 0 && number <= 1)) return false;
        }
      }
    }
  }
  return true;
}

import { classVectors, vectorPrediction, writeCorners, type BoxFormat } from './boxes.js';
import { bestScores, inUnits } from './dense.js';
import { knownOutputs, type KnownOutput } from '../contract/evidence.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from './outputs.js';
import type { Decoder, Evidence } from '../contract/types.js';

/** The column of the scores that is no class: the first where true, else the last, or none. */
export type Background = boolean | 'last';

/** Boxes and class scores of the same proposals, in two outputs. What only a sample can show is null without one. */
export interface ScoredBoxes {
  readonly boxes: string;
  readonly scores: string;
  readonly text: string;
  readonly rows: number | null;
  readonly columns: number | null;
  /** Whether boxes are `[N, A, 1, 4]`. */
  readonly nested: boolean;
  /** Corners where all second corners lie behind the first, else centres and sizes. */
  readonly format: 'xyxy' | 'cxcywh' | null;
  readonly units: boolean | null;
  /** Which column is the background of a softmax. */
  readonly background: Background | null;
}

/** Finds boxes `[N, A, 4]` or `[N, A, 1, 4]` and scores `[N, A, columns]` in 0..1; null where the outputs are anything else. */
export function scoredBoxes(evidence: Evidence): ScoredBoxes | null {
  const outputs = knownOutputs(evidence).filter(({ type }) => type.startsWith('float'));
  const [first, second] = outputs;
  if (first === undefined || second === undefined || outputs.length > 2) return null;
  const pair = pairOf(first, second) ?? pairOf(second, first);
  if (pair === null) return null;
  const { boxes, scores } = pair;
  const [, rows = null, columns = null] = scores.shape;
  return {
    boxes: boxes.name,
    scores: scores.name,
    text: `${boxes.name} ${shapeText(boxes.shape)} and ${scores.name} ${shapeText(scores.shape)}`,
    rows,
    columns,
    nested: boxes.shape.length === 4,
    ...fromSample(boxes, scores),
  };
}

function pairOf(boxes: KnownOutput, scores: KnownOutput): { boxes: KnownOutput; scores: KnownOutput } | null {
  const nested = boxes.shape.length === 4 && boxes.shape[2] === 1;
  if (!(nested || boxes.shape.length === 3) || boxes.shape.at(-1) !== 4 || scores.shape.length !== 3) return null;
  if (boxes.shape[1] !== scores.shape[1]) return null;
  // Four classes beside four coordinates: the names must tell.
  if (scores.shape[2] === 4 && /box|loc/i.test(scores.name) && !/box|loc/i.test(boxes.name)) return null;
  if (scores.sample?.data.some((value) => value < -0.01 || value > 1.01) === true) return null;
  return { boxes, scores };
}

/** The share of rows that must agree: untrained corners of real models are not all in order. */
const MOST = 0.99;

function fromSample(boxes: KnownOutput, scores: KnownOutput): Pick<ScoredBoxes, 'format' | 'units' | 'background'> {
  const rows = scores.sample?.shape[1] ?? 0;
  const columns = scores.sample?.shape[2] ?? 0;
  if (boxes.sample === null || scores.sample === null || rows === 0)
    return { format: null, units: null, background: null };
  const { data } = boxes.sample;
  let ordered = 0;
  for (let at = 0; at < 4 * rows; at += 4)
    if (data[at + 2]! >= data[at]! && data[at + 3]! >= data[at + 1]!) ordered += 1;
  const table = { data: scores.sample.data, offset: 0, rowStride: columns, columnStride: 1 };
  let sums = 0;
  const backgrounds = { first: 0, last: 0 };
  for (let row = 0; row < rows; row++) {
    const values = table.data.subarray(row * columns, (row + 1) * columns);
    if (Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 0.02) sums += 1;
    if (values[0]! > 0.5) backgrounds.first += 1;
    if (values[columns - 1]! > 0.5) backgrounds.last += 1;
  }
  const isSoftmax = columns > 1 && sums > MOST * rows;
  const background: Background = isSoftmax && (backgrounds.first > rows / 2 || (backgrounds.last > rows / 2 && 'last'));
  const { first, classes } = classColumns(columns, background);
  const best = bestScores({ ...table, offset: first }, rows, classes);
  return {
    format: ordered > MOST * rows ? 'xyxy' : 'cxcywh',
    units: inUnits({ data, offset: 0, rowStride: 4, columnStride: 1 }, rows, best),
    background,
  };
}

/** Where the classes begin, and how many there are. */
export function classColumns(
  columns: number,
  background: Background,
): { readonly first: number; readonly classes: number } {
  return { first: background === true ? 1 : 0, classes: columns - (background === false ? 0 : 1) };
}

/** How the two outputs are read. */
interface ScoredBoxesLayout {
  readonly format: BoxFormat;
  /** Input pixels for one unit of the boxes. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** The column of the scores that is left out. */
  readonly background: Background;
}

/** A decoder of boxes `[N, A, 4]` (or `[N, A, 1, 4]`) and scores `[N, A, columns]`, already probabilities. */
export function scoredBoxesDecoder(
  family: string,
  names: { readonly boxes: string; readonly scores: string },
  { format, scaleX, scaleY, background }: ScoredBoxesLayout,
): Decoder {
  const boxesOf = reusedFloats();
  return {
    decode: (outputs, { count: images }) => {
      const boxes = outputNamed(outputs, names.boxes);
      const scores = outputNamed(outputs, names.scores);
      const [, rows = 0, columns = 0] = scores.shape;
      const { first, classes: count } = classColumns(columns, background);
      if (boxes.data.length !== 4 * rows * images || count <= 0) {
        throw layoutError(family, `boxes [${images}, A, 4] and scores [${images}, A, classes]`, outputs);
      }
      return Array.from({ length: images }, (_, image) => {
        const corners = boxesOf(image, 4 * rows);
        const table = { data: boxes.data, offset: 4 * rows * image, rowStride: 4, columnStride: 1 };
        writeCorners(table, rows, format, scaleX, scaleY, corners);
        const offset = rows * columns * image + first;
        const classes = { data: scores.data, offset, rowStride: columns, columnStride: 1 };
        return vectorPrediction(rows, corners, classVectors(classes, count));
      });
    },
  };
}

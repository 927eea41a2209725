import type { Tensor } from '../../launchers/types.js';
import type { KnownOutput, ShapedOutput } from '../contract/evidence.js';
import type { InputSize } from '../contract/types.js';
import { sumsToOne } from './shares.js';

/** Anchors a cell of YOLO-FastestV2. */
export const FASTEST_ANCHORS = 3;

/** Numbers of one kind within an output: number v of a cell is `data[offset + cell * cellStep + v * valueStep]`. */
export interface LevelPart<Output> {
  readonly output: Output;
  readonly offset: number;
  readonly cellStep: number;
  readonly valueStep: number;
  /** Numbers of one image in the output. */
  readonly perImage: number;
}

/** One grid of YOLO-FastestV2: boxes of three anchors, an objectness each, and classes that the anchors share. */
export interface FastestLevel<Output> {
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  readonly boxes: LevelPart<Output>;
  readonly objects: LevelPart<Output>;
  readonly classes: LevelPart<Output>;
}

/** The outputs of YOLO-FastestV2. */
export interface FastestLevels<Output> {
  readonly levels: readonly FastestLevel<Output>[];
  readonly classes: number;
  /** One output a grid, channels last, activated in the graph; else three, channels first, raw. */
  readonly joined: boolean;
}

const STRIDES = [16, 32];
const BOXES = 4 * FASTEST_ANCHORS;
const BEFORE_CLASSES = BOXES + FASTEST_ANCHORS;

/**
 * Reads outputs as the grids of 16 and 32 px: two `[N, H, W, 15 + classes]` as the exporter writes them, or six, for
 * each grid boxes `[N, 12, H, W]`, objectness `[N, 3, H, W]` and classes `[N, classes, H, W]`; null where they are not.
 */
export function fastestLevels<Output extends ShapedOutput>(
  outputs: readonly Output[],
  input: InputSize,
): FastestLevels<Output> | null {
  if (outputs.some(({ shape }) => shape.length !== 4)) return null;
  const read = outputs.length === 2 ? joinedLevel : outputs.length === 6 ? splitLevel : null;
  if (read === null) return null;
  const levels: FastestLevel<Output>[] = [];
  const counts = new Set<number>();
  for (const stride of STRIDES) {
    const found = read(outputs, stride, input.height / stride, input.width / stride);
    if (found === null) return null;
    levels.push(found.level);
    counts.add(found.classes);
  }
  const [classes] = counts;
  return classes === undefined || counts.size > 1 ? null : { levels, classes, joined: outputs.length === 2 };
}

interface Found<Output> {
  readonly level: FastestLevel<Output>;
  readonly classes: number;
}

function joinedLevel<Output extends ShapedOutput>(
  outputs: readonly Output[],
  stride: number,
  rows: number,
  columns: number,
): Found<Output> | null {
  const output = outputs.find(({ shape }) => shape[1] === rows && shape[2] === columns);
  const width = output?.shape[3] ?? 0;
  if (output === undefined || width <= BEFORE_CLASSES) return null;
  const part = (offset: number): LevelPart<Output> => ({
    output,
    offset,
    cellStep: width,
    valueStep: 1,
    perImage: rows * columns * width,
  });
  return {
    level: { stride, rows, columns, boxes: part(0), objects: part(BOXES), classes: part(BEFORE_CLASSES) },
    classes: width - BEFORE_CLASSES,
  };
}

function splitLevel<Output extends ShapedOutput>(
  outputs: readonly Output[],
  stride: number,
  rows: number,
  columns: number,
): Found<Output> | null {
  const here = outputs.filter(({ shape }) => shape[2] === rows && shape[3] === columns);
  // Boxes, objectness, classes is the model's order, which tells where there are 12 or 3 classes.
  const boxes = here.find(({ shape }) => shape[1] === BOXES);
  const objects = here.find((output) => output !== boxes && output.shape[1] === FASTEST_ANCHORS);
  const classes = here.find((output) => output !== boxes && output !== objects);
  const count = classes?.shape[1] ?? 0;
  if (here.length !== 3 || boxes === undefined || objects === undefined || classes === undefined || count === 0) {
    return null;
  }
  const cells = rows * columns;
  const part = (output: Output): LevelPart<Output> => ({
    output,
    offset: 0,
    cellStep: 1,
    valueStep: cells,
    perImage: (output.shape[1] ?? 0) * cells,
  });
  return {
    level: { stride, rows, columns, boxes: part(boxes), objects: part(objects), classes: part(classes) },
    classes: count,
  };
}

/**
 * Whether a sample has the activations of the exporter: boxes and objectness through a sigmoid, classes through a
 * softmax. Null without a sample; raw heads have none.
 */
export function isActivated({ levels, classes }: FastestLevels<KnownOutput>): boolean | null {
  for (const { rows, columns, boxes, objects, classes: shares } of levels) {
    const cells = rows * columns;
    const [boxData, objectData, shareData] = [boxes, objects, shares].map(({ output }) => output.sample);
    if (boxData == null || objectData == null || shareData == null) return null;
    if (!inUnit(boxData, boxes, cells, BOXES) || !inUnit(objectData, objects, cells, FASTEST_ANCHORS)) return false;
    const { offset, cellStep, valueStep } = shares;
    const table = { data: shareData.data, offset, rowStride: cellStep, columnStride: valueStep };
    if (!sumsToOne(table, cells, classes)) return false;
  }
  return true;
}

function inUnit({ data }: Tensor, part: LevelPart<unknown>, cells: number, values: number): boolean {
  const { offset, cellStep, valueStep } = part;
  for (let cell = 0; cell < cells; cell++) {
    for (let value = 0; value < values; value++) {
      const number = data[offset + cell * cellStep + value * valueStep]!;
      if (!(number >= 0 && number <= 1)) return false;
    }
  }
  return true;
}

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs, namedClasses, type KnownOutput, type ShapedOutput } from '../contract/evidence.js';
import { scoresActivatedOption } from '../contract/shared-options.js';
import type { InputSize } from '../contract/types.js';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { writeDistributions } from '../decoding/distribution.js';
import { anchorFreeGrid } from '../decoding/grid.js';
import { layoutError, reusedFloats, shapeText } from '../decoding/outputs.js';
import { NANODET } from './nanodet-preprocessing.js';

/** Room for quantised scores. */
const TOLERANCE = 0.01;

/** Numbers of the four distances: 8 bins each. */
const BINS = 8;
const SIDES = 4 * BINS;

const options = z.object({
  plus: z.boolean().default(true).describe('cells count from their corner, as in NanoDet-Plus; else from their middle'),
  scoresActivated: scoresActivatedOption,
});

/**
 * NanoDet with its convolutions' layout, the channels before the cells: for each grid `[N, classes + 32, H, W]` or
 * `[N, classes + 32, H * W]`, or one `[N, classes + 32, cells]` of all: class scores, through a sigmoid where the export
 * left it out, then the distributions of the distances to the four sides. Four grids (8, 16, 32, 64 px) are
 * NanoDet-Plus, which counts from the cell's corner; three the older series, from its middle.
 * Input: BGR less the mean over the deviation, in 0..255; stretched.
 *
 * Source: RangiLyu/nanodet `nanodet/model/head/nanodet_plus_head.py` (forward, `_forward_onnx`: the tensors before
 * flatten, concatenation and permute), `nanodet/model/head/gfl_head.py`.
 */
export const nanodetPlanes = defineInterpreter({
  name: 'nanodet-planes',
  task: 'detection',
  truncated: false,
  nms: 0.6,
  options,
  preprocessing: () => NANODET,
  recognise: (evidence) => {
    const size = inputSize(evidence);
    const outputs = knownOutputs(evidence);
    const found = size === null ? null : planesOf(outputs, size);
    if (found === null) return null;
    const { levels, strides, channels } = found;
    const classes = channels - SIDES;
    const named = namedClasses(evidence);
    if (named !== null && named !== classes) return null;
    const activated = levels.every((level) => scoresInUnit(level, classes));
    // Distributions are logits: they do not all lie in 0..1.
    if (levels.every((level) => scoresInUnit(level, channels))) return null;
    // The exporter that joins the grids has put a sigmoid over the scores; boxes of other families are no scores.
    if (levels.length === 1 && evidence.sample !== null && !activated) return null;
    // Three anchors a cell fill as many planes on the same grids.
    if (strides.length === 3 && channels % 3 === 0 && !activated && named !== classes) return null;
    return {
      confidence: named === classes ? 'certain' : evidence.sample === null ? 'possible' : 'likely',
      reason: `${levels.length === 1 ? 'output' : 'outputs'} ${levels.map(({ shape }) => shapeText(shape)).join(', ')} hold ${classes} classes and 4 x 8 bins as planes over the ${strides.join(', ')} px grids, scores ${activated ? 'done' : 'as logits'}`,
      options: { plus: strides.length === 4, scoresActivated: activated },
      needsSample: evidence.sample === null,
      classes: { count: classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { plus, scoresActivated }) => {
    const centre = (stride: number): number => (plus ? 0 : stride / 2);
    const boxesOf = reusedFloats();
    const scoresOf = reusedFloats();
    const rowsOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const named = Object.entries(outputs).map(([name, { data, shape }]) => ({ name, data, shape }));
        const found = planesOf(named, input);
        if (found === null) {
          throw layoutError('nanodet-planes', `for each grid [${images}, classes + ${SIDES}, H, W]`, outputs);
        }
        const { levels, strides, channels } = found;
        const classes = channels - SIDES;
        const grid = anchorFreeGrid(input, strides, 'ceil');
        return Array.from({ length: images }, (_, image) => {
          const boxes = boxesOf(image, 4 * grid.count);
          const scores = scoresOf(image, classes * grid.count);
          let first = 0;
          for (const { data } of levels) {
            const cells = data.length / images / channels;
            const start = image * channels * cells;
            for (let label = 0; label < classes; label++) {
              const from = start + label * cells;
              scores.set(data.subarray(from, from + cells), label * grid.count + first);
            }
            const rows = rowsOf(0, SIDES * cells);
            writeRows(data, start + classes * cells, cells, rows);
            const table = { data: rows, offset: 0, rowStride: SIDES, columnStride: 1 };
            writeDistributions(table, grid, first, cells, BINS, centre, boxes);
            first += cells;
          }
          const table = { data: scores, offset: 0, rowStride: 1, columnStride: grid.count };
          const activation = scoresActivated ? 'none' : 'sigmoid';
          return vectorPrediction(grid.count, boxes, classVectors(table, classes, activation));
        });
      },
    };
  },
});

/** Turns planes `[32, cells]` from `offset` on into rows `[cells, 32]`. */
function writeRows(data: Float32Array, offset: number, cells: number, rows: Float32Array): void {
  for (let side = 0; side < SIDES; side++) {
    const plane = offset + side * cells;
    for (let cell = 0; cell < cells; cell++) rows[cell * SIDES + side] = data[plane + cell]!;
  }
}

interface Planes<Output> {
  /** In rising stride; one for all grids where the export joined them. */
  readonly levels: readonly Output[];
  readonly strides: readonly number[];
  /** Classes and 32. */
  readonly channels: number;
}

/** The outputs as planes of all grids; null where they are anything else. */
function planesOf<Output extends ShapedOutput>(outputs: readonly Output[], size: InputSize): Planes<Output> | null {
  const channels = outputs[0]?.shape[1] ?? null;
  if (channels === null || channels <= SIDES || outputs.some(({ shape }) => shape[1] !== channels)) return null;
  for (const strides of [
    [8, 16, 32, 64],
    [8, 16, 32],
  ]) {
    const cells = strides.map((stride) => [Math.ceil(size.height / stride), Math.ceil(size.width / stride)] as const);
    const counts = cells.map(([rows, columns]) => rows * columns);
    if (outputs.length === 1) {
      const all = counts.reduce((sum, count) => sum + count, 0);
      if (outputs[0]?.shape.length === 3 && outputs[0].shape[2] === all) return { levels: outputs, strides, channels };
    } else if (outputs.length === strides.length) {
      const levels = cells.flatMap(([rows, columns], level) =>
        outputs.filter(({ shape }) =>
          shape.length === 4
            ? shape[2] === rows && shape[3] === columns
            : shape.length === 3 && shape[2] === counts[level],
        ),
      );
      if (levels.length === strides.length && new Set(levels).size === levels.length)
        return { levels, strides, channels };
    }
  }
  return null;
}

/** Whether the first `count` planes of the first image lie in 0..1; false without a sample. */
function scoresInUnit({ sample }: KnownOutput, count: number): boolean {
  if (sample === null) return false;
  const cells = sample.shape.slice(2).reduce((product, length) => product * length, 1);
  return sample.data.subarray(0, count * cells).every((value) => value >= -TOLERANCE && value <= 1 + TOLERANCE);
}

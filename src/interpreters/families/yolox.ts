import { z } from 'zod';
import {
  classVectors,
  columnsFrom,
  vectorPrediction,
  writeColumn,
  writeCorners,
  type Table,
} from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { denseOutput, denseTable, hasConstantObjectness, objectnessOf } from '../decoding/dense.js';
import { inputSize } from '../contract/evidence.js';
import { anchorFreeGrid, type Grid } from '../decoding/grid.js';
import { layoutError, outputWhere, reusedFloats } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

/** Strides of the three heads; YOLOX has no other. */
const STRIDES = [8, 16, 32];

const options = z.object({
  decoded: z.boolean().default(false).describe('boxes are pixels already, not offsets from grid cells'),
});

/**
 * YOLOX: one output `[N, A, 5 + classes]`, a row for each cell of the 8, 16 and 32 px grids in turn: x, y, w, h,
 * objectness, class scores (both already through a sigmoid). Raw exports give `cx = (x + column) * stride`,
 * `w = exp(w) * stride`; exports with `--decode_in_inference` give cx, cy, w, h in input pixels.
 * Input: BGR 0..255, nothing subtracted, letterbox in the top left corner on 114.
 *
 * Source: Megvii-BaseDetection/YOLOX `yolox/utils/demo_utils.py` (demo_postprocess),
 * `yolox/data/data_augment.py` (preproc), `tools/export_onnx.py`.
 */
export const yolox = defineInterpreter({
  name: 'yolox',
  task: 'detection',
  truncated: false,
  nms: 0.45,
  options,
  preprocessing: () => preprocessingOf({ color: 'bgr', scale: 1, resize: 'letterbox-top-left', pad: 114 }),
  recognise: (evidence) => {
    const dense = denseOutput(evidence);
    const size = inputSize(evidence);
    if (dense === null || size === null || dense.transposed || dense.grid !== 'cells' || dense.columns < 6) return null;
    const grid = anchorFreeGrid(size, STRIDES);
    const objectness = objectnessOf(dense, evidence);
    if (grid.count !== dense.count || objectness === 'no') return null;
    const table = dense.sample === null ? null : denseTable(dense.sample, 0, false).table;
    if (table !== null && hasConstantObjectness(table, grid.count)) return null;
    const decoded = table !== null && looksDecoded(table, grid);
    return {
      // Offsets from cells are YOLOX's alone.
      confidence: objectness === 'yes' || (table !== null && !decoded) ? 'likely' : 'possible',
      reason: `output ${dense.text} has a row for each of the ${grid.count} cells of the 8, 16 and 32 px grids, 5 + ${dense.columns - 5} columns, boxes ${decoded ? 'in pixels' : 'as offsets from the cells'}`,
      options: { decoded },
      needsSample: table === null,
      classes: { count: dense.columns - 5, numbering: 'zero' },
    };
  },
  create: ({ input }, { decoded }) => {
    const grid = anchorFreeGrid(input, STRIDES);
    const boxesOf = reusedFloats();
    const objectnessOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(
          outputs,
          ({ length, 0: n, 1: rows, 2: columns = 0 }) =>
            length === 3 && n === images && rows === grid.count && columns > 5,
        );
        if (output === null) throw layoutError('yolox', `one output [${images}, ${grid.count}, 5 + classes]`, outputs);
        return Array.from({ length: images }, (_, image) => {
          const { table, columns } = denseTable(output, image, false);
          const boxes = boxesOf(image, 4 * grid.count);
          if (decoded) writeCorners(table, grid.count, 'cxcywh', 1, 1, boxes);
          else writeCells(table, grid, boxes);
          const objectness = objectnessOf(image, grid.count);
          writeColumn(columnsFrom(table, 4), grid.count, objectness);
          return vectorPrediction(grid.count, boxes, classVectors(columnsFrom(table, 5), columns - 5), objectness);
        });
      },
    };
  },
});

/** Centres as offsets from grid cells in units of the stride, sizes as logarithms. */
function writeCells({ data, offset, rowStride }: Table, grid: Grid, boxes: Float32Array): void {
  for (let row = 0, at = offset; row < grid.count; row++, at += rowStride) {
    const stride = grid.strides[row]!;
    const x = (data[at]! + grid.columns[row]!) * stride;
    const y = (data[at + 1]! + grid.rows[row]!) * stride;
    const halfWidth = (Math.exp(data[at + 2]!) * stride) / 2;
    const halfHeight = (Math.exp(data[at + 3]!) * stride) / 2;
    boxes[4 * row] = x - halfWidth;
    boxes[4 * row + 1] = y - halfHeight;
    boxes[4 * row + 2] = x + halfWidth;
    boxes[4 * row + 3] = y + halfHeight;
  }
}

/**
 * Whether the centres lie near their own cells as pixels rather than as offsets. Rows count by their objectness: those
 * that the model does not mean may hold anything.
 */
function looksDecoded({ data, offset, rowStride }: Table, grid: Grid): boolean {
  let asPixels = 0;
  let asOffsets = 0;
  for (let row = 0, at = offset; row < grid.count; row++, at += rowStride) {
    const weight = data[at + 4]!;
    const x = data[at]!;
    const y = data[at + 1]!;
    const stride = grid.strides[row]!;
    asPixels += weight * (Math.abs(x / stride - grid.columns[row]!) + Math.abs(y / stride - grid.rows[row]!));
    asOffsets += weight * (Math.abs(x) + Math.abs(y));
  }
  return asPixels < asOffsets;
}

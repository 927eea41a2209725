import { z } from 'zod';
import type { Prediction } from '../../annotations/index.js';
import { defineInterpreter } from '../define.js';
import { inputSize } from '../evidence.js';
import { anchorFreeGrid, type Grid } from '../grid.js';
import { layoutError, outputWhere, reusedFloats } from '../outputs.js';
import { rowLayout } from '../row-layout.js';

/** Strides of the three heads; YOLOX has no other. */
const STRIDES = [8, 16, 32];

const options = z.object({
  /** Whether the graph already turns cell offsets into pixels (`--decode_in_inference`). */
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
  title: 'YOLOX, raw or decoded: [N, anchors, 5 + classes]',
  task: 'detection',
  truncated: false,
  nms: 0.45,
  options,
  preprocessing: () => ({
    color: 'bgr',
    mean: [0],
    std: [1],
    scale: 1,
    layout: 'nchw',
    resize: 'letterbox-top-left',
    pad: 114,
  }),
  recognise: (evidence) => {
    const layout = rowLayout(evidence);
    const size = inputSize(evidence);
    if (layout === null || size === null) return null;
    const grid = anchorFreeGrid(size, STRIDES);
    if (layout.rows !== grid.count) return null;
    const decoded = layout.sample === null ? false : looksDecoded(layout.sample.data, layout.columns, grid);
    return {
      confidence: 'likely',
      reason: `output ${layout.text} has one row for each of the ${grid.count} cells of the 8, 16 and 32 px grids and 5 + ${layout.columns - 5} columns; boxes are ${decoded ? 'already pixels' : 'offsets from the cells'}`,
      options: { decoded },
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
          ([n, rows, columns, ...rest]) =>
            n === images && rows === grid.count && columns !== undefined && columns > 5 && rest.length === 0,
        );
        const columns = output?.shape[2];
        if (output === null || columns === undefined) {
          throw layoutError('yolox', `one output [${images}, ${grid.count}, 5 + classes]`, outputs);
        }
        const decodeBoxes = decoded ? centresToCorners : cellsToCorners;
        const predictions: Prediction[] = [];
        for (let image = 0; image < images; image++) {
          const start = image * grid.count * columns;
          const boxes = boxesOf(image, 4 * grid.count);
          decodeBoxes(output.data, start, columns, grid, boxes);
          const objectness = objectnessOf(image, grid.count);
          for (let row = 0; row < grid.count; row++) objectness[row] = output.data[start + row * columns + 4]!;
          predictions.push({
            scores: null,
            proposals: {
              count: grid.count,
              boxes,
              objectness,
              classes: {
                kind: 'vectors',
                data: output.data,
                offset: start + 5,
                rowStride: columns,
                columnStride: 1,
                columns: columns - 5,
                activation: 'none',
                softmaxExtra: 0,
              },
            },
          });
        }
        return predictions;
      },
    };
  },
});

/** Offsets from grid cells in units of the stride, sizes as logarithms. */
function cellsToCorners(data: Float32Array, start: number, columns: number, grid: Grid, boxes: Float32Array): void {
  for (let row = 0, at = start; row < grid.count; row++, at += columns) {
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

/** Centres and sizes in pixels. */
function centresToCorners(data: Float32Array, start: number, columns: number, grid: Grid, boxes: Float32Array): void {
  for (let row = 0, at = start; row < grid.count; row++, at += columns) {
    const x = data[at]!;
    const y = data[at + 1]!;
    const halfWidth = data[at + 2]! / 2;
    const halfHeight = data[at + 3]! / 2;
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
function looksDecoded(data: Float32Array, columns: number, grid: Grid): boolean {
  let asPixels = 0;
  let asOffsets = 0;
  for (let row = 0, at = 0; row < grid.count; row++, at += columns) {
    const weight = data[at + 4]!;
    const x = data[at]!;
    const y = data[at + 1]!;
    const stride = grid.strides[row]!;
    asPixels += weight * (Math.abs(x / stride - grid.columns[row]!) + Math.abs(y / stride - grid.rows[row]!));
    asOffsets += weight * (Math.abs(x) + Math.abs(y));
  }
  return asPixels < asOffsets;
}

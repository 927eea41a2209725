import { z } from 'zod';
import { classVectors, columnsFrom, vectorPrediction, writeCorners, type Table } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import {
  bestScores,
  denseOutput,
  denseTable,
  haveCorners,
  inUnits,
  objectnessOf,
  type DenseOutput,
} from '../decoding/dense.js';
import { isUltralytics } from '../contract/evidence.js';
import { extraColumns } from '../decoding/extra-columns.js';
import { layoutError, outputWhere, reusedFloats } from '../decoding/outputs.js';
import { writeEnclosing } from '../decoding/oriented.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { masksOption, unitsOption } from '../contract/shared-options.js';

const options = z.object({
  transposed: z.boolean().default(true).describe('[N, 4 + classes, cells], as the exporter writes it'),
  classes: z.number().int().default(0).describe('number of classes; 0: all columns behind the box'),
  masks: masksOption,
  oriented: z.boolean().default(false).describe('the column behind the classes is an angle in radians'),
  units: unitsOption,
});

/**
 * YOLOv8, v9, v11, v12, YOLO26 without its end, and v5u: one output `[N, 4 + classes, cells]`: cx, cy, w, h in input
 * pixels (0..1 in TFLite and Edge TPU exports) and class scores through a sigmoid, no objectness; behind them key points,
 * an angle or mask coefficients in models of those tasks. An angle (radians, -45 to 135 degrees; any in YOLO26) turns
 * the box around its centre; its enclosing upright box is given.
 * Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: ultralytics/ultralytics `ultralytics/nn/modules/head.py` (Detect, Segment, OBB, OBB26, Pose: _inference),
 * `ultralytics/utils/nms.py`, `ultralytics/utils/ops.py` (xywhr2xyxyxyxy), `ultralytics/engine/exporter.py`.
 */
export const yolov8 = defineInterpreter({
  name: 'yolov8',
  task: 'detection',
  truncated: false,
  nms: 0.7,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const dense = denseOutput(evidence);
    if (dense === null || objectnessOf(dense, evidence) === 'yes') return null;
    const extra = extraColumns(dense, evidence);
    // Rows of corners are other families'.
    if (extra === null || (!dense.transposed && hasCorners(dense))) return null;
    const { classes, oriented, open } = extra;
    const known = objectnessOf(dense, evidence) === 'no';
    const sure = known && extra.sure && (dense.transposed || dense.grid === 'cells');
    const rest = dense.columns - 4 - classes;
    return {
      confidence: sure && isUltralytics(evidence) ? 'certain' : sure ? 'likely' : 'possible',
      reason: `output ${dense.text} is 4 + ${classes} ${rest > 0 ? `+ ${rest} ` : ''}columns${dense.grid === 'cells' ? ' for each cell of its grids' : ''}${dense.transposed ? ', transposed' : ''}, no objectness${extra.text === '' ? '' : `; ${extra.text}`}`,
      options: { transposed: dense.transposed, classes, masks: dense.masks, oriented, units: unitsOf(dense, classes) },
      needsSample: dense.sample === null,
      classes: { count: classes, numbering: 'zero' },
      open,
    };
  },
  create: ({ input }, { transposed, classes, masks, oriented, units }) => {
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(outputs, ({ length, 0: n }) => length === 3 && n === images);
        const width = (output?.shape[transposed ? 1 : 2] ?? 0) - masks - 4;
        if (output === null || width < Math.max(1, classes) + (oriented ? 1 : 0)) {
          throw layoutError('yolov8', `one output [${images}, 4 + classes, cells]`, outputs);
        }
        return Array.from({ length: images }, (_, image) => {
          const { table, count } = denseTable(output, image, transposed);
          const boxes = boxesOf(image, 4 * count);
          const columns = classes === 0 ? width - (oriented ? 1 : 0) : classes;
          const [scaleX, scaleY] = units ? [input.width, input.height] : [1, 1];
          if (oriented) writeTurned(table, count, 4 + columns, scaleX, scaleY, boxes);
          else writeCorners(table, count, 'cxcywh', scaleX, scaleY, boxes);
          return vectorPrediction(count, boxes, classVectors(columnsFrom(table, 4), columns));
        });
      },
    };
  },
});

/** Writes the upright boxes around cx, cy, w, h turned by the angle in a column. */
function writeTurned(
  { data, offset, rowStride, columnStride }: Table,
  count: number,
  angle: number,
  scaleX: number,
  scaleY: number,
  boxes: Float32Array,
): void {
  for (let row = 0, at = offset; row < count; row++, at += rowStride) {
    const x = data[at]! * scaleX;
    const y = data[at + columnStride]! * scaleY;
    const width = data[at + 2 * columnStride]! * scaleX;
    const height = data[at + 3 * columnStride]! * scaleY;
    writeEnclosing(x, y, width, height, data[at + angle * columnStride]!, boxes, 4 * row);
  }
}

function hasCorners({ sample }: DenseOutput): boolean {
  if (sample === null) return false;
  const { table, count } = denseTable(sample, 0, false);
  return haveCorners(table, count);
}

function unitsOf({ sample, transposed }: DenseOutput, classes: number): boolean {
  if (sample === null) return false;
  const { table, count } = denseTable(sample, 0, transposed);
  return inUnits(table, count, bestScores(columnsFrom(table, 4), count, classes));
}

import { z } from 'zod';
import { classVectors, columnsFrom, vectorPrediction, writeCorners } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { bestScores, denseOutput, denseTable, inUnits, objectnessOf, type DenseOutput } from '../decoding/dense.js';
import { isUltralytics, namedClasses } from '../contract/evidence.js';
import { layoutError, outputWhere, reusedFloats } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { masksOption, unitsOption } from '../contract/shared-options.js';

const options = z.object({
  transposed: z.boolean().default(true).describe('[N, 4 + classes, cells], as the exporter writes it'),
  classes: z.number().int().default(0).describe('number of classes; 0: all columns behind the box'),
  masks: masksOption,
  units: unitsOption,
});

/**
 * YOLOv8, v9, v11, v12, and v5u: one output `[N, 4 + classes, cells]`: cx, cy, w, h in input pixels (0..1 in TFLite and
 * Edge TPU exports) and class scores through a sigmoid, no objectness; behind them key points, an angle or mask
 * coefficients in models of those tasks. The one-to-one head of a raw YOLOv10 has the same layout.
 * Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: ultralytics/ultralytics `ultralytics/nn/modules/head.py` (Detect), `utils/nms.py`, `engine/exporter.py`.
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
    const named = namedClasses(evidence) ?? dense.columns - 4;
    const classes = Math.min(named, dense.columns - 4);
    const known = objectnessOf(dense, evidence) === 'no';
    const sure = known && (dense.transposed || dense.grid === 'cells');
    return {
      confidence: sure && isUltralytics(evidence) ? 'certain' : sure ? 'likely' : 'possible',
      reason: `output ${dense.text} is 4 + ${classes} ${classes < dense.columns - 4 ? `+ ${dense.columns - 4 - classes} ` : ''}columns${dense.grid === 'cells' ? ' for each cell of the 8, 16 and 32 px grids' : ''}${dense.transposed ? ', transposed' : ''}, no objectness`,
      options: { transposed: dense.transposed, classes, masks: dense.masks, units: unitsOf(dense, classes) },
      needsSample: dense.sample === null,
      classes: { count: classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { transposed, classes, masks, units }) => {
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(outputs, ({ length, 0: n }) => length === 3 && n === images);
        const width = (output?.shape[transposed ? 1 : 2] ?? 0) - masks - 4;
        if (output === null || width < Math.max(1, classes)) {
          throw layoutError('yolov8', `one output [${images}, 4 + classes, cells]`, outputs);
        }
        return Array.from({ length: images }, (_, image) => {
          const { table, count } = denseTable(output, image, transposed);
          const boxes = boxesOf(image, 4 * count);
          writeCorners(table, count, 'cxcywh', units ? input.width : 1, units ? input.height : 1, boxes);
          return vectorPrediction(count, boxes, classVectors(columnsFrom(table, 4), classes === 0 ? width : classes));
        });
      },
    };
  },
});

function unitsOf({ sample, transposed }: DenseOutput, classes: number): boolean {
  if (sample === null) return false;
  const { table, count } = denseTable(sample, 0, transposed);
  return inUnits(table, count, bestScores(columnsFrom(table, 4), count, classes));
}

import { z } from 'zod';
import { classVectors, columnsFrom, vectorPrediction, writeColumn, writeCorners } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { denseOutput, denseTable, hasLandmarks, inUnits, objectnessOf, type DenseOutput } from '../decoding/dense.js';
import { isUltralytics } from '../contract/evidence.js';
import { layoutError, outputWhere, reusedFloats } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { masksOption, unitsOption } from '../contract/shared-options.js';

const options = z.object({
  transposed: z.boolean().default(false).describe('[N, 5 + classes, anchors]'),
  masks: masksOption,
  units: unitsOption,
});

/**
 * YOLOv5 and YOLOv7 with their detection layer: one output `[N, anchors, 5 + classes]`, three anchors for each cell of
 * the 8, 16 and 32 px grids (64 too in P6 models): cx, cy, w, h in input pixels (0..1 in TFLite exports), objectness,
 * class scores, all through a sigmoid; segmentation models have mask coefficients behind. With a single class the
 * objectness is the score, for its class output was never trained.
 * Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: ultralytics/yolov5 `models/yolo.py` (Detect), `export.py`, `utils/augmentations.py` (letterbox);
 * WongKinYiu/yolov7 `models/yolo.py`, `utils/general.py` (non_max_suppression).
 */
export const yolov5 = defineInterpreter({
  name: 'yolov5',
  task: 'detection',
  truncated: false,
  nms: 0.45,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const dense = denseOutput(evidence);
    if (dense === null || dense.columns < 6 || hasLandmarks(dense, evidence)) return null;
    const objectness = objectnessOf(dense, evidence);
    // One row a cell with an objectness is YOLOX or YOLOv6.
    if (objectness === 'no' || (dense.grid === 'cells' && !dense.transposed)) return null;
    const sure = objectness === 'yes' && dense.grid === 'anchors';
    return {
      confidence: sure && isUltralytics(evidence) ? 'certain' : sure ? 'likely' : 'possible',
      reason: `output ${dense.text} is 5 + ${dense.columns - 5} columns${dense.grid === 'anchors' ? ' for three anchors a grid cell' : ''}`,
      options: { transposed: dense.transposed, masks: dense.masks, units: unitsOf(dense) },
      needsSample: dense.sample === null,
      classes: { count: dense.columns - 5, numbering: 'zero' },
    };
  },
  create: ({ input }, { transposed, masks, units }) => {
    const boxesOf = reusedFloats();
    const objectnessOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(outputs, ({ length, 0: n }) => length === 3 && n === images);
        const width = (output?.shape[transposed ? 1 : 2] ?? 0) - masks;
        if (output === null || width < 6) {
          throw layoutError('yolov5', `one output [${images}, anchors, 5 + classes]`, outputs);
        }
        return Array.from({ length: images }, (_, image) => {
          const { table, count } = denseTable(output, image, transposed);
          const boxes = boxesOf(image, 4 * count);
          writeCorners(table, count, 'cxcywh', units ? input.width : 1, units ? input.height : 1, boxes);
          if (width === 6) return vectorPrediction(count, boxes, classVectors(columnsFrom(table, 4), 1));
          const objectness = objectnessOf(image, count);
          writeColumn(columnsFrom(table, 4), count, objectness);
          return vectorPrediction(count, boxes, classVectors(columnsFrom(table, 5), width - 5), objectness);
        });
      },
    };
  },
});

function unitsOf({ sample, transposed }: DenseOutput): boolean {
  if (sample === null) return false;
  const { table, count } = denseTable(sample, 0, transposed);
  const objectness = new Float32Array(count);
  writeColumn(columnsFrom(table, 4), count, objectness);
  return inUnits(table, count, objectness);
}

import { z } from 'zod';
import { classVectors, columnsFrom, vectorPrediction, writeCorners } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { denseOutput, denseTable, hasConstantObjectness, objectnessOf } from '../decoding/dense.js';
import { layoutError, outputWhere, reusedFloats } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

/**
 * YOLOv6: one output `[N, cells, 5 + classes]` with cx, cy, w, h in input pixels, an objectness that is always 1, and
 * class scores through a sigmoid. Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: meituan/YOLOv6 `yolov6/models/heads/effidehead_distill_ns.py`, `deploy/ONNX`.
 */
export const yolov6 = defineInterpreter({
  name: 'yolov6',
  task: 'detection',
  truncated: false,
  nms: 0.45,
  options: z.object({}),
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const dense = denseOutput(evidence);
    if (dense?.grid !== 'cells' || dense.transposed || dense.columns < 6) return null;
    if (dense.sample === null || objectnessOf(dense, evidence) === 'no') return null;
    const { table, count } = denseTable(dense.sample, 0, false);
    if (!hasConstantObjectness(table, count)) return null;
    return {
      confidence: 'likely',
      reason: `output ${dense.text} has a row a grid cell and an objectness that is always 1`,
      options: {},
      classes: { count: dense.columns - 5, numbering: 'zero' },
    };
  },
  create: () => {
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(
          outputs,
          ({ length, 0: n, 2: columns = 0 }) => length === 3 && n === images && columns > 5,
        );
        if (output === null) throw layoutError('yolov6', `one output [${images}, cells, 5 + classes]`, outputs);
        return Array.from({ length: images }, (_, image) => {
          const { table, count, columns } = denseTable(output, image, false);
          const boxes = boxesOf(image, 4 * count);
          writeCorners(table, count, 'cxcywh', 1, 1, boxes);
          return vectorPrediction(count, boxes, classVectors(columnsFrom(table, 5), columns - 5));
        });
      },
    };
  },
});

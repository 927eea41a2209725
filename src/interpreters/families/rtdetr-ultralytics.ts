import { z } from 'zod';
import { classVectors, columnsFrom, vectorPrediction, writeCorners } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { bestScores, denseOutput, denseTable, inUnits } from '../decoding/dense.js';
import { isUltralytics, namedClasses } from '../contract/evidence.js';
import { layoutError, outputWhere, reusedFloats } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

/** Queries of RT-DETR-L and -X. */
const QUERIES = 300;

/**
 * RT-DETR of Ultralytics: one output `[N, 300, 4 + classes]`: cx, cy, w, h in 0..1 of the input, class scores through a
 * sigmoid. No NMS is needed. Input: RGB 0..1, stretched to 640 x 640.
 *
 * Source: ultralytics/ultralytics `ultralytics/nn/modules/head.py` (RTDETRDecoder), `models/rtdetr/predict.py`.
 */
export const rtdetrUltralytics = defineInterpreter({
  name: 'rtdetr-ultralytics',
  task: 'detection',
  truncated: false,
  nms: null,
  options: z.object({}),
  usualSize: { width: 640, height: 640 },
  preprocessing: () => preprocessingOf({}),
  recognise: (evidence) => {
    const dense = denseOutput(evidence);
    if (dense?.count !== QUERIES || dense.transposed || dense.grid !== 'other') return null;
    const classes = dense.columns - 4;
    const named = namedClasses(evidence);
    if (named !== null && named !== classes) return null;
    // Scores of a sigmoid are never all 0: such a table is another exporter's, with nothing found.
    let empty = false;
    if (dense.sample !== null) {
      const { table, count } = denseTable(dense.sample, 0, false);
      const best = bestScores(columnsFrom(table, 4), count, classes);
      if (!inUnits(table, count, best) || best.some((score) => score > 1)) return null;
      empty = best.every((score) => score <= 0);
    }
    const told = named === classes && isUltralytics(evidence);
    // Six columns are also the final detections of other exports.
    const six = dense.columns === 6 && dense.sample === null;
    return {
      confidence: told && !six ? 'certain' : six || empty ? 'possible' : 'likely',
      reason: `output ${dense.text} has 300 queries of 4 + ${classes} columns, boxes in 0..1`,
      options: {},
      needsSample: dense.sample === null,
      classes: { count: classes, numbering: 'zero' },
    };
  },
  create: ({ input }) => {
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(
          outputs,
          ({ length, 0: n, 2: columns = 0 }) => length === 3 && n === images && columns > 4,
        );
        if (output === null)
          throw layoutError('rtdetr-ultralytics', `one output [${images}, 300, 4 + classes]`, outputs);
        return Array.from({ length: images }, (_, image) => {
          const { table, count, columns } = denseTable(output, image, false);
          const boxes = boxesOf(image, 4 * count);
          writeCorners(table, count, 'cxcywh', input.width, input.height, boxes);
          return vectorPrediction(count, boxes, classVectors(columnsFrom(table, 4), columns - 4));
        });
      },
    };
  },
});

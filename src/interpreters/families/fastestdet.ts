import { z } from 'zod';
import { sigmoid } from '../../annotations/index.js';
import type { Tensor } from '../../launchers/types.js';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { layoutError, outputWhere, reusedFloats, shapeText } from '../decoding/outputs.js';
import { sumsToOne } from '../decoding/shares.js';

/** The one grid's cells. */
const STRIDE = 16;
/** Planes before the classes: objectness and box. */
const CLASSES_FROM = 5;

/**
 * FastestDet: one grid of 16 px, `[N, 5 + classes, H, W]`: objectness through a sigmoid, x, y, w, h raw, classes through
 * a softmax: `cx = (column + tanh(x)) * 16`, `w = sigmoid(w)` of the input's width; score = objectness * class.
 * Input: BGR 0..1, stretched to 352 x 352.
 *
 * Source: dog-qiuqiu/FastestDet `module/custom_layers.py` (DetectHead), `utils/tool.py` (handle_preds), `test.py`,
 * `example/onnx-runtime/runtime.py`.
 */
export const fastestdet = defineInterpreter({
  name: 'fastestdet',
  task: 'detection',
  truncated: false,
  nms: 0.45,
  usualSize: { width: 352, height: 352 },
  options: z.object({}),
  preprocessing: () => preprocessingOf({ color: 'bgr' }),
  recognise: (evidence) => {
    const [output, ...others] = knownOutputs(evidence);
    const size = inputSize(evidence);
    if (output === undefined || others.length > 0 || size === null || output.shape.length !== 4) return null;
    const [, planes = null, rows = null, columns = null] = output.shape;
    if (planes === null || planes <= CLASSES_FROM) return null;
    if (rows !== size.height / STRIDE || columns !== size.width / STRIDE) return null;
    const { sample } = output;
    if (sample !== null && !isHead(sample)) return null;
    return {
      confidence: sample === null ? 'possible' : 'certain',
      reason: `output ${shapeText(output.shape)} is objectness, box and ${planes - CLASSES_FROM} classes for each cell of the 16 px grid`,
      options: {},
      needsSample: sample === null,
      classes: { count: planes - CLASSES_FROM, numbering: 'zero' },
    };
  },
  create: ({ input }) => {
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(
          outputs,
          ({ length, 0: n, 1: planes = 0 }) => length === 4 && n === images && planes > CLASSES_FROM,
        );
        if (output === null) throw layoutError('fastestdet', `one output [${images}, 5 + classes, H, W]`, outputs);
        const { data, shape } = output;
        const [, planes = 0, rows = 0, columns = 0] = shape;
        const cells = rows * columns;
        return Array.from({ length: images }, (_, image) => {
          const boxes = boxesOf(image, 4 * cells);
          const first = image * planes * cells;
          for (let cell = 0, at = first + cells; cell < cells; cell++, at++) {
            const x = (((cell % columns) + Math.tanh(data[at]!)) / columns) * input.width;
            const y = ((Math.floor(cell / columns) + Math.tanh(data[at + cells]!)) / rows) * input.height;
            const halfWidth = (sigmoid(data[at + 2 * cells]!) * input.width) / 2;
            const halfHeight = (sigmoid(data[at + 3 * cells]!) * input.height) / 2;
            boxes[4 * cell] = x - halfWidth;
            boxes[4 * cell + 1] = y - halfHeight;
            boxes[4 * cell + 2] = x + halfWidth;
            boxes[4 * cell + 3] = y + halfHeight;
          }
          const table = { data, offset: first + CLASSES_FROM * cells, rowStride: 1, columnStride: cells };
          const objectness = data.subarray(first, first + cells);
          return vectorPrediction(cells, boxes, classVectors(table, planes - CLASSES_FROM), objectness);
        });
      },
    };
  },
});

/** Whether the first plane of the first image is in 0..1 and the class planes are shares of 1 in every cell. */
function isHead({ data, shape }: Tensor): boolean {
  const [, planes = 0, rows = 0, columns = 0] = shape;
  const cells = rows * columns;
  for (let cell = 0; cell < cells; cell++) if (!(data[cell]! >= 0 && data[cell]! <= 1)) return false;
  const table = { data, offset: CLASSES_FROM * cells, rowStride: 1, columnStride: cells };
  return sumsToOne(table, cells, planes - CLASSES_FROM);
}

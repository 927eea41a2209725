import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs, type KnownOutput, type ShapedOutput } from '../contract/evidence.js';
import { scoresActivatedOption } from '../contract/shared-options.js';
import type { InputSize } from '../contract/types.js';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { layoutError, reusedFloats } from '../decoding/outputs.js';
import { RTMDET } from './rtmdet-preprocessing.js';

const STRIDES = [8, 16, 32];
/** Room for quantised numbers. */
const TOLERANCE = 0.01;
/** From this score on cells show an object, and neighbours the same one. */
const SURE = 0.4;

const options = z.object({ scoresActivated: scoresActivatedOption });

/**
 * RTMDet without post-processing: for each of the 8, 16 and 32 px grids class logits `[N, classes, H, W]` and distances
 * `[N, 4, H, W]` to the left, top, right and bottom side in pixels of the input, seen from the cell's corner. Class
 * scores through a sigmoid. Outputs are matched by their sizes.
 * Input: BGR in 0..255 less 103.53, 116.28, 123.675 over 57.375, 57.12, 58.395, letterbox in the top left corner on 114.
 *
 * Source: open-mmlab/mmdetection `mmdet/models/dense_heads/rtmdet_head.py` (forward: times the stride), open-mmlab/mmyolo
 * `mmyolo/models/dense_heads/rtmdet_head.py` (RTMDetSepBNHeadModule.forward), open-mmlab/mmdetection
 * `configs/rtmdet/rtmdet_l_8xb32-300e_coco.py` (MlvlPointGenerator with offset 0, data_preprocessor);
 * open-mmlab/mmdeploy `mmdeploy/codebase/mmdet/models/dense_heads/rtmdet_head.py`.
 */
export const rtmdet = defineInterpreter({
  name: 'rtmdet',
  task: 'detection',
  truncated: false,
  nms: 0.65,
  options,
  preprocessing: () => RTMDET,
  recognise: (evidence) => {
    const size = inputSize(evidence);
    const outputs = knownOutputs(evidence);
    const levels = size === null ? null : planes(outputs, size);
    const classes = levels?.[0]?.classes.shape[1] ?? null;
    if (levels === null || classes === null) return null;
    const sampled = levels.every(({ classes, distances }) => classes.sample !== null && distances.sample !== null);
    const inUnit = (value: number): boolean => value >= -TOLERANCE && value <= 1 + TOLERANCE;
    const scoresActivated = sampled && levels.every(({ classes }) => classes.sample?.data.every(inUnit));
    const unit = sampled ? distanceUnit(levels, scoresActivated ? SURE : Math.log(SURE / (1 - SURE))) : null;
    // Heads that count in strides have the same shapes (YOLOv8 of MMYOLO).
    if (unit === 'strides') return null;
    return {
      confidence: unit === 'pixels' ? 'likely' : 'possible',
      reason: `for each of the 8, 16 and 32 px grids there are ${classes} class maps and 4 of distances to the sides, as RTMDet has them${unit === null ? '' : '; boxes of neighbouring cells agree in pixels'}`,
      options: { scoresActivated },
      needsSample: evidence.sample === null,
      classes: { count: classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { scoresActivated }) => {
    const boxesOf = reusedFloats();
    const scoresOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const named = Object.entries(outputs).map(([name, { data, shape }]) => ({ name, data, shape }));
        const levels = planes(named, input);
        if (levels === null) {
          throw layoutError(
            'rtmdet',
            `for each of 3 grids [${images}, classes, H, W] and [${images}, 4, H, W]`,
            outputs,
          );
        }
        const classes = levels[0]?.classes.shape[1] ?? 0;
        const count = levels.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
        return Array.from({ length: images }, (_, image) => {
          const boxes = boxesOf(image, 4 * count);
          const scores = scoresOf(image, classes * count);
          let first = 0;
          for (const { stride, rows, columns, classes: logits, distances } of levels) {
            const cells = rows * columns;
            for (let label = 0; label < classes; label++) {
              const from = (image * classes + label) * cells;
              scores.set(logits.data.subarray(from, from + cells), label * count + first);
            }
            writeBoxes(distances.data, 4 * image * cells, rows, columns, stride, boxes, first);
            first += cells;
          }
          const table = { data: scores, offset: 0, rowStride: 1, columnStride: count };
          return vectorPrediction(count, boxes, classVectors(table, classes, scoresActivated ? 'none' : 'sigmoid'));
        });
      },
    };
  },
});

/** Writes the boxes of one grid from row `first` on, `offset` being where its four planes begin. */
function writeBoxes(
  data: Float32Array,
  offset: number,
  rows: number,
  columns: number,
  stride: number,
  boxes: Float32Array,
  first: number,
): void {
  const cells = rows * columns;
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      const at = offset + cell;
      const to = 4 * (first + cell);
      boxes[to] = column * stride - data[at]!;
      boxes[to + 1] = row * stride - data[at + cells]!;
      boxes[to + 2] = column * stride + data[at + 2 * cells]!;
      boxes[to + 3] = row * stride + data[at + 3 * cells]!;
    }
  }
}

/**
 * Whether distances are pixels or strides: cells beside one another that are sure of the same class see the same left
 * side, one stride further away. Null where no cells do.
 *
 * @param sure the least class number of a sure cell.
 */
function distanceUnit(levels: readonly Level<KnownOutput>[], sure: number): 'pixels' | 'strides' | null {
  let asPixels = 0;
  let asStrides = 0;
  for (const { stride, rows, columns, classes, distances } of levels) {
    const [scores, sides] = [classes.sample?.data, distances.sample?.data];
    if (scores === undefined || sides === undefined) return null;
    const cells = rows * columns;
    for (let label = 0; label < (classes.shape[1] ?? 0); label++) {
      for (let cell = 0; cell < cells; cell++) {
        const at = label * cells + cell;
        if ((cell + 1) % columns === 0 || scores[at]! < sure || scores[at + 1]! < sure) continue;
        const further = sides[cell + 1]! - sides[cell]!;
        asPixels += Math.abs(further - stride) / stride;
        asStrides += Math.abs(further * stride - stride) / stride;
      }
    }
  }
  return asPixels === asStrides ? null : asPixels < asStrides ? 'pixels' : 'strides';
}

interface Level<Output> {
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  readonly classes: Output;
  readonly distances: Output;
}

/** Pairs of class maps and distances on each grid; null where the outputs are anything else. */
function planes<Output extends ShapedOutput>(
  outputs: readonly Output[],
  { width, height }: InputSize,
): Level<Output>[] | null {
  if (outputs.length !== 2 * STRIDES.length) return null;
  const levels: Level<Output>[] = [];
  for (const stride of STRIDES) {
    const [rows, columns] = [height / stride, width / stride];
    const pair = outputs.filter(({ shape }) => shape.length === 4 && shape[2] === rows && shape[3] === columns);
    const [a, b] = pair;
    if (pair.length !== 2 || a === undefined || b === undefined) return null;
    const distances = boxesOf(a, b);
    if (distances === null) return null;
    levels.push({ stride, rows, columns, distances, classes: distances === a ? b : a });
  }
  const [first] = levels;
  return levels.every(({ classes }) => classes.shape[1] === first?.classes.shape[1]) ? levels : null;
}

/** The one of two outputs that has four planes; by name, else by order, where both have. */
function boxesOf<Output extends ShapedOutput>(a: Output, b: Output): Output | null {
  const fits = [a, b].filter(({ shape }) => shape[1] === 4);
  if (fits.length < 2) return fits[0] ?? null;
  return /box|reg|dist/i.test(a.name) ? a : b;
}

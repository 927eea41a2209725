import { z } from 'zod';
import { DatumError, option } from '../../errors.js';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { layoutError, outputsText, reusedFloats } from '../decoding/outputs.js';
import { hasLevelKinds, levelsText, strideLevels, type LevelKinds } from '../decoding/stride-levels.js';

/** Six or nine outputs, ten or fifteen. */
const KINDS: readonly LevelKinds[] = [
  { strides: [8, 16, 32], anchors: 2, scores: 1 },
  { strides: [8, 16, 32, 64, 128], anchors: 1, scores: 1 },
];

/**
 * SCRFD of InsightFace: for each of the 8, 16 and 32 px grids (or 8 to 128 px) the face's score `[N, A, 1]`, the
 * distances from the cell's corner to the four sides in strides `[N, A, 4]`, and perhaps five landmarks `[N, A, 10]`,
 * which are not read; two proposals a cell on three grids, one on five. Old exports have no axis of images.
 * Input: RGB, (pixel - 127.5) / 128, letterbox in the top left corner on black; 640 x 640, any size.
 *
 * Source: deepinsight/insightface `detection/scrfd/tools/scrfd.py`, `detection/scrfd/tools/scrfd2onnx.py`.
 */
export const scrfd = defineInterpreter({
  name: 'scrfd',
  task: 'detection',
  truncated: false,
  nms: 0.4,
  usualSize: { width: 640, height: 640 },
  options: z.object({}),
  preprocessing: () => preprocessingOf({ scale: 1, mean: [127.5], std: [128], resize: 'letterbox-top-left', pad: 0 }),
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const size = inputSize(evidence);
    const kinds = KINDS.find((one) => hasLevelKinds(outputs, one));
    if (kinds === undefined) return null;
    const open = outputs.some(({ shape }) => shape.at(-2) == null);
    const fits = size !== null && strideLevels(outputs, size, kinds) !== null;
    if (size !== null && !open && !fits) return null;
    return {
      confidence: 'certain',
      reason: `${levelsText(outputs)} are SCRFD's scores, boxes${outputs.length === 3 * kinds.strides.length ? ' and landmarks' : ''} on ${kinds.strides.length} grids`,
      options: {},
      needsSample: !fits,
      classes: { count: 1, numbering: 'zero', names: ['face'] },
    };
  },
  create: ({ input }) => {
    const boxesOf = reusedFloats();
    const scoresOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const named = Object.entries(outputs).map(([name, { data, shape }]) => ({ name, data, shape }));
        if (images > 1 && named.every(({ shape }) => shape.length === 2)) {
          throw new DatumError(
            'usage',
            `the outputs ${outputsText(outputs)} have no axis of images, so that the model takes one a run: leave ${option('batchSize')} out.`,
            { option: 'batchSize' },
          );
        }
        const kinds = KINDS.find((one) => hasLevelKinds(named, one));
        const levels = kinds === undefined ? null : strideLevels(named, input, kinds);
        if (
          kinds === undefined ||
          levels === null ||
          named.some(({ shape: [n, , last] }) => last !== undefined && n !== images)
        ) {
          throw layoutError(
            'scrfd',
            `scores, boxes and perhaps landmarks on the grids of an input of ${input.width} x ${input.height}`,
            outputs,
          );
        }
        const { anchors } = kinds;
        const count = levels.reduce((sum, { rows, columns }) => sum + rows * columns * anchors, 0);
        return Array.from({ length: images }, (_, image) => {
          const boxes = boxesOf(image, 4 * count);
          const scores = scoresOf(image, count);
          let out = 0;
          for (const {
            stride,
            rows,
            columns,
            boxes: sides,
            scores: [faces],
          } of levels) {
            const proposals = rows * columns * anchors;
            scores.set(faces!.data.subarray(image * proposals, (image + 1) * proposals), out);
            let at = 4 * image * proposals;
            for (let row = 0; row < rows; row++) {
              for (let column = 0; column < columns; column++) {
                for (let anchor = 0; anchor < anchors; anchor++, out++, at += 4) {
                  boxes[4 * out] = (column - sides.data[at]!) * stride;
                  boxes[4 * out + 1] = (row - sides.data[at + 1]!) * stride;
                  boxes[4 * out + 2] = (column + sides.data[at + 2]!) * stride;
                  boxes[4 * out + 3] = (row + sides.data[at + 3]!) * stride;
                }
              }
            }
          }
          const table = { data: scores, offset: 0, rowStride: 1, columnStride: 1 };
          return vectorPrediction(count, boxes, classVectors(table, 1));
        });
      },
    };
  },
});

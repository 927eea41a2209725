import { z } from 'zod';
import { DatumError, option } from '../../errors.js';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs, plainName } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { layoutError, reusedFloats } from '../decoding/outputs.js';
import { hasLevelKinds, levelsText, strideLevels, type LevelKinds } from '../decoding/stride-levels.js';

/** Class and objectness, boxes, perhaps landmarks, on three grids. */
const KINDS: LevelKinds = { strides: [8, 16, 32], anchors: 1, scores: 2 };

/**
 * YuNet of OpenCV's zoo: for each of the 8, 16 and 32 px grids `cls_8`, `obj_8` `[N, cells, 1]` through a sigmoid,
 * `bbox_8` `[N, cells, 4]` (`cx = (column + x) * stride`, `w = exp(w) * stride`) and five landmarks `kps_8`
 * `[N, cells, 10]`, which are not read. Score = sqrt(cls * obj), each held in 0..1.
 * Input: BGR 0..255, black added to the right and below up to a multiple of 32; any size, exported at 640 x 640.
 *
 * Source: opencv/opencv `modules/objdetect/src/face_detect.cpp` (postProcess, padWithDivisor);
 * ShiqiYu/libfacedetection.train `tools/yunet2onnx.py`.
 */
export const yunet = defineInterpreter({
  name: 'yunet',
  task: 'detection',
  truncated: false,
  nms: 0.3,
  usualSize: { width: 640, height: 640 },
  options: z.object({}),
  preprocessing: () => preprocessingOf({ color: 'bgr', scale: 1, resize: 'letterbox-top-left', pad: 0 }),
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const size = inputSize(evidence);
    if (!hasLevelKinds(outputs, KINDS)) return null;
    const named =
      outputs.some(({ name }) => plainName(name) === 'cls_8') &&
      outputs.some(({ name }) => plainName(name) === 'obj_8');
    const open = outputs.some(({ shape }) => shape.at(-2) == null);
    const fits = size !== null && strideLevels(outputs, size, KINDS) !== null;
    if (!named && !open && size !== null && !fits) return null;
    return {
      confidence: 'certain',
      reason: `${levelsText(outputs)} are YuNet's classes, objectness, boxes${outputs.length === 12 ? ' and landmarks' : ''} on the 8, 16 and 32 px grids`,
      options: {},
      needsSample: !named && !fits,
      classes: { count: 1, numbering: 'zero', names: ['face'] },
    };
  },
  create: ({ input }) => {
    if (input.width % 32 !== 0 || input.height % 32 !== 0) {
      throw new DatumError(
        'usage',
        `YuNet takes images whose width and height are multiples of 32, not ${input.width} x ${input.height}: choose such a size with ${option('inputSize')}.`,
        { option: 'inputSize' },
      );
    }
    const boxesOf = reusedFloats();
    const scoresOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const named = Object.entries(outputs).map(([name, { data, shape }]) => ({ name, data, shape }));
        const levels = strideLevels(named, input, KINDS);
        if (levels === null || named.some(({ shape }) => shape.length === 3 && shape[0] !== images)) {
          throw layoutError(
            'yunet',
            `classes, objectness and boxes on the 8, 16 and 32 px grids of an input of ${input.width} x ${input.height}`,
            outputs,
          );
        }
        const count = levels.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
        return Array.from({ length: images }, (_, image) => {
          const boxes = boxesOf(image, 4 * count);
          const scores = scoresOf(image, count);
          let out = 0;
          for (const {
            stride,
            rows,
            columns,
            boxes: codes,
            scores: [classes, objects],
          } of levels) {
            let cell = image * rows * columns;
            for (let row = 0; row < rows; row++) {
              for (let column = 0; column < columns; column++, out++, cell++) {
                scores[out] = Math.sqrt(held(classes!.data[cell]!) * held(objects!.data[cell]!));
                const x = (column + codes.data[4 * cell]!) * stride;
                const y = (row + codes.data[4 * cell + 1]!) * stride;
                const halfWidth = (Math.exp(codes.data[4 * cell + 2]!) * stride) / 2;
                const halfHeight = (Math.exp(codes.data[4 * cell + 3]!) * stride) / 2;
                boxes[4 * out] = x - halfWidth;
                boxes[4 * out + 1] = y - halfHeight;
                boxes[4 * out + 2] = x + halfWidth;
                boxes[4 * out + 3] = y + halfHeight;
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

function held(score: number): number {
  return Math.min(1, Math.max(0, score));
}

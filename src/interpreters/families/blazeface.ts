import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs, shapeFits, type KnownOutput, type ShapedOutput } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from '../decoding/outputs.js';
import { priorBoxes, priorCount, type PriorLevel } from '../decoding/prior-boxes.js';

/** Anchors have a place but no size: boxes are in pixels of the input. Two a cell for each of the grids of a stride. */
const two = [1, 1];
const six = [1, 1, 1, 1, 1, 1];
const MODELS: Readonly<Record<'short' | 'back' | 'full', readonly PriorLevel[]>> = {
  short: [
    { stride: 8, sides: two },
    { stride: 16, sides: six },
  ],
  back: [
    { stride: 16, sides: two },
    { stride: 32, sides: six },
  ],
  full: [{ stride: 4, sides: [1] }],
};
const RANGES = ['short', 'back', 'full'] as const;

const options = z.object({
  boxes: z.string().default('regressors'),
  scores: z.string().default('classificators'),
  range: z
    .enum(RANGES)
    .default('short')
    .describe('short: front camera, 128 x 128; back: back camera, 256 x 256; full: 192 x 192'),
});

/** Numbers a proposal: a box and six key points. */
const COORDINATES = 16;

/**
 * BlazeFace of MediaPipe: regressors `[N, A, 16]`: centre relative to the anchor's, width, height and six key points
 * in pixels of the input, and classificators `[N, A, 1]`, logits. 896 anchors for the short range (128 x 128) and the back
 * camera (256 x 256), 2304 for the full range (192 x 192). Key points are not read.
 * Input: RGB, -1..1, letterbox, centred on black.
 *
 * Source: google-ai-edge/mediapipe `mediapipe/modules/face_detection/face_detection.pbtxt`,
 * `face_detection_short_range.pbtxt`, `face_detection_full_range.pbtxt`,
 * `mediapipe/graphs/face_detection/face_detection_back_desktop_live.pbtxt`,
 * `mediapipe/calculators/tflite/ssd_anchors_calculator.cc`; hollance/BlazeFace-PyTorch `blazeface.py` (_decode_boxes).
 */
export const blazeface = defineInterpreter({
  name: 'blazeface',
  task: 'detection',
  truncated: false,
  nms: 0.3,
  options,
  preprocessing: () => preprocessingOf({ scale: 1, mean: [127.5], std: [127.5], resize: 'letterbox', pad: 0 }),
  recognise: (evidence) => {
    const pair = facePair(knownOutputs(evidence));
    const size = inputSize(evidence);
    if (pair === null || size === null) return null;
    const { boxes, scores } = pair;
    const range = RANGES.find((one) => priorCount(size, MODELS[one]) === boxes.shape[1]);
    if (range === undefined) return null;
    return {
      confidence: 'certain',
      reason: `outputs ${boxes.name} ${shapeText(boxes.shape)} and ${scores.name} ${shapeText(scores.shape)} are BlazeFace's boxes with six key points, and logits of its ${String(boxes.shape[1])} anchors`,
      options: { boxes: boxes.name, scores: scores.name, range },
      classes: { count: 1, numbering: 'zero', names: ['face'] },
    };
  },
  create: ({ input }, { boxes: boxesName, scores: scoresName, range }) => {
    // Cells just cover the input.
    const anchors = priorBoxes(input, MODELS[range], true);
    const { count } = anchors;
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const codes = outputNamed(outputs, boxesName);
        const scores = outputNamed(outputs, scoresName);
        if (codes.data.length !== COORDINATES * count * images || scores.data.length !== count * images) {
          throw layoutError(
            'blazeface',
            `boxes [${images}, ${count}, 16] and scores [${images}, ${count}, 1]`,
            outputs,
          );
        }
        return Array.from({ length: images }, (_, image) => {
          const boxes = boxesOf(image, 4 * count);
          for (let row = 0, at = COORDINATES * count * image; row < count; row++, at += COORDINATES) {
            const x = anchors.x[row]! + codes.data[at]!;
            const y = anchors.y[row]! + codes.data[at + 1]!;
            boxes[4 * row] = x - codes.data[at + 2]! / 2;
            boxes[4 * row + 1] = y - codes.data[at + 3]! / 2;
            boxes[4 * row + 2] = x + codes.data[at + 2]! / 2;
            boxes[4 * row + 3] = y + codes.data[at + 3]! / 2;
          }
          const table = { data: scores.data, offset: count * image, rowStride: 1, columnStride: 1 };
          return vectorPrediction(count, boxes, classVectors(table, 1, 'sigmoid'));
        });
      },
    };
  },
});

/** The two outputs of a BlazeFace; null where there are others. */
function facePair(outputs: readonly KnownOutput[]): { boxes: ShapedOutput; scores: ShapedOutput } | null {
  const boxes = outputs.find(({ shape }) => shape[2] === COORDINATES);
  const scores = outputs.find(({ shape }) => shape[2] === 1);
  if (outputs.length !== 2 || boxes === undefined || scores === undefined || boxes.shape[1] == null) return null;
  return shapeFits(scores.shape, [null, boxes.shape[1], 1]) && boxes.shape.length === 3 ? { boxes, scores } : null;
}

import { z } from 'zod';
import type { Prediction } from '../../annotations/index.js';
import type { Tensor } from '../../launchers/types.js';
import { defineInterpreter } from '../define.js';
import { knownOutputs } from '../evidence.js';
import { layoutError, outputWhere, reusedFloats, reusedLabels, shapeText } from '../outputs.js';

/** image_id, label, confidence, x1, y1, x2, y2. */
const COLUMNS = 7;

/**
 * Detectors that end in a DetectionOutput layer: one output `[1, 1, K, 7]` for the whole batch, or `[N, 1, K, 7]`,
 * with rows image_id, label, confidence, x1, y1, x2, y2; the corners in 0..1 of the input; an image_id below 0 ends
 * the list. Labels are given as the model numbers them: most count from 1, 0 being the background.
 * Input: BGR 0..255, stretched, as in Open Model Zoo, unless the model's metadata say otherwise.
 *
 * Source: OpenVINO operation specification, DetectionOutput-8; Open Model Zoo model descriptions.
 */
export const ssd = defineInterpreter({
  name: 'ssd',
  title: 'SSD with DetectionOutput: [1, 1, K, 7]',
  task: 'detection',
  truncated: true,
  nms: null,
  options: z.object({}),
  preprocessing: () => ({
    color: 'bgr',
    mean: [0],
    std: [1],
    scale: 1,
    layout: 'nchw',
    resize: 'stretch',
    pad: 0,
  }),
  recognise: (evidence) => {
    const output = knownOutputs(evidence).find(({ shape }) => isDetectionOutput(shape));
    if (output === undefined) return null;
    return {
      confidence: 'certain',
      reason: `output "${output.name}" ${shapeText(output.shape)} has rows image, label, confidence, x1, y1, x2, y2`,
      options: {},
    };
  },
  create: ({ input }) => {
    const boxesOf = reusedFloats();
    const scoresOf = reusedFloats();
    const labelsOf = reusedLabels();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(outputs, isDetectionOutput);
        if (output === null || (output.shape[0] !== 1 && output.shape[0] !== images)) {
          throw layoutError('ssd', 'one output [1, 1, K, 7]', outputs);
        }
        const lists = imageLists(output, images);
        return lists.map((list, image): Prediction => {
          const { length } = list;
          const boxes = boxesOf(image, 4 * length);
          const scores = scoresOf(image, length);
          const labels = labelsOf(image, length);
          for (let row = 0; row < length; row++) {
            const at = list[row]!;
            labels[row] = output.data[at + 1]!;
            scores[row] = output.data[at + 2]!;
            boxes[4 * row] = output.data[at + 3]! * input.width;
            boxes[4 * row + 1] = output.data[at + 4]! * input.height;
            boxes[4 * row + 2] = output.data[at + 5]! * input.width;
            boxes[4 * row + 3] = output.data[at + 6]! * input.height;
          }
          return {
            scores: null,
            proposals: { count: length, boxes, objectness: null, classes: { kind: 'single', labels, scores } },
          };
        });
      },
    };
  },
});

function isDetectionOutput(shape: readonly (number | null)[]): boolean {
  return shape.length === 4 && shape[1] === 1 && shape[3] === COLUMNS;
}

/** Where the rows of each image start in the data: an axis of images, or one list whose rows name their image. */
function imageLists({ data, shape }: Tensor, images: number): number[][] {
  const lists: number[][] = Array.from({ length: images }, () => []);
  const blocks = shape[0] ?? 1;
  const rows = shape[2] ?? 0;
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < rows; row++) {
      const at = (block * rows + row) * COLUMNS;
      const id = data[at]!;
      if (id < 0) break;
      // With one image, its number says nothing: some exporters write 1.
      lists[blocks > 1 ? block : images === 1 ? 0 : id]?.push(at);
    }
  }
  return lists;
}

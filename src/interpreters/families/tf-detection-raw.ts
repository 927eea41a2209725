import { z } from 'zod';
import { classVectors, vectorPrediction, writeCorners } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs, outputCalled, shapeFits, type KnownOutput } from '../contract/evidence.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import type { Evidence } from '../contract/types.js';

const options = z.object({
  boxes: z.string().default('raw_detection_boxes'),
  scores: z.string().default('raw_detection_scores'),
  background: z.boolean().default(true).describe('the first column of the scores is the background'),
});

/**
 * TensorFlow Object Detection API, before its NMS: raw_detection_boxes `[N, A, 4]` as y1, x1, y2, x2 in 0..1 and
 * raw_detection_scores `[N, A, 1 + classes]`, already probabilities, the background first. Preferred to the final lists
 * since nothing is cut. Classes count from 0 here, so that class 0 is the model's number 1.
 * Input: RGB 0..255 `[N, H, W, 3]` of any size; the model resizes and normalises it itself.
 *
 * Source: tensorflow/models `research/object_detection/meta_architectures/ssd_meta_arch.py` and
 * `faster_rcnn_meta_arch.py` (postprocess), `exporter_lib_v2.py`.
 */
export const tfDetectionRaw = defineInterpreter({
  name: 'tf-detection-raw',
  task: 'detection',
  truncated: false,
  nms: 0.6,
  usualSize: { width: 640, height: 640 },
  sizedByImage: true,
  options,
  preprocessing: () => preprocessingOf({ scale: 1, layout: 'nhwc' }),
  recognise: (evidence) => {
    const found = rawDetections(evidence);
    if (found === null) return null;
    const { boxes, scores } = found;
    const columns = scores.shape[2] ?? null;
    // Detection API models of COCO have 91 columns; those of TensorFlow Hub may leave the background out.
    const background = columns !== 90;
    return {
      confidence: 'certain',
      reason: `outputs ${boxes.name} ${shapeText(boxes.shape)} and ${scores.name} ${shapeText(scores.shape)} hold the proposals before NMS`,
      options: { boxes: boxes.name, scores: scores.name, background },
      classes: { count: columns === null ? null : columns - (background ? 1 : 0), numbering: 'zero' },
    };
  },
  create: ({ input }, options) => {
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const boxes = outputNamed(outputs, options.boxes);
        const scores = outputNamed(outputs, options.scores);
        const count = boxes.data.length / 4 / images;
        const width = scores.data.length / images / count;
        const first = options.background ? 1 : 0;
        if (!Number.isInteger(count) || !Number.isInteger(width) || width <= first) {
          throw layoutError(
            'tf-detection-raw',
            `boxes [${images}, A, 4] and scores [${images}, A, 1 + classes]`,
            outputs,
          );
        }
        return Array.from({ length: images }, (_, image) => {
          const corners = boxesOf(image, 4 * count);
          const table = { data: boxes.data, offset: 4 * count * image, rowStride: 4, columnStride: 1 };
          writeCorners(table, count, 'yxyx', input.width, input.height, corners);
          const offset = image * count * width + first;
          const columns = { data: scores.data, offset, rowStride: width, columnStride: 1 };
          return vectorPrediction(count, corners, classVectors(columns, width - first));
        });
      },
    };
  },
});

/** The outputs of proposals before NMS, where both are there and go together. */
export function rawDetections(
  evidence: Evidence,
): { readonly boxes: KnownOutput; readonly scores: KnownOutput } | null {
  const outputs = knownOutputs(evidence);
  const boxes = outputCalled(outputs, 'raw_detection_boxes');
  const scores = outputCalled(outputs, 'raw_detection_scores');
  if (boxes === null || scores === null || scores.shape.length !== 3 || scores.shape[2] === 1) return null;
  return shapeFits(boxes.shape, [null, scores.shape[1] ?? null, 4]) ? { boxes, scores } : null;
}

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs } from '../contract/evidence.js';
import { parallelDecoder } from '../decoding/parallel-lists.js';
import { cocoCount, largestLabel, parallelByName } from '../decoding/parallel-outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { rawDetections } from './tf-detection-raw.js';

const options = z.object({
  boxes: z.string().default('detection_boxes'),
  scores: z.string().default('detection_scores'),
  labels: z.string().default('detection_classes'),
  counts: z.string().nullable().default('num_detections'),
});

/**
 * TensorFlow Object Detection API: outputs detection_boxes `[N, K, 4]` as y1, x1, y2, x2 in 0..1, detection_scores and
 * detection_classes `[N, K]` (classes count from 1), num_detections `[N]`.
 * Input: RGB 0..255 `[N, H, W, 3]` of any size; the model resizes and normalises it itself.
 *
 * Source: tensorflow/models `research/object_detection/exporter_lib_v2.py`, `exporter.py` (label_id_offset = 1).
 */
export const tfDetection = defineInterpreter({
  name: 'tf-detection',
  task: 'detection',
  truncated: true,
  nms: null,
  usualSize: { width: 640, height: 640 },
  sizedByImage: true,
  options,
  preprocessing: () => preprocessingOf({ scale: 1, layout: 'nhwc' }),
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const names = parallelByName(outputs, {
      boxes: ['detection_boxes'],
      scores: ['detection_scores'],
      labels: ['detection_classes'],
      counts: ['num_detections'],
    });
    if (names === null) return null;
    const count = cocoCount(largestLabel(outputs, names.labels));
    return {
      // The proposals before NMS are better where the model gives them too.
      confidence: rawDetections(evidence) === null ? 'certain' : 'likely',
      reason: `outputs ${names.boxes}, ${names.scores} and ${names.labels} are those of the TensorFlow Object Detection API`,
      options: names,
      needsSample: evidence.sample === null,
      classes: { count, numbering: 'one' },
    };
  },
  create: ({ input }, names) => parallelDecoder('tf-detection', names, 'yxyx', input.width, input.height),
});

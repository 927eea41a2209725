import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs } from '../contract/evidence.js';
import { flatLists } from '../decoding/flat-lists.js';
import { parallelDecoder } from '../decoding/parallel-lists.js';
import { cocoCount, largestLabel } from '../decoding/parallel-outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

const options = z.object({
  boxes: z.string().default('boxes'),
  labels: z.string().default('labels'),
  scores: z.string().default('scores'),
});

/**
 * torchvision's detectors (Faster R-CNN, RetinaNet, FCOS, SSD, Mask R-CNN): boxes `[K, 4]` as x1, y1, x2, y2 in pixels
 * of the input given, labels `[K]` (int64) and scores `[K]`, in any order and under any names, without an axis of
 * images. Labels count from 1; the weights of COCO have its own ids up to 90.
 * Input: RGB 0..1, usually `[3, H, W]`; the model resizes and normalises it itself.
 *
 * Source: pytorch/vision `torchvision/models/detection/generalized_rcnn.py`, `retinanet.py`, `transform.py`.
 */
export const torchvision = defineInterpreter({
  name: 'torchvision',
  task: 'detection',
  truncated: true,
  nms: null,
  usualSize: { width: 800, height: 800 },
  sizedByImage: true,
  options,
  preprocessing: () => preprocessingOf({}),
  recognise: (evidence) => {
    const lists = flatLists(evidence);
    if (lists === null) return null;
    const count = cocoCount(largestLabel(knownOutputs(evidence), lists.labels));
    return {
      confidence: 'likely',
      reason: `outputs ${lists.boxes} [K, 4], ${lists.labels} [K] and ${lists.scores} [K] are lists without an axis of images`,
      options: lists,
      needsSample: evidence.sample === null,
      classes: { count, numbering: 'one' },
    };
  },
  create: (_context, names) => parallelDecoder('torchvision', names, 'xyxy'),
});

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { hasInput, knownOutputs } from '../contract/evidence.js';
import { parallelDecoder } from '../decoding/parallel-lists.js';
import { cocoCount, largestLabel, parallelByName } from '../decoding/parallel-outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

const options = z.object({
  boxes: z.string().default('boxes'),
  labels: z.string().default('labels'),
  scores: z.string().default('scores'),
});

/**
 * RT-DETR of its authors, RT-DETRv2, D-FINE, DEIM: labels `[N, 300]`, boxes `[N, 300, 4]` as x1, y1, x2, y2 in pixels
 * of `orig_target_sizes` (w, h), scores `[N, 300]` through a sigmoid. The sizes are fed as the input's own, so that
 * boxes are pixels of the input. Classes count from 0. Input: RGB 0..1, stretched to 640 x 640.
 *
 * Source: lyuwenyu/RT-DETR `rtdetrv2_pytorch/tools/export_onnx.py`, `src/zoo/rtdetr/rtdetr_postprocessor.py`
 * (deploy mode).
 */
export const rtdetr = defineInterpreter({
  name: 'rtdetr',
  task: 'detection',
  truncated: true,
  nms: null,
  usualSize: { width: 640, height: 640 },
  options,
  preprocessing: () => preprocessingOf({}),
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const names = parallelByName(outputs, { boxes: ['boxes'], scores: ['scores'], labels: ['labels'], counts: [] });
    if (names === null || !hasInput(evidence, 'orig_target_sizes')) return null;
    const largest = largestLabel(outputs, names.labels);
    return {
      confidence: 'certain',
      reason: `outputs ${names.labels}, ${names.boxes}, ${names.scores} and the input orig_target_sizes are RT-DETR's`,
      options: { boxes: names.boxes, labels: names.labels, scores: names.scores },
      needsSample: evidence.sample === null,
      // COCO's classes without the gaps of its ids: never above 79.
      classes: { count: cocoCount(largest) !== null && (largest ?? 0) < 80 ? 80 : null, numbering: 'zero' },
    };
  },
  create: (_context, names) => parallelDecoder('rtdetr', names, 'xyxy'),
});

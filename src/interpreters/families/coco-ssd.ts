import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { scoredBoxes, scoredBoxesDecoder } from '../decoding/scored-boxes.js';

/** Anchors of SSD MobileNet on 300 x 300. */
export const COCO_SSD_ANCHORS = 1917;

const options = z.object({ boxes: z.string().default('boxes'), scores: z.string().default('scores') });

/**
 * coco-ssd of TensorFlow.js: scores `[N, 1917, 90]` through a sigmoid and boxes `[N, 1917, 1, 4]` as y1, x1, y2, x2 in
 * 0..1; column c is COCO's id c + 1. Input: RGB 0..255 `[N, H, W, 3]` of any size.
 *
 * Source: tensorflow/tfjs-models `coco-ssd/src/index.ts`.
 */
export const cocoSsd = defineInterpreter({
  name: 'coco-ssd',
  task: 'detection',
  truncated: false,
  nms: 0.5,
  usualSize: { width: 300, height: 300 },
  sizedByImage: true,
  options,
  preprocessing: () => preprocessingOf({ scale: 1, layout: 'nhwc' }),
  recognise: (evidence) => {
    const found = scoredBoxes(evidence);
    if (found?.nested !== true || found.rows !== COCO_SSD_ANCHORS) return null;
    return {
      confidence: 'certain',
      reason: `outputs ${found.text} are those of coco-ssd`,
      options: { boxes: found.boxes, scores: found.scores },
      classes: { count: found.columns, numbering: 'zero' },
    };
  },
  create: ({ input }, names) =>
    scoredBoxesDecoder('coco-ssd', names, {
      format: 'yxyx',
      scaleX: input.width,
      scaleY: input.height,
      background: false,
    }),
});

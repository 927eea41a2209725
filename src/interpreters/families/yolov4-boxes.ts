import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { COCO_SSD_ANCHORS } from './coco-ssd.js';
import { scoredBoxes, scoredBoxesDecoder } from '../decoding/scored-boxes.js';

const options = z.object({ boxes: z.string().default('boxes'), scores: z.string().default('confs') });

/**
 * YOLOv4 of pytorch-YOLOv4: boxes `[N, A, 1, 4]` as x1, y1, x2, y2 in 0..1 and confs `[N, A, classes]`, objectness
 * multiplied in. Input: RGB 0..1, stretched.
 *
 * Source: Tianxiaomo/pytorch-YOLOv4 `tool/yolo_layer.py`, `demo_pytorch2onnx.py`, `tool/utils.py` (post_processing).
 */
export const yolov4Boxes = defineInterpreter({
  name: 'yolov4-boxes',
  task: 'detection',
  truncated: false,
  nms: 0.6,
  options,
  preprocessing: () => preprocessingOf({}),
  recognise: (evidence) => {
    const found = scoredBoxes(evidence);
    if (found?.nested !== true || found.rows === COCO_SSD_ANCHORS) return null;
    return {
      confidence: 'likely',
      reason: `outputs ${found.text} are boxes in 0..1 and class confidences`,
      options: { boxes: found.boxes, scores: found.scores },
      classes: { count: found.columns, numbering: 'zero' },
    };
  },
  create: ({ input }, names) =>
    scoredBoxesDecoder('yolov4-boxes', names, {
      format: 'xyxy',
      scaleX: input.width,
      scaleY: input.height,
      background: false,
    }),
});

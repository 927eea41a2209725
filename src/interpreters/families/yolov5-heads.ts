import { z } from 'zod';
import { anchorDecoder, anchorsOf } from '../anchor-decoder.js';
import { anchorHeads } from '../anchor-heads.js';
import { defineInterpreter } from '../define.js';
import { preprocessingOf } from '../preprocessing.js';

const options = z.object({
  scoresActivated: z.boolean().default(false).describe('all numbers have been through a sigmoid in the graph'),
});

const ANCHORS = new Map([
  [8, anchorsOf(10, 13, 16, 30, 33, 23)],
  [16, anchorsOf(30, 61, 62, 45, 59, 119)],
  [32, anchorsOf(116, 90, 156, 198, 373, 326)],
]);

/**
 * YOLOv5's raw heads, exported without the decoding of its detection layer: `[N, 3, H, W, 5 + classes]` for the 8, 16
 * and 32 px grids: `cx = (2 sigmoid(x) - 0.5 + column) * stride`, `w = (2 sigmoid(w))^2 * anchor`.
 * Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: ultralytics/yolov5 `models/yolo.py` (Detect), `models/yolov5s.yaml`.
 */
export const yolov5Heads = defineInterpreter({
  name: 'yolov5-heads',
  title: 'YOLOv5 raw heads: [N, 3, H, W, 5 + classes]',
  task: 'detection',
  truncated: false,
  nms: 0.45,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const heads = anchorHeads(evidence, 3);
    if (heads?.layout !== 'anchors-first' || heads.strides.join() !== '8,16,32') return null;
    // Heads that the graph put a sigmoid over have lost the sign of their sizes: nothing here reads them.
    if (heads.centresActivated === true) return null;
    return {
      confidence: 'likely',
      reason: `outputs ${heads.text} are raw heads of 3 anchors with 5 + ${heads.classes} numbers`,
      options: { scoresActivated: heads.scoresActivated === true },
      needsSample: heads.centresActivated === null,
      classes: { count: heads.classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { scoresActivated }) =>
    anchorDecoder('yolov5-heads', input, {
      anchors: ANCHORS,
      centresActivated: false,
      scoresActivated,
      centreScale: () => 2,
      size: 'square',
      classes: 'sigmoid',
    }),
});

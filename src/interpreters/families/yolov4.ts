import { z } from 'zod';
import { anchorDecoder, anchorsOf } from '../decoding/anchor-decoder.js';
import { darknetHeads } from '../decoding/darknet-heads.js';
import { defineInterpreter } from '../contract/define.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { scoresActivatedOption } from '../contract/shared-options.js';

const options = z.object({
  tiny: z.boolean().default(false).describe('two heads with the anchors of Tiny YOLOv4'),
  scoresActivated: scoresActivatedOption,
});

const ANCHORS = new Map([
  [8, anchorsOf(12, 16, 19, 36, 40, 28)],
  [16, anchorsOf(36, 75, 76, 55, 72, 146)],
  [32, anchorsOf(142, 110, 192, 243, 459, 401)],
]);
const TINY_ANCHORS = new Map([
  [16, anchorsOf(23, 27, 37, 58, 81, 82)],
  [32, anchorsOf(81, 82, 135, 169, 344, 319)],
]);

/** `scale_x_y` of the configuration files, by stride. */
const CENTRE_SCALES: Readonly<Record<number, number>> = { 8: 1.2, 16: 1.1, 32: 1.05 };
const TINY_CENTRE_SCALE = 1.05;

/**
 * YOLOv4's raw heads: `[N, 52, 52, 3, 5 + classes]`, `[N, 26, 26, ...]`, `[N, 13, 13, ...]` in the ONNX Model Zoo, or
 * `[N, 3 * (5 + classes), H, W]` from darknet: `cx = (column + s sigmoid(x) - (s - 1) / 2) * stride` with s = 1.2, 1.1,
 * 1.05 for the 8, 16 and 32 px grids, `w = exp(w) * anchor`, score = objectness * class.
 * Input: RGB 0..1, `[N, H, W, 3]` in the zoo, letterbox, centred on gray 128; 416 x 416.
 *
 * Source: onnx/models `vision/object_detection_segmentation/yolov4/README.md`; AlexeyAB/darknet `cfg/yolov4.cfg`,
 * `cfg/yolov4-tiny.cfg`.
 */
export const yolov4 = defineInterpreter({
  name: 'yolov4',
  task: 'detection',
  truncated: false,
  nms: 0.5,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 128 }),
  recognise: (evidence) => {
    const heads = darknetHeads(evidence);
    if (heads === null || heads.centresActivated === true) return null;
    return {
      confidence: 'likely',
      reason: `outputs ${heads.text} are raw heads of 3 anchors with 5 + ${heads.classes} numbers, with YOLOv4's anchors`,
      options: { tiny: heads.tiny, scoresActivated: heads.scoresActivated === true },
      needsSample: heads.centresActivated === null,
      classes: { count: heads.classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { tiny, scoresActivated }) =>
    anchorDecoder('yolov4', input, {
      anchors: tiny ? TINY_ANCHORS : ANCHORS,
      centresActivated: false,
      scoresActivated,
      centreScale: (stride) => (tiny ? TINY_CENTRE_SCALE : (CENTRE_SCALES[stride] ?? 1)),
      size: 'exp',
      classes: 'sigmoid',
    }),
});

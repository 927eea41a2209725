import { z } from 'zod';
import { anchorDecoder, anchorsOf } from '../decoding/anchor-decoder.js';
import { darknetHeads } from '../decoding/darknet-heads.js';
import { defineInterpreter } from '../contract/define.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { scoresActivatedOption } from '../contract/shared-options.js';

const options = z.object({
  tiny: z.boolean().default(false).describe('two heads with the anchors of Tiny YOLOv3'),
  centresActivated: z.boolean().default(false).describe('centres have been through a sigmoid in the graph'),
  scoresActivated: scoresActivatedOption,
});

const ANCHORS = new Map([
  [8, anchorsOf(10, 13, 16, 30, 33, 23)],
  [16, anchorsOf(30, 61, 62, 45, 59, 119)],
  [32, anchorsOf(116, 90, 156, 198, 373, 326)],
]);
const TINY_ANCHORS = new Map([
  [16, anchorsOf(10, 14, 23, 27, 37, 58)],
  [32, anchorsOf(81, 82, 135, 169, 344, 319)],
]);

/**
 * YOLOv3's raw heads: for the 32, 16 and 8 px grids `[N, 3 * (5 + classes), H, W]` (or channels last), or flat, from
 * darknet, or from OpenVINO's RegionYolo, which has put the sigmoids over centres, objectness and classes:
 * `cx = (column + sigmoid(x)) * stride`, `w = exp(w) * anchor`, score = objectness * class. Tiny YOLOv3 has two.
 * Input: RGB 0..1, letterbox, centred on gray 128; 416 x 416 in training.
 *
 * Source: Redmon & Farhadi 2018; pjreddie/darknet `src/yolo_layer.c`, `cfg/yolov3.cfg`, `cfg/yolov3-tiny.cfg`;
 * OpenVINO RegionYolo-1; openvinotoolkit/model_api `src/python/model_api/models/yolo.py`.
 */
export const yolov3 = defineInterpreter({
  name: 'yolov3',
  task: 'detection',
  truncated: false,
  nms: 0.5,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 128 }),
  recognise: (evidence) => {
    const heads = darknetHeads(evidence);
    if (heads === null) return null;
    const region = heads.centresActivated === true && heads.scoresActivated === true;
    return {
      // YOLOv4's heads look the same unless RegionYolo, which it does not use, has been over them.
      confidence: heads.layout === 'anchors-last' ? 'possible' : 'likely',
      reason: `outputs ${heads.text} are raw heads of 3 anchors with 5 + ${heads.classes} numbers${region ? ', sigmoids done' : ''}, with YOLOv3's anchors`,
      options: { tiny: heads.tiny, centresActivated: region, scoresActivated: heads.scoresActivated === true },
      needsSample: heads.centresActivated === null,
      classes: { count: heads.classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { tiny, centresActivated, scoresActivated }) =>
    anchorDecoder('yolov3', input, {
      anchors: tiny ? TINY_ANCHORS : ANCHORS,
      centresActivated,
      scoresActivated,
      centreScale: () => 1,
      size: 'exp',
      classes: 'sigmoid',
    }),
});

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { inUnits } from '../decoding/dense.js';
import { knownOutputs } from '../contract/evidence.js';
import { parallelDecoder } from '../decoding/parallel-lists.js';
import { parallelByName } from '../decoding/parallel-outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { unitsOption } from '../contract/shared-options.js';

const options = z.object({
  boxes: z.string().default('det_boxes'),
  scores: z.string().default('det_scores'),
  labels: z.string().default('det_classes'),
  counts: z.string().nullable().default('num_dets'),
  units: unitsOption,
});

/**
 * YOLO models exported with TensorRT's EfficientNMS (YOLOv7 `--end2end`, YOLOv6, YOLOX...): num_dets `[N, 1]`,
 * det_boxes `[N, K, 4]` as x1, y1, x2, y2 in input pixels, det_scores and det_classes `[N, K]`; other names are
 * nmsed_boxes, nmsed_scores, nmsed_classes, and bboxes or boxes, scores, labels. Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: WongKinYiu/yolov7 `models/experimental.py` (ONNX_TRT), `export.py`; NVIDIA/TensorRT
 * `plugin/efficientNMSPlugin`; triple-Mu/YOLOv8-TensorRT `infer-det.py`; open-mmlab/mmyolo
 * `projects/easydeploy/tools/export_onnx.py`.
 */
export const efficientNms = defineInterpreter({
  name: 'efficient-nms',
  task: 'detection',
  truncated: true,
  nms: null,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const counts = ['num_dets', 'num_det', 'num_detections'];
    const own = parallelByName(outputs, {
      boxes: ['det_boxes', 'nmsed_boxes'],
      scores: ['det_scores', 'nmsed_scores'],
      labels: ['det_classes', 'nmsed_classes'],
      counts,
    });
    // Names that other families use too count beside a number of detections.
    const common = parallelByName(outputs, {
      boxes: ['bboxes', 'boxes'],
      scores: ['scores'],
      labels: ['labels'],
      counts,
    });
    const names = own ?? (common?.counts == null ? null : common);
    if (names === null) return null;
    const boxes = evidence.sample?.[names.boxes];
    const scores = evidence.sample?.[names.scores];
    const units =
      boxes !== undefined &&
      scores?.data.some((score) => score > 0) === true &&
      inUnits({ data: boxes.data, offset: 0, rowStride: 4, columnStride: 1 }, scores.data.length, scores.data);
    return {
      confidence: 'certain',
      reason: `outputs ${names.boxes}, ${names.scores} and ${names.labels} are those of EfficientNMS`,
      options: { ...names, units },
      classes: { count: null, numbering: 'zero' },
    };
  },
  create: ({ input }, { units, ...names }) =>
    parallelDecoder('efficient-nms', names, 'xyxy', units ? input.width : 1, units ? input.height : 1),
});

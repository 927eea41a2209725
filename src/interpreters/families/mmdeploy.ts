import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs, plainName } from '../contract/evidence.js';
import { modelInfo } from '../contract/model-info.js';
import type { Evidence } from '../contract/types.js';
import { shapeText } from '../decoding/outputs.js';
import { scoredRows, scoredRowsDecoder, type ScoredRows } from '../decoding/scored-rows.js';
import { RTMDET } from './rtmdet-preprocessing.js';

const options = z.object({
  boxes: z.string().default('dets'),
  labels: z.string().default('labels'),
});

/**
 * MMDetection's models as MMDeploy exports them (RTMDet, Faster R-CNN, RetinaNet, Mask R-CNN...): dets `[N, K, 5]` with
 * rows x1, y1, x2, y2 in input pixels and score, labels `[N, K]`, which count from 0; masks beside them do not matter.
 * Input: nothing in the model tells it. RTMDet's is given, the most used one: BGR in 0..255 less 103.53, 116.28, 123.675
 * over 57.375, 57.12, 58.395, letterbox in the top left corner on 114. Two-stage models and RetinaNet take the same
 * numbers in RGB order on black; YOLOX and Caffe's weights are not normalised.
 *
 * Source: open-mmlab/mmdeploy `configs/mmdet/_base_/base_static.py` (output_names),
 * `mmdeploy/codebase/mmdet/models/dense_heads/rtmdet_head.py`; open-mmlab/mmdetection
 * `configs/rtmdet/rtmdet_l_8xb32-300e_coco.py`, `configs/_base_/models/faster-rcnn_r50_fpn.py` (data_preprocessor).
 */
export const mmdeploy = defineInterpreter({
  name: 'mmdeploy',
  task: 'detection',
  truncated: true,
  nms: null,
  preprocessingIsGuess: "RTMDet's, since exports of MMDeploy do not tell which model they are",
  usualSize: { width: 640, height: 640 },
  options,
  preprocessing: () => RTMDET,
  recognise: (evidence) => {
    const rows = scoredRows(knownOutputs(evidence));
    if (rows === null || !isMmdeploy(rows, evidence)) return null;
    const { boxes, labels } = rows;
    return {
      confidence: 'certain',
      reason: `outputs "${boxes.name}" ${shapeText(boxes.shape)} and "${labels.name}" ${shapeText(labels.shape)} are MMDeploy's: rows x1, y1, x2, y2, score, and their classes`,
      options: { boxes: boxes.name, labels: labels.name },
      classes: { count: null, numbering: 'zero' },
    };
  },
  create: (_context, names) => scoredRowsDecoder('mmdeploy', names),
});

type LabeledRows = ScoredRows & { readonly labels: NonNullable<ScoredRows['labels']> };

/** Whether rows of boxes carry MMDeploy's names, and no notes of Model API, which exports with it too. */
export function isMmdeploy(rows: ScoredRows, { signature }: Evidence): rows is LabeledRows {
  return (
    rows.labels !== null &&
    plainName(rows.boxes.name) === 'dets' &&
    plainName(rows.labels.name) === 'labels' &&
    modelInfo(signature.metadata, 'model_type') === null
  );
}

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs, plainName } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { shapeText } from '../decoding/outputs.js';
import { scoredRows, scoredRowsDecoder } from '../decoding/scored-rows.js';
import { isMmdeploy } from './mmdeploy.js';

const options = z.object({
  boxes: z
    .string()
    .nullable()
    .default(null)
    .describe('output of boxes with their scores; the one with 5 columns if null'),
  labels: z.string().nullable().default('labels').describe('output of classes; all are class 0 if null'),
});

/**
 * Detectors of OpenVINO Training Extensions (ATSS, SSD, YOLOX...) for Model API: an output `[N, K, 5]` or `[K, 5]` of
 * x1, y1, x2, y2 in input pixels and score, and one of classes `[N, K]` or `[K]`, from 0; saliency maps and features
 * beside them do not matter. Input: as the metadata say (`model_info`), else BGR 0..255, stretched.
 *
 * Source: openvinotoolkit/model_api `src/python/model_api/models/ssd.py` (BoxesLabelsParser), `image_model.py`.
 */
export const modelApi = defineInterpreter({
  name: 'model-api',
  task: 'detection',
  truncated: true,
  nms: null,
  options,
  preprocessing: () => preprocessingOf({ color: 'bgr', scale: 1 }),
  recognise: (evidence) => {
    const rows = scoredRows(knownOutputs(evidence));
    if (rows === null || isMmdeploy(rows, evidence)) return null;
    const { boxes, labels } = rows;
    if (labels === null && !/box|dets/.test(plainName(boxes.name))) return null;
    return {
      confidence: 'certain',
      reason: `output "${boxes.name}" ${shapeText(boxes.shape)} has rows x1, y1, x2, y2, score${labels === null ? '' : `, "${labels.name}" their classes`}`,
      options: { boxes: boxes.name, labels: labels?.name ?? null },
      classes: { count: null, numbering: 'zero' },
    };
  },
  create: (_context, names) => scoredRowsDecoder('model-api', names),
});

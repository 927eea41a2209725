import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { namedClasses } from '../contract/evidence.js';
import { IMAGENET, preprocessingOf } from '../contract/preprocessing.js';
import { queryDecoder } from '../decoding/query-decoder.js';
import { hasNoObject, queryOutputs } from '../decoding/query-outputs.js';

const options = z.object({
  logits: z.string().default('logits'),
  boxes: z.string().default('pred_boxes'),
});

/** The one descendant here that keeps DETR's normalisation, known by the name of its boxes. */
const RF_DETR_BOXES = 'dets';

/**
 * RT-DETR, D-FINE and other descendants of DETR trained with a focal loss, as transformers exports them: logits
 * `[N, Q, classes]`, each through a sigmoid, without no-object, and pred_boxes `[N, Q, 4]` as cx, cy, w, h in 0..1 of
 * the input. No NMS is needed. RF-DETR names them labels and dets.
 * Input: RGB 0..1, stretched to 640 x 640; RF-DETR's less the ImageNet mean over its deviation.
 *
 * Source: huggingface/transformers `models/rt_detr/image_processing_rt_detr.py`; roboflow/rf-detr
 * `rfdetr/deploy/export.py`.
 */
export const rtdetrHf = defineInterpreter({
  name: 'rtdetr-hf',
  task: 'detection',
  truncated: false,
  nms: null,
  usualSize: { width: 640, height: 640 },
  options,
  preprocessing: (_evidence, { boxes }) => preprocessingOf(boxes === RF_DETR_BOXES ? IMAGENET : {}),
  recognise: (evidence) => {
    const outputs = queryOutputs(evidence);
    if (outputs === null) return null;
    const noObject = hasNoObject(outputs, namedClasses(evidence));
    if (noObject === true) return null;
    return {
      confidence: noObject === false ? 'certain' : 'possible',
      reason: `outputs ${outputs.logits} and ${outputs.boxes} are RT-DETR's: ${outputs.queries ?? 'some'} queries, ${outputs.columns ?? 'some'} classes without no-object`,
      options: { logits: outputs.logits, boxes: outputs.boxes },
      needsSample: noObject === null,
      classes: { count: outputs.columns, numbering: 'zero' },
    };
  },
  create: ({ input }, names) => queryDecoder('rtdetr-hf', names, 'sigmoid', input),
});

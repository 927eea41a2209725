import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { namedClasses } from '../contract/evidence.js';
import { IMAGENET, preprocessingOf } from '../contract/preprocessing.js';
import { queryDecoder } from '../decoding/query-decoder.js';
import { queryOutputs, queryReading } from '../decoding/query-outputs.js';

const options = z.object({
  logits: z.string().default('logits'),
  boxes: z.string().default('pred_boxes'),
});

/**
 * DETR and YOLOS: logits `[N, Q, classes + 1]`, a softmax whose last class is no-object, and pred_boxes `[N, Q, 4]` as
 * cx, cy, w, h in 0..1 of the input. No NMS is needed. COCO models have its 91 ids.
 * Input: RGB less the ImageNet mean over its deviation; the shortest side is 800 px in training, any size goes.
 *
 * Source: huggingface/transformers `models/detr/image_processing_detr.py` (post_process_object_detection),
 * facebookresearch/detr `models/detr.py` (PostProcess).
 */
export const detr = defineInterpreter({
  name: 'detr',
  task: 'detection',
  truncated: false,
  nms: null,
  usualSize: { width: 800, height: 800 },
  options,
  preprocessing: () => preprocessingOf(IMAGENET),
  recognise: (evidence) => {
    const outputs = queryOutputs(evidence);
    if (outputs === null) return null;
    const reading = queryReading(outputs, namedClasses(evidence));
    if (reading?.activation === 'sigmoid' && evidence.chosen !== true) return null;
    const count = outputs.columns === null ? null : outputs.columns - 1;
    return {
      confidence: reading !== null ? 'certain' : 'possible',
      reason: `outputs ${outputs.logits} and ${outputs.boxes} are DETR's: ${outputs.queries ?? 'some'} queries, ${count ?? 'some'} classes and no-object by a softmax${reading?.activation === 'softmax' ? ` (${reading.why})` : ''}`,
      options: { logits: outputs.logits, boxes: outputs.boxes },
      needsSample: outputs.sample === null,
      classes: { count, numbering: 'zero' },
    };
  },
  create: ({ input }, names) => queryDecoder('detr', names, 'softmax', input),
});

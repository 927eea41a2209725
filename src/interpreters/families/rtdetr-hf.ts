import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { namedClasses } from '../contract/evidence.js';
import { IMAGENET, preprocessingOf } from '../contract/preprocessing.js';
import { queryDecoder } from '../decoding/query-decoder.js';
import { queryOutputs, queryReading } from '../decoding/query-outputs.js';

const options = z.object({
  logits: z.string().default('logits'),
  boxes: z.string().default('pred_boxes'),
  noneSlot: z.boolean().default(false).describe('the last column of the logits is no class'),
});

/** The one descendant here that keeps DETR's normalisation, known by the name of its boxes. */
const RF_DETR_BOXES = 'dets';

/**
 * RT-DETR, D-FINE and other descendants of DETR trained with a focal loss, as transformers exports them: logits
 * `[N, Q, classes]`, each through a sigmoid, without no-object, and pred_boxes `[N, Q, 4]` as cx, cy, w, h in 0..1 of
 * the input. No NMS is needed. RF-DETR names them labels and dets, and has a last column for none, which no class is.
 * Input: RGB 0..1, stretched to 640 x 640; RF-DETR's less the ImageNet mean over its deviation.
 *
 * Source: huggingface/transformers `models/rt_detr/image_processing_rt_detr.py`; roboflow/rf-detr
 * `src/rfdetr/export/_onnx/inference.py` (_run_inference), `rfdetr/models/lwdetr.py` (PostProcess, build_model),
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
    const named = namedClasses(evidence);
    const reading = queryReading(outputs, named);
    if (reading?.activation === 'softmax' && evidence.chosen !== true) return null;
    const { columns, rfDetr } = outputs;
    const slot = columns !== null && hasNoneSlot(columns, named, rfDetr);
    const count = columns === null ? null : slot ? columns - 1 : columns;
    const coco = rfDetr && !slot && columns === COCO_COLUMNS;
    const why = reading?.activation === 'sigmoid' ? ` (${reading.why})` : '';
    return {
      confidence: reading !== null ? 'certain' : 'possible',
      reason: `outputs ${outputs.logits} and ${outputs.boxes} are ${rfDetr ? 'RF-DETR' : 'RT-DETR'}'s: ${outputs.queries ?? 'some'} queries, ${coco ? COCO_COLUMNS - 1 : (count ?? 'some')} classes by a sigmoid each${why}${slot ? ', and a last slot for none' : coco ? ", numbered from 1 to 90 as COCO's are" : ' without no-object'}`,
      options: { logits: outputs.logits, boxes: outputs.boxes, noneSlot: slot },
      needsSample: outputs.sample === null,
      classes: { count, numbering: 'zero' },
    };
  },
  create: ({ input }, { noneSlot, ...names }) => queryDecoder('rtdetr-hf', names, 'sigmoid', input, noneSlot ? 1 : 0),
});

/** RF-DETR's own weights: COCO's ids 0 to 90 are the columns. */
const COCO_COLUMNS = 91;

/**
 * Whether the last column stands for no class: RF-DETR has one more than it was given classes, though no loss ever makes
 * it large. Its weights of COCO fill all 91 with ids, 90 being the last class.
 */
function hasNoneSlot(columns: number, named: number | null, rfDetr: boolean): boolean {
  if (named !== null && (named === columns || named === columns - 1)) return named === columns - 1;
  return rfDetr && columns !== COCO_COLUMNS;
}

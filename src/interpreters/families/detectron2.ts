import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs, shapeFits, type KnownOutput } from '../contract/evidence.js';
import { imageInput } from '../contract/image-input.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { parallelDecoder } from '../decoding/parallel-lists.js';

const options = z.object({
  boxes: z.string().default('pred_boxes'),
  labels: z.string().default('pred_classes'),
  scores: z.string().default('scores'),
});

/**
 * Detectron2's models exported by tracing (Faster R-CNN, Mask R-CNN, RetinaNet): pred_boxes `[K, 4]` as x1, y1, x2, y2 in
 * pixels of the input, pred_classes `[K]` (int64, from 0, COCO's 80 without the gaps of its ids), perhaps masks, scores
 * `[K]`, and the size of the image `[2]`, in this order under any names. Input `[3, H, W]`: BGR 0..255, which the model
 * normalises itself; the shortest side is 800 px in training.
 *
 * Source: facebookresearch/detectron2 `detectron2/export/flatten.py` (InstancesSchema, fields in the order of the
 * alphabet, then image_size), `tools/deploy/export_model.py` (export_tracing, do_postprocess=False),
 * `detectron2/config/defaults.py` (INPUT.FORMAT = "BGR").
 */
export const detectron2 = defineInterpreter({
  name: 'detectron2',
  task: 'detection',
  truncated: true,
  nms: null,
  usualSize: { width: 800, height: 800 },
  options,
  preprocessing: () => preprocessingOf({ color: 'bgr', scale: 1 }),
  recognise: (evidence) => {
    if (imageInput(evidence.signature)?.rank !== 3) return null;
    const outputs = knownOutputs(evidence);
    const boxes = outputs.filter(({ type, shape }) => type.startsWith('float') && shapeFits(shape, [null, 4]));
    const whole = outputs.filter(isWhole).filter(({ shape }) => shape.length === 1);
    const [scores, ...others] = outputs.filter(({ type, shape }) => type.startsWith('float') && shape.length === 1);
    const [box] = boxes;
    const [labels, size] = whole;
    if (box === undefined || labels === undefined || size === undefined || scores === undefined) return null;
    if (boxes.length > 1 || whole.length > 2 || others.length > 0 || size.shape[0] !== 2) return null;
    const count = largest(labels);
    return {
      confidence: 'certain',
      reason: `outputs ${box.name} [K, 4], ${labels.name} [K], ${scores.name} [K] and the image's size ${size.name} [2] are Detectron2's, classes from 0`,
      options: { boxes: box.name, labels: labels.name, scores: scores.name },
      needsSample: evidence.sample === null,
      classes: { count: count !== null && count > 10 && count < COCO_CLASSES ? COCO_CLASSES : null, numbering: 'zero' },
    };
  },
  create: (_context, names) => parallelDecoder('detectron2', names, 'xyxy'),
});

/** Classes of Detectron2's COCO models: many large numbers below it speak for them. */
const COCO_CLASSES = 80;

function isWhole({ type }: KnownOutput): boolean {
  return type === 'int64' || type === 'int32';
}

function largest({ sample }: KnownOutput): number | null {
  return sample === null ? null : sample.data.reduce((max, value) => Math.max(max, value), -1);
}

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs, shapeFits, type KnownOutput } from '../contract/evidence.js';
import { layoutError } from '../decoding/outputs.js';
import { parallelDecoder } from '../decoding/parallel-lists.js';
import { cocoCount, largestLabel } from '../decoding/parallel-outputs.js';
import { EFFICIENTDET } from './efficientdet-preprocessing.js';

const options = z.object({
  boxes: z.string().default('output_0'),
  scores: z.string().default('output_1'),
  labels: z.string().default('output_2'),
  counts: z.string().nullable().default('output_3'),
});

/**
 * EfficientDet of google/automl with its NMS: boxes `[N, K, 4]` as y1, x1, y2, x2 in pixels of the input, scores and
 * classes `[N, K]` (floats, classes from 1), the valid length `[N]`, in this order under any names.
 * Input: RGB less the ImageNet mean over its deviation, letterbox in the top left corner; exports with uint8 input
 * normalise themselves.
 *
 * Source: google/automl `efficientdet/tf2/postprocess.py` (CLASS_OFFSET = 1), `efficientdet/tf2/infer_lib.py`.
 */
export const efficientdet = defineInterpreter({
  name: 'efficientdet',
  task: 'detection',
  truncated: true,
  nms: null,
  options,
  preprocessing: () => EFFICIENTDET,
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const boxes = outputs.find(({ shape }) => shapeFits(shape, [null, null, 4]) && shape[2] === 4);
    const lists = outputs.filter(({ type, shape }) => type.startsWith('float') && shape.length === 2);
    const counts = outputs.find(({ shape }) => shape.length === 1);
    const [scores, labels] = inOrder(lists);
    if (boxes === undefined || counts === undefined || scores === undefined || labels === undefined) return null;
    if (outputs.length !== 4 || lists.length !== 2) return null;
    // Named lists are other families'.
    if (outputs.some(({ name }) => /det|nms|label/i.test(name))) return null;
    return {
      confidence: 'likely',
      reason: `outputs ${[boxes, scores, labels, counts].map(({ name }) => name).join(', ')} are EfficientDet's boxes, scores, classes and length`,
      options: { boxes: boxes.name, scores: scores.name, labels: labels.name, counts: counts.name },
      needsSample: evidence.sample === null,
      classes: { count: cocoCount(largestLabel(outputs, labels.name)), numbering: 'one' },
    };
  },
  create: (_context, names) => {
    const decoder = parallelDecoder('efficientdet', names, 'yxyx');
    return {
      decode: (outputs, batch) => {
        if (outputs[names.boxes] === undefined)
          throw layoutError('efficientdet', 'boxes, scores, classes and length', outputs);
        return decoder.decode(outputs, batch);
      },
    };
  },
});

/** Scores before classes: the classes are the whole numbers, where a sample shows any. */
function inOrder(lists: readonly KnownOutput[]): readonly KnownOutput[] {
  const [first, second] = lists;
  if (first?.sample == null || second?.sample == null) return lists;
  const whole = ({ sample }: KnownOutput): boolean =>
    sample?.data.every((value) => Math.abs(value - Math.round(value)) < 1e-3) === true &&
    sample.data.some((value) => value > 0.5);
  return whole(first) && !whole(second) ? [second, first] : lists;
}

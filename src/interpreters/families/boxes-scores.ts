import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { unitsOption } from '../contract/shared-options.js';
import { classColumns, scoredBoxes, scoredBoxesDecoder } from '../decoding/scored-boxes.js';

const options = z.object({
  boxes: z.string().default('boxes'),
  scores: z.string().default('scores'),
  format: z.enum(['xyxy', 'cxcywh']).default('xyxy'),
  units: unitsOption,
  background: z
    .union([z.boolean(), z.literal('last')])
    .default(false)
    .describe('the first column of the scores is the background, or the last'),
});

/**
 * Detectors that give boxes `[N, A, 4]` and class probabilities `[N, A, classes]` in two outputs, before NMS: YOLO-NAS
 * (corners in pixels), DAMO-YOLO and others. Format and unit come from the sample run.
 * Input: RGB 0..1, letterbox, centred on 114, as YOLO-NAS takes it.
 *
 * Source: Deci-AI/super-gradients `training/models/detection_models/yolo_nas`, documentation "Export YOLO-NAS";
 * tinyvision/DAMO-YOLO `tools/converter.py`.
 */
export const boxesScores = defineInterpreter({
  name: 'boxes-scores',
  task: 'detection',
  truncated: false,
  nms: 0.65,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const found = scoredBoxes(evidence);
    if (found === null || found.nested) return null;
    // Two columns with boxes in 0..1 are UltraFace's.
    if (found.columns === 2 && found.background === true && found.units === true) return null;
    const { boxes, scores, columns } = found;
    const background = found.background ?? false;
    return {
      confidence: evidence.sample === null || columns === 2 ? 'possible' : 'likely',
      reason: `outputs ${found.text} are boxes (${found.format ?? 'xyxy'}, in ${found.units === true ? '0..1' : 'pixels'}) and class probabilities${background === false ? '' : `, the background ${background === 'last' ? 'last' : 'first'}`}`,
      options: { boxes, scores, background, format: found.format ?? 'xyxy', units: found.units ?? false },
      needsSample: evidence.sample === null,
      classes: { count: columns === null ? null : classColumns(columns, background).classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { boxes, scores, format, units, background }) =>
    scoredBoxesDecoder(
      'boxes-scores',
      { boxes, scores },
      { format, background, scaleX: units ? input.width : 1, scaleY: units ? input.height : 1 },
    ),
});

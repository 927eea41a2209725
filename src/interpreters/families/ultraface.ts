import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { scoredBoxes, scoredBoxesDecoder } from '../decoding/scored-boxes.js';

const options = z.object({ boxes: z.string().default('boxes'), scores: z.string().default('scores') });

/**
 * UltraFace and like face detectors: scores `[N, A, 2]` (background, face) through a softmax and boxes `[N, A, 4]` as
 * x1, y1, x2, y2 in 0..1. Input: RGB, (pixel - 127) / 128, stretched to 320 x 240 or 640 x 480.
 *
 * Source: onnx/models `vision/body_analysis/ultraface/README.md`, `demo.py`;
 * Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB.
 */
export const ultraface = defineInterpreter({
  name: 'ultraface',
  task: 'detection',
  truncated: false,
  nms: 0.5,
  options,
  preprocessing: () => preprocessingOf({ scale: 1, mean: [127], std: [128] }),
  recognise: (evidence) => {
    const found = scoredBoxes(evidence);
    if (found?.columns !== 2 || found.format === 'cxcywh' || found.units === false) return null;
    if (found.background === false || found.background === 'last') return null;
    return {
      confidence: found.background === true ? 'certain' : 'likely',
      reason: `outputs ${found.text} are background and face, boxes in 0..1`,
      options: { boxes: found.boxes, scores: found.scores },
      needsSample: evidence.sample === null,
      classes: { count: 1, numbering: 'zero', names: ['face'] },
    };
  },
  create: ({ input }, names) =>
    scoredBoxesDecoder('ultraface', names, {
      format: 'xyxy',
      scaleX: input.width,
      scaleY: input.height,
      background: true,
    }),
});

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { pairDecoder, recognisePairs } from '../decoding/distribution-pairs.js';
import { inputSize } from '../contract/evidence.js';
import { IMAGENET, preprocessingOf } from '../contract/preprocessing.js';

const STRIDES = [8, 16, 32, 64];

/**
 * PicoDet exported without its postprocessing: for each of the 8, 16, 32 and 64 px grids class scores
 * `[N, cells, classes]` through a sigmoid and distributions `[N, cells, 32]` of the distances from the cell's centre.
 * Input: RGB less the ImageNet mean over its deviation, stretched.
 *
 * Source: PaddlePaddle/PaddleDetection `deploy/python/picodet_postprocess.py`, `ppdet/modeling/heads/pico_head.py`.
 */
export const picodet = defineInterpreter({
  name: 'picodet',
  task: 'detection',
  truncated: false,
  nms: 0.6,
  options: z.object({}),
  preprocessing: () => preprocessingOf(IMAGENET),
  recognise: (evidence) => {
    const pairs = recognisePairs(evidence, inputSize(evidence), STRIDES);
    if (pairs === null) return null;
    return {
      confidence: 'certain',
      reason: `outputs ${pairs.text} are class scores and box distributions on the 8, 16, 32 and 64 px grids`,
      options: {},
      classes: { count: pairs.classes, numbering: 'zero' },
    };
  },
  create: ({ input }) => pairDecoder('picodet', input, STRIDES, (stride) => stride / 2),
});

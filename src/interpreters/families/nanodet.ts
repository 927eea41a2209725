import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { pairDecoder, recognisePairs } from '../decoding/distribution-pairs.js';
import { inputSize } from '../contract/evidence.js';
import { NANODET } from './nanodet-preprocessing.js';

const STRIDES = [8, 16, 32];

/**
 * NanoDet before the Plus series, as OpenCV's zoo and the old exporter have it: for each of the 8, 16 and 32 px grids
 * class scores `[cells, classes]` through a sigmoid and distributions `[cells, 32]` of the distances from the cell's
 * centre, which lies (stride - 1) / 2 from its corner.
 * Input: BGR less the mean over the deviation, in 0..255; stretched.
 *
 * Source: opencv/opencv_zoo `models/object_detection_nanodet/nanodet.py`; RangiLyu/nanodet `model/head/gfl_head.py`.
 */
export const nanodet = defineInterpreter({
  name: 'nanodet',
  task: 'detection',
  truncated: false,
  nms: 0.6,
  options: z.object({}),
  preprocessing: () => NANODET,
  recognise: (evidence) => {
    const pairs = recognisePairs(evidence, inputSize(evidence), STRIDES);
    if (pairs === null) return null;
    return {
      confidence: 'certain',
      reason: `outputs ${pairs.text} are class scores and box distributions on the 8, 16 and 32 px grids`,
      options: {},
      classes: { count: pairs.classes, numbering: 'zero' },
    };
  },
  create: ({ input }) => pairDecoder('nanodet', input, STRIDES, (stride) => (stride - 1) / 2),
});

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { inputSize } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { priorBoxes, priorCount, type PriorLevel } from '../decoding/prior-boxes.js';
import { priorFaces, priorFacesDecoder } from '../decoding/prior-faces.js';

const LEVELS: readonly PriorLevel[] = [
  { stride: 8, sides: [10, 16, 24] },
  { stride: 16, sides: [32, 48] },
  { stride: 32, sides: [64, 96] },
  { stride: 64, sides: [128, 192, 256] },
];

const options = z.object({
  boxes: z.string().default('boxes'),
  scores: z.string().default('scores'),
  softmaxed: z.boolean().default(true).describe('scores have been through a softmax in the graph'),
});

/**
 * UltraFace exported without its post-processing: scores `[N, A, 2]` (background, face), perhaps before their softmax,
 * and boxes `[N, A, 4]` relative to prior boxes of 10 to 256 px on the 8, 16, 32 and 64 px grids, with SSD's variances.
 * Input: RGB, (pixel - 127) / 128, stretched to 320 x 240 or 640 x 480.
 *
 * Source: Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB `vision/ssd/config/fd_config.py`,
 * `vision/utils/box_utils.py` (generate_priors, convert_locations_to_boxes), `vision/ssd/ssd.py` (without `is_test`),
 * `MNN/src/UltraFace.cpp`.
 */
export const ultrafaceRaw = defineInterpreter({
  name: 'ultraface-raw',
  task: 'detection',
  truncated: false,
  nms: 0.5,
  options,
  preprocessing: () => preprocessingOf({ scale: 1, mean: [127], std: [128] }),
  recognise: (evidence) => {
    const found = priorFaces(evidence);
    const size = inputSize(evidence);
    if (found === null || found.landmarks || found.decoded === true || size === null) return null;
    const count = priorCount(size, LEVELS);
    if (found.rows !== null && found.rows !== count) return null;
    return {
      confidence: found.decoded === false ? 'certain' : 'possible',
      reason: `outputs ${found.text} are background and face, and boxes relative to UltraFace's ${count} prior boxes`,
      options: { boxes: found.boxes.name, scores: found.scores.name, softmaxed: found.softmaxed ?? true },
      needsSample: found.decoded === null,
      classes: { count: 1, numbering: 'zero', names: ['face'] },
    };
  },
  create: ({ input }, layout) =>
    priorFacesDecoder('ultraface-raw', { ...layout, decoded: false }, priorBoxes(input, LEVELS, true), input),
});

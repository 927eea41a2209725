import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import type { DetectionColumns } from '../decoding/detections.js';
import { knownOutputs } from '../contract/evidence.js';
import { listDecoder } from '../decoding/list-decoder.js';
import { metadataLabels } from '../contract/metadata-labels.js';
import { layoutError, outputWhere, shapeText } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

const COLUMNS: DetectionColumns = { image: 0, label: 1, score: 2, box: 3 };

/**
 * Detectors that end in a DetectionOutput layer: one output `[1, 1, K, 7]` for the whole batch, or `[N, 1, K, 7]`,
 * with rows image_id, label, confidence, x1, y1, x2, y2; the corners in 0..1 of the input; an image_id below 0 ends
 * the list. Labels are given as the model numbers them: most count from 1, 0 being the background.
 * Input: BGR 0..255, stretched, as in Open Model Zoo, unless the model's metadata say otherwise.
 *
 * Source: OpenVINO operation specification, DetectionOutput-8; Open Model Zoo model descriptions;
 * openvinotoolkit/model_api `src/python/model_api/models/ssd.py` (SingleOutputParser).
 */
export const ssd = defineInterpreter({
  name: 'ssd',
  task: 'detection',
  truncated: true,
  nms: null,
  options: z.object({}),
  preprocessing: () => preprocessingOf({ color: 'bgr', scale: 1 }),
  recognise: (evidence) => {
    const output = knownOutputs(evidence).find(({ shape }) => isDetectionOutput(shape));
    if (output === undefined) return null;
    // Model API's own models have no background.
    const zero = metadataLabels(evidence.signature.metadata)?.key.startsWith('model_info') === true;
    return {
      confidence: 'certain',
      reason: `output "${output.name}" ${shapeText(output.shape)} has rows image, label, confidence, x1, y1, x2, y2`,
      options: {},
      classes: { count: null, numbering: zero ? 'zero' : 'one' },
    };
  },
  create: ({ input }) => {
    const read = listDecoder({ ...COLUMNS, scaleX: input.width, scaleY: input.height });
    return {
      decode: (outputs, { count }) => {
        const output = outputWhere(outputs, isDetectionOutput);
        if (output === null || (output.shape[0] !== 1 && output.shape[0] !== count)) {
          throw layoutError('ssd', 'one output [1, 1, K, 7]', outputs);
        }
        return read(output, count);
      },
    };
  },
});

function isDetectionOutput(shape: readonly (number | null)[]): boolean {
  return shape.length === 4 && shape[1] === 1 && shape[3] === 7;
}

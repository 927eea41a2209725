import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { inUnits } from '../decoding/dense.js';
import { hasInput, knownOutputs, outputCalled } from '../contract/evidence.js';
import { modelInfo } from '../contract/model-info.js';
import { shapeText } from '../decoding/outputs.js';
import { parallelDecoder } from '../decoding/parallel-lists.js';
import { parallelByName } from '../decoding/parallel-outputs.js';
import { IMAGENET, preprocessingOf } from '../contract/preprocessing.js';

const options = z.object({
  boxes: z.string().default('bboxes'),
  labels: z.string().default('labels'),
  scores: z.string().default('scores'),
  units: z.boolean().default(true).describe('boxes are in 0..1 of the input, not in pixels'),
});

/**
 * SSD of the ONNX Model Zoo and like exports: bboxes `[N, K, 4]` as left, top, right, bottom in 0..1, labels `[N, K]`
 * and scores `[N, K]`. Labels count from 1 in the zoo, from 0 in Model API's own models.
 * Input: RGB less the ImageNet mean over its deviation, stretched (1200 x 1200 in the zoo).
 *
 * Source: onnx/models `vision/object_detection_segmentation/ssd/README.md`; openvinotoolkit/model_api
 * `src/python/model_api/models/ssd.py` (MultipleOutputParser).
 */
export const ssdBoxes = defineInterpreter({
  name: 'ssd-boxes',
  task: 'detection',
  truncated: true,
  nms: null,
  options,
  preprocessing: () => preprocessingOf(IMAGENET),
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const names = parallelByName(outputs, {
      boxes: ['bboxes', 'boxes'],
      scores: ['scores'],
      labels: ['labels'],
      counts: ['num_dets', 'num_det', 'num_detections'],
    });
    // A number of detections beside them is EfficientNMS's.
    if (names === null || names.counts !== null || hasInput(evidence, 'orig_target_sizes')) return null;
    const boxes = outputCalled(outputs, 'bboxes', 'boxes');
    const scores = outputCalled(outputs, 'scores')?.sample ?? null;
    const units =
      boxes?.sample == null ||
      scores === null ||
      inUnits({ data: boxes.sample.data, offset: 0, rowStride: 4, columnStride: 1 }, scores.data.length, scores.data);
    const modelApi = modelInfo(evidence.signature.metadata, 'model_type') !== null;
    return {
      confidence: 'likely',
      reason: `outputs ${names.boxes} ${shapeText(boxes?.shape ?? [])}, ${names.labels} and ${names.scores} are parallel lists, boxes in ${units ? '0..1' : 'pixels'}`,
      options: { boxes: names.boxes, labels: names.labels, scores: names.scores, units },
      needsSample: evidence.sample === null,
      classes: { count: null, numbering: modelApi ? 'zero' : 'one' },
    };
  },
  create: ({ input }, { units, ...names }) =>
    parallelDecoder('ssd-boxes', names, 'xyxy', units ? input.width : 1, units ? input.height : 1),
});

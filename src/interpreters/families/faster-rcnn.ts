import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { flatLists } from '../decoding/flat-lists.js';
import { imageInput } from '../contract/image-input.js';
import { parallelDecoder } from '../decoding/parallel-lists.js';
import { preprocessingOf } from '../contract/preprocessing.js';

const options = z.object({
  boxes: z.string().default('6379'),
  labels: z.string().default('6381'),
  scores: z.string().default('6383'),
});

/** Names of the boxes of the zoo's Faster R-CNN and Mask R-CNN. */
const ZOO_BOXES = ['6379', '6568'];

/**
 * Faster R-CNN and Mask R-CNN of the ONNX Model Zoo (maskrcnn-benchmark): boxes `[K, 4]` as x1, y1, x2, y2 in pixels of
 * the input, labels `[K]` and scores `[K]`. Labels count COCO's 80 classes from 1, without the gaps of its ids.
 * Input `[3, H, W]`: BGR 0..255 less 102.9801, 115.9465, 122.7717, about 800 px, sides a multiple of 32.
 *
 * Source: onnx/models `vision/object_detection_segmentation/faster-rcnn/README.md`, `mask-rcnn/README.md`.
 */
export const fasterRcnn = defineInterpreter({
  name: 'faster-rcnn',
  task: 'detection',
  truncated: true,
  nms: null,
  usualSize: { width: 800, height: 800 },
  options,
  preprocessing: () => preprocessingOf({ color: 'bgr', scale: 1, mean: [102.9801, 115.9465, 122.7717] }),
  recognise: (evidence) => {
    const lists = flatLists(evidence);
    const input = imageInput(evidence.signature);
    if (lists === null || input?.rank !== 3) return null;
    const zoo = ZOO_BOXES.includes(lists.boxes);
    // torchvision's exporter numbers outputs too, but names an input "image" only when told to.
    if (!zoo && input.name !== 'image') return null;
    return {
      confidence: zoo ? 'certain' : 'likely',
      reason: `outputs ${lists.boxes} [K, 4], ${lists.labels} [K] and ${lists.scores} [K] beside an input "${input.name}" without a batch ${zoo ? 'are' : 'may be'} those of the ONNX Model Zoo`,
      options: lists,
      classes: { count: 81, numbering: 'one' },
    };
  },
  create: (_context, names) => parallelDecoder('faster-rcnn', names, 'xyxy'),
});

import { z } from 'zod';
import { anchorDecoder, anchorsOf } from '../decoding/anchor-decoder.js';
import { anchorHeads } from '../decoding/anchor-heads.js';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs, plainName } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { namesIn } from '../infer/labels/names-in.js';

const options = z.object({
  anchors: z.enum(['coco', 'voc']).default('coco'),
  activated: z
    .boolean()
    .default(false)
    .describe('centres, objectness and classes are final: the graph ends in RegionYolo'),
  raw: z.boolean().default(false).describe('the input takes 0..255'),
});

/** In input pixels: cells of 32 px times the numbers of the configuration files. */
const ANCHORS = {
  coco: [0.57273, 0.677385, 1.87446, 2.06253, 3.33843, 5.47434, 7.88282, 3.52778, 9.77052, 9.16828],
  voc: [1.08, 1.19, 3.42, 4.41, 6.63, 11.38, 9.42, 5.11, 16.62, 10.52],
} as const;

/** The 20 classes of Pascal VOC in alphabetical order. */
const VOC = namesIn(`
aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow, diningtable, dog, horse, motorbike, person,
pottedplant, sheep, sofa, train, tvmonitor
`);

/**
 * YOLOv2 and Tiny YOLOv2: one head `[N, 5 * (5 + classes), 13, 13]`, or flat from OpenVINO's RegionYolo:
 * `cx = (column + sigmoid(x)) * 32`, `w = exp(w) * anchor`, score = sigmoid(objectness) * softmax(classes). Models of
 * 20 classes have the anchors of Tiny YOLOv2 on VOC.
 * Input: RGB 0..1, stretched to 416 x 416; Tiny YOLOv2 of the ONNX Model Zoo takes 0..255.
 *
 * Source: onnx/models `vision/object_detection_segmentation/tiny-yolov2/README.md`, `yolov2-coco/README.md`;
 * pjreddie/darknet `src/region_layer.c`, `cfg/yolov2.cfg`, `cfg/yolov2-tiny-voc.cfg`.
 */
export const yolov2 = defineInterpreter({
  name: 'yolov2',
  task: 'detection',
  truncated: false,
  nms: 0.45,
  options,
  preprocessing: (_evidence, { raw }) => preprocessingOf(raw ? { scale: 1 } : {}),
  recognise: (evidence) => {
    const heads = anchorHeads(evidence, 5);
    if (heads?.strides.join() !== '32') return null;
    const voc = heads.classes === VOC.length;
    const [output] = knownOutputs(evidence);
    return {
      confidence: voc || heads.classes === 80 ? 'likely' : 'possible',
      reason: `output ${heads.text} is a raw head of 5 anchors with 5 + ${heads.classes} numbers`,
      options: {
        anchors: voc ? ('voc' as const) : ('coco' as const),
        activated: heads.centresActivated === true && heads.scoresActivated === true,
        // The zoo's Tiny YOLOv2 divides by 255 itself.
        raw: output !== undefined && plainName(output.name) === 'grid',
      },
      needsSample: heads.centresActivated === null,
      classes: { count: heads.classes, numbering: 'zero', ...(voc ? { names: VOC } : {}) },
    };
  },
  create: ({ input }, { anchors, activated }) =>
    anchorDecoder('yolov2', input, {
      anchors: new Map([[32, anchorsOf(...ANCHORS[anchors].map((size) => 32 * size))]]),
      centresActivated: activated,
      scoresActivated: activated,
      centreScale: () => 1,
      size: 'exp',
      classes: 'softmax',
    }),
});

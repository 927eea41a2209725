import { z } from 'zod';
import { classVectors, vectorPrediction, writeCorners } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { hasInput, knownOutputs } from '../contract/evidence.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

const options = z.object({
  boxes: z.string().default('yolonms_layer_1/ExpandDims_1:0'),
  scores: z.string().default('yolonms_layer_1/ExpandDims_3:0'),
});

/**
 * YOLOv3 and Tiny YOLOv3 of the ONNX Model Zoo: boxes `[N, A, 4]` as y1, x1, y2, x2 in pixels of `image_shape` (fed as
 * the input's own size), scores `[N, classes, A]`, and the indices of its NMS, which are not used: boxes and scores hold
 * every proposal. Input: RGB 0..1, letterbox, centred on 128, 416 x 416 in training.
 *
 * Source: onnx/models `vision/object_detection_segmentation/yolov3/README.md`; qqwweee/keras-yolo3 `yolo3/model.py`.
 */
export const yolov3Onnx = defineInterpreter({
  name: 'yolov3-onnx',
  task: 'detection',
  truncated: false,
  nms: 0.45,
  usualSize: { width: 416, height: 416 },
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 128 }),
  recognise: (evidence) => {
    if (!hasInput(evidence, 'image_shape')) return null;
    const floats = knownOutputs(evidence).filter(({ type, shape }) => type.startsWith('float') && shape.length === 3);
    const boxes = floats.find(({ shape }) => shape[2] === 4);
    const scores = floats.find((output) => output !== boxes);
    if (boxes === undefined || scores === undefined || floats.length > 2) return null;
    return {
      confidence: 'certain',
      reason: `outputs ${boxes.name} ${shapeText(boxes.shape)}, ${scores.name} ${shapeText(scores.shape)} and the input image_shape are those of the ONNX Model Zoo`,
      options: { boxes: boxes.name, scores: scores.name },
      classes: { count: scores.shape[1] ?? null, numbering: 'zero' },
    };
  },
  create: (_context, names) => {
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const boxes = outputNamed(outputs, names.boxes);
        const scores = outputNamed(outputs, names.scores);
        const [, columns = 0, rows = 0] = scores.shape;
        if (boxes.data.length !== 4 * rows * images) {
          throw layoutError('yolov3-onnx', `boxes [${images}, A, 4] and scores [${images}, classes, A]`, outputs);
        }
        return Array.from({ length: images }, (_, image) => {
          const corners = boxesOf(image, 4 * rows);
          const table = { data: boxes.data, offset: 4 * rows * image, rowStride: 4, columnStride: 1 };
          writeCorners(table, rows, 'yxyx', 1, 1, corners);
          const offset = rows * columns * image;
          const classes = { data: scores.data, offset, rowStride: 1, columnStride: rows };
          return vectorPrediction(rows, corners, classVectors(classes, columns));
        });
      },
    };
  },
});

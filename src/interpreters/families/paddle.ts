import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { hasRows, looksLikeDetections, type DetectionColumns } from '../decoding/detections.js';
import { hasBatchAxis, hasInput, knownOutputs } from '../contract/evidence.js';
import { listDecoder } from '../decoding/list-decoder.js';
import { layoutError, outputWhere, shapeText } from '../decoding/outputs.js';
import { IMAGENET, preprocessingOf } from '../contract/preprocessing.js';

const COLUMNS: DetectionColumns = { box: 2, score: 1, label: 0, image: null };

/**
 * PaddleDetection models exported with their NMS (PP-YOLOE, PicoDet, PP-YOLO...): an output `[K, 6]` of class, score,
 * x1, y1, x2, y2 for all images one after the other, and one with the number of rows of each image. Rows of class -1
 * are padding. Boxes are pixels over `scale_factor`, which is fed as 1 so that they are pixels of the input; further
 * inputs may be `im_shape` and `image` alone.
 * Input: RGB less the ImageNet mean over its deviation, stretched; PP-YOLOE+ and RT-DETR take RGB 0..1.
 *
 * Source: PaddlePaddle/PaddleDetection `deploy/python/infer.py`, `deploy/python/preprocess.py`,
 * `deploy/third_engine/onnx`, `ppdet/modeling/layers.py` (MultiClassNMS), `configs/ppyoloe/_base_/ppyoloe_reader.yml`,
 * `configs/ppyoloe/_base_/ppyoloe_plus_reader.yml`.
 */
export const paddle = defineInterpreter({
  name: 'paddle',
  task: 'detection',
  truncated: true,
  nms: null,
  options: z.object({}),
  usualSize: { width: 640, height: 640 },
  preprocessingIsGuess:
    "PP-YOLOE's and PicoDet's, since exports of PaddleDetection do not tell which model they are; PP-YOLOE+ and RT-DETR subtract nothing",
  preprocessing: () => preprocessingOf(IMAGENET),
  recognise: (evidence) => {
    const output = knownOutputs(evidence).find(
      ({ type, shape }) => type.startsWith('float') && (shape.length === 2 || shape.length === 3) && shape.at(-1) === 6,
    );
    if (output === undefined || (output.sample !== null && !looksLikeDetections(output.sample, COLUMNS))) return null;
    // A row for each image is an answer of 6 classes.
    if (output.shape.length === 2 && evidence.batched?.[output.name] === true) return null;
    const named = hasInput(evidence, 'scale_factor') || hasInput(evidence, 'im_shape');
    // A list has as many rows as there are objects, whatever the batch.
    const list = output.shape.length === 2 && hasBatchAxis(evidence, output.name) === false;
    const shown = output.sample !== null && hasRows(output.sample, COLUMNS);
    return {
      confidence: named ? 'certain' : shown || list ? 'likely' : 'possible',
      reason: `output ${shapeText(output.shape)} has rows class, score, x1, y1, x2, y2${named ? ', and the inputs are those of PaddleDetection' : ''}`,
      options: {},
      needsSample: !named && output.sample === null,
      classes: { count: null, numbering: 'zero' },
    };
  },
  create: () => {
    const read = listDecoder(COLUMNS);
    return {
      decode: (outputs, { count: images }) => {
        const rows = outputWhere(outputs, (shape) => shape.length > 1 && shape.at(-1) === 6);
        const counts = outputWhere(outputs, ({ length, 0: n }) => length === 1 && n === images);
        if (rows === null || (images > 1 && rows.shape.length === 2 && counts === null)) {
          throw layoutError('paddle', `an output [K, 6] and the number of rows [${images}]`, outputs);
        }
        return read(rows, images, rows.shape.length === 2 ? counts?.data : null);
      },
    };
  },
});

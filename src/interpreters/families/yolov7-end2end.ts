import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { hasRows, looksLikeDetections, type DetectionColumns } from '../decoding/detections.js';
import { hasBatchAxis, knownOutputs } from '../contract/evidence.js';
import { listDecoder } from '../decoding/list-decoder.js';
import { layoutError, outputWhere, shapeText } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

const COLUMNS: DetectionColumns = { image: 0, box: 1, label: 5, score: 6 };

/**
 * YOLOv7 exported with `--end2end` for ONNX Runtime: one output `[K, 7]` of final detections of all images: image, x1,
 * y1, x2, y2 in input pixels, class, score. Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: WongKinYiu/yolov7 `models/experimental.py` (ONNX_ORT), `export.py`.
 */
export const yolov7EndToEnd = defineInterpreter({
  name: 'yolov7-end2end',
  task: 'detection',
  truncated: true,
  nms: null,
  options: z.object({}),
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const [output, ...others] = knownOutputs(evidence);
    if (output === undefined || others.length > 0 || output.shape.length !== 2 || output.shape[1] !== 7) return null;
    // A row for each image is an answer of 7 classes.
    if (evidence.batched?.[output.name] === true) return null;
    if (output.sample !== null && !looksLikeDetections(output.sample, COLUMNS)) return null;
    const shown = output.sample !== null && hasRows(output.sample, COLUMNS);
    return {
      // A list has as many rows as there are objects, whatever the batch.
      confidence: shown || hasBatchAxis(evidence, output.name) === false ? 'likely' : 'possible',
      reason: `output ${shapeText(output.shape)} has rows image, x1, y1, x2, y2, class, score`,
      options: {},
      needsSample: output.sample === null,
      classes: { count: null, numbering: 'zero' },
    };
  },
  create: () => {
    const read = listDecoder(COLUMNS);
    return {
      decode: (outputs, { count }) => {
        const output = outputWhere(outputs, ({ length, 1: columns }) => length === 2 && columns === 7);
        if (output === null) throw layoutError('yolov7-end2end', 'one output [K, 7]', outputs);
        return read(output, count);
      },
    };
  },
});

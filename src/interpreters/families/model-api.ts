import { z } from 'zod';
import { singlePrediction, writeColumn, writeCorners } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { knownOutputs, plainName } from '../contract/evidence.js';
import { layoutError, outputNamed, outputWhere, reusedFloats, reusedLabels, shapeText } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

const options = z.object({
  boxes: z
    .string()
    .nullable()
    .default(null)
    .describe('output of boxes with their scores; the one with 5 columns if null'),
  labels: z.string().nullable().default('labels').describe('output of classes; all are class 0 if null'),
});

/**
 * Detectors of OpenVINO Training Extensions (ATSS, SSD, YOLOX...) for Model API: an output `[N, K, 5]` or `[K, 5]` of
 * x1, y1, x2, y2 in input pixels and score, and one of classes `[N, K]` or `[K]`, from 0; saliency maps and features
 * beside them do not matter. Input: as the metadata say (`model_info`), else BGR 0..255, stretched.
 *
 * Source: openvinotoolkit/model_api `src/python/model_api/models/ssd.py` (BoxesLabelsParser), `image_model.py`.
 */
export const modelApi = defineInterpreter({
  name: 'model-api',
  task: 'detection',
  truncated: true,
  nms: null,
  options,
  preprocessing: () => preprocessingOf({ color: 'bgr', scale: 1 }),
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const [boxes, ...rest] = outputs.filter(
      ({ shape }) => (shape.length === 2 || shape.length === 3) && shape.at(-1) === 5,
    );
    if (boxes === undefined || rest.length > 0) return null;
    const labels = outputs.find(({ name }) => plainName(name).includes('labels')) ?? null;
    if (labels === null && !/box|dets/.test(plainName(boxes.name))) return null;
    return {
      confidence: 'certain',
      reason: `output "${boxes.name}" ${shapeText(boxes.shape)} has rows x1, y1, x2, y2, score${labels === null ? '' : `, "${labels.name}" their classes`}`,
      options: { boxes: boxes.name, labels: labels?.name ?? null },
      classes: { count: null, numbering: 'zero' },
    };
  },
  create: (_context, names) => {
    const boxesOf = reusedFloats();
    const scoresOf = reusedFloats();
    const labelsOf = reusedLabels();
    return {
      decode: (outputs, { count: images }) => {
        const rows =
          names.boxes === null
            ? outputWhere(outputs, (shape) => shape.at(-1) === 5)
            : outputNamed(outputs, names.boxes);
        const classes = names.labels === null ? null : outputNamed(outputs, names.labels);
        const count = rows === null ? NaN : rows.data.length / 5 / images;
        if (rows === null || !Number.isInteger(count) || (classes !== null && classes.data.length < count * images)) {
          throw layoutError('model-api', `boxes [${images}, K, 5] and labels [${images}, K]`, outputs);
        }
        return Array.from({ length: images }, (_, image) => {
          const table = { data: rows.data, offset: 5 * count * image, rowStride: 5, columnStride: 1 };
          const boxes = boxesOf(image, 4 * count);
          const scores = scoresOf(image, count);
          const labels = labelsOf(image, count).fill(0);
          writeCorners(table, count, 'xyxy', 1, 1, boxes);
          writeColumn({ ...table, offset: table.offset + 4 }, count, scores);
          if (classes !== null)
            for (let row = 0; row < count; row++) labels[row] = Math.round(classes.data[image * count + row]!);
          return singlePrediction(count, boxes, labels, scores);
        });
      },
    };
  },
});

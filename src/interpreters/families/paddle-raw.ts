import { z } from 'zod';
import { defineInterpreter, type FamilyRecognition } from '../contract/define.js';
import { hasInput, inputSize, knownOutputs, namedClasses, type KnownOutput } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import type { Evidence } from '../contract/types.js';
import { classVectors, columnsFrom, vectorPrediction, writeCorners } from '../decoding/boxes.js';
import { haveCorners } from '../decoding/dense.js';
import { anchorFreeGrid } from '../decoding/grid.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from '../decoding/outputs.js';

const options = z.object({
  boxes: z.string().default('boxes').describe('output of boxes, or of boxes with their scores'),
  scores: z
    .string()
    .nullable()
    .default(null)
    .describe('output of scores [N, classes, A]; null where they follow the boxes'),
});

/** Grids of PP-YOLOE, and of PicoDet. */
const GRIDS = [
  [8, 16, 32],
  [8, 16, 32, 64],
];

/**
 * PaddleDetection models exported without NMS (PP-YOLOE, PicoDet): boxes `[N, A, 4]` as x1, y1, x2, y2 in pixels over
 * `scale_factor`, which is fed as 1, and scores `[N, classes, A]` through a sigmoid; or, without postprocessing, one
 * output `[N, A, 4 + classes]` of both.
 * Input: PP-YOLOE+ takes RGB 0..1, stretched; PP-YOLOE and PicoDet take it less the ImageNet mean over its deviation.
 *
 * Source: PaddlePaddle/PaddleDetection `ppdet/modeling/heads/ppyoloe_head.py` (post_process: exclude_nms,
 * exclude_post_process), `ppdet/modeling/architectures/picodet.py` (export_nms),
 * `configs/ppyoloe/_base_/ppyoloe_plus_reader.yml`, `configs/ppyoloe/_base_/ppyoloe_reader.yml`.
 */
export const paddleRaw = defineInterpreter({
  name: 'paddle-raw',
  task: 'detection',
  truncated: false,
  nms: 0.6,
  options,
  preprocessingIsGuess:
    "PP-YOLOE+'s, since exports of PaddleDetection do not tell which model they are; PP-YOLOE and PicoDet subtract the ImageNet mean",
  usualSize: { width: 640, height: 640 },
  preprocessing: () => preprocessingOf({}),
  recognise: (evidence) => separate(evidence) ?? joined(evidence),
  create: (_context, names) => {
    const boxesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const boxes = outputNamed(outputs, names.boxes);
        const scores = names.scores === null ? null : outputNamed(outputs, names.scores);
        const [, count = 0, width = 0] = boxes.shape;
        const columns = scores?.shape[1] ?? width - 4;
        if (
          boxes.shape.length !== 3 ||
          columns < 1 ||
          (scores !== null && scores.data.length !== images * columns * count)
        ) {
          throw layoutError('paddle-raw', `boxes [${images}, A, 4] and scores [${images}, classes, A]`, outputs);
        }
        return Array.from({ length: images }, (_, image) => {
          const corners = boxesOf(image, 4 * count);
          const table = { data: boxes.data, offset: image * count * width, rowStride: width, columnStride: 1 };
          writeCorners(table, count, 'xyxy', 1, 1, corners);
          const classes =
            scores === null
              ? columnsFrom(table, 4)
              : { data: scores.data, offset: image * columns * count, rowStride: 1, columnStride: count };
          return vectorPrediction(count, corners, classVectors(classes, columns));
        });
      },
    };
  },
});

/** Boxes and scores in two outputs, the classes before the proposals. */
function separate(evidence: Evidence): FamilyRecognition<typeof options> | null {
  const outputs = knownOutputs(evidence);
  const tables = outputs.filter(({ type, shape }) => type.startsWith('float') && shape.length === 3);
  if (tables.length !== 2 || outputs.length !== 2) return null;
  const boxes = tables.find(({ shape }) => shape[2] === 4 && shape[1] !== null && shape[1] !== 4);
  const scores = tables.find((output) => output !== boxes);
  if (boxes === undefined || scores === undefined || scores.shape[2] !== boxes.shape[1]) return null;
  if (!isGrid(boxes.shape[1] ?? null, evidence) || !ordered(boxes)) return null;
  if (scores.sample?.data.some((value) => value < -0.01 || value > 1.01) === true) return null;
  const noted = hasInput(evidence, 'scale_factor');
  return {
    confidence: noted ? 'certain' : 'likely',
    reason: `outputs ${boxes.name} ${shapeText(boxes.shape)} and ${scores.name} ${shapeText(scores.shape)} are corners and class scores of every grid cell, as PaddleDetection exports them without NMS`,
    options: { boxes: boxes.name, scores: scores.name },
    needsSample: boxes.sample === null,
    classes: { count: scores.shape[1] ?? null, numbering: 'zero' },
  };
}

/** Both in one output: a row a grid cell whose first four numbers are corners in the run. */
function joined(evidence: Evidence): FamilyRecognition<typeof options> | null {
  const [output, ...others] = knownOutputs(evidence);
  if (output?.sample == null || others.length > 0 || output.shape.length !== 3) return null;
  const [, count = null, columns = null] = output.shape;
  if (columns === null || columns < 5 || columns > (count ?? 0) || !isGrid(count, evidence)) return null;
  if (!ordered(output)) return null;
  const named = namedClasses(evidence);
  if (named !== null && named !== columns - 4) return null;
  const { data } = output.sample;
  if (data.some((value, at) => at % columns > 3 && (value < -0.01 || value > 1.01))) return null;
  return {
    confidence: 'likely',
    reason: `output ${shapeText(output.shape)} has 4 + ${columns - 4} columns for each grid cell, the first four being corners in the run, as PaddleDetection exports them without postprocessing`,
    options: { boxes: output.name, scores: null },
    classes: { count: columns - 4, numbering: 'zero' },
  };
}

function isGrid(count: number | null, evidence: Evidence): boolean {
  const size = inputSize(evidence);
  return size !== null && GRIDS.some((strides) => anchorFreeGrid(size, strides, 'ceil').count === count);
}

function ordered({ sample }: KnownOutput): boolean {
  if (sample === null) return true;
  const [, count = 0, width = 4] = sample.shape;
  return haveCorners({ data: sample.data, offset: 0, rowStride: width, columnStride: 1 }, count);
}

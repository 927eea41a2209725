import { z } from 'zod';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs } from '../contract/evidence.js';
import { efficientDetAnchors, efficientDetLevels, type EfficientDetLevel } from '../decoding/efficientdet-anchors.js';
import { layoutError, reusedFloats } from '../decoding/outputs.js';
import { EFFICIENTDET } from './efficientdet-preprocessing.js';

/**
 * EfficientDet's raw heads: for each of the levels 3 to 7 class logits `[N, H, W, 9 * classes]` and box codes
 * `[N, H, W, 36]` (or channels first, as PyTorch ports export them): ty, tx, th, tw against nine anchors a cell.
 * Class scores through a sigmoid. Column c is the model's class c + 1: COCO models have its 90 ids.
 * Input: RGB less the ImageNet mean over its deviation, letterbox in the top left corner.
 *
 * Source: google/automl `efficientdet/tf2/anchors.py`, `efficientdet/tf2/postprocess.py` (pre_nms).
 */
export const efficientdetRaw = defineInterpreter({
  name: 'efficientdet-raw',
  task: 'detection',
  truncated: false,
  nms: 0.5,
  options: z.object({}),
  preprocessing: () => EFFICIENTDET,
  recognise: (evidence) => {
    const size = inputSize(evidence);
    const levels = size === null ? null : efficientDetLevels(knownOutputs(evidence), size);
    if (levels === null) return null;
    const { classes } = levels[0]!;
    return {
      confidence: 'certain',
      reason: `ten outputs are EfficientDet's heads: ${classes} classes and boxes of 9 anchors on five levels`,
      options: {},
      classes: { count: classes, numbering: 'zero' },
    };
  },
  create: ({ input }) => {
    const anchors = efficientDetAnchors(input);
    const boxesOf = reusedFloats();
    const scoresOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const named = Object.entries(outputs).map(([name, { data, shape }]) => ({ name, data, shape }));
        const levels = efficientDetLevels(named, input);
        if (levels === null) {
          throw layoutError('efficientdet-raw', 'class and box heads of nine anchors on five levels', outputs);
        }
        const { classes } = levels[0]!;
        const count = anchors.length / 4;
        return Array.from({ length: images }, (_, image) => {
          const boxes = boxesOf(image, 4 * count);
          const scores = scoresOf(image, classes * count);
          let first = 0;
          for (const level of levels) first = writeLevel(level, image, anchors, boxes, scores, first);
          const table = { data: scores, offset: 0, rowStride: classes, columnStride: 1 };
          return vectorPrediction(count, boxes, classVectors(table, classes, 'sigmoid'));
        });
      },
    };
  },
});

interface Head {
  readonly data: Float32Array;
}

/** Writes one level's proposals from row `first` on; returns the row behind them. */
function writeLevel(
  { cells, classes, channelsFirst, classHead, boxHead }: EfficientDetLevel<Head>,
  image: number,
  anchors: Float32Array,
  boxes: Float32Array,
  scores: Float32Array,
  first: number,
): number {
  // From one number of an anchor to its next: neighbours, or a whole plane away.
  const step = channelsFirst ? cells : 1;
  for (let row = 0; row < 9 * cells; row++) {
    const cell = Math.floor(row / 9);
    const anchor = row % 9;
    const out = first + row;
    const codes = image * 36 * cells + (channelsFirst ? 4 * anchor * cells + cell : 36 * cell + 4 * anchor);
    const y1 = anchors[4 * out]!;
    const x1 = anchors[4 * out + 1]!;
    const height = anchors[4 * out + 2]! - y1;
    const width = anchors[4 * out + 3]! - x1;
    const y = boxHead.data[codes]! * height + y1 + height / 2;
    const x = boxHead.data[codes + step]! * width + x1 + width / 2;
    const halfHeight = (Math.exp(boxHead.data[codes + 2 * step]!) * height) / 2;
    const halfWidth = (Math.exp(boxHead.data[codes + 3 * step]!) * width) / 2;
    boxes[4 * out] = x - halfWidth;
    boxes[4 * out + 1] = y - halfHeight;
    boxes[4 * out + 2] = x + halfWidth;
    boxes[4 * out + 3] = y + halfHeight;
    const base = image * 9 * classes * cells;
    let from = base + (channelsFirst ? classes * anchor * cells + cell : classes * (9 * cell + anchor));
    for (let to = out * classes; to < (out + 1) * classes; to++, from += step) scores[to] = classHead.data[from]!;
  }
  return first + 9 * cells;
}

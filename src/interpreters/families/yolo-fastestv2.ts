import { z } from 'zod';
import { sigmoid } from '../../annotations/index.js';
import type { Tensor } from '../../launchers/types.js';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs, type ShapedOutput } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { anchorsOf, type Anchor } from '../decoding/anchor-decoder.js';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { FASTEST_ANCHORS, fastestLevels, isActivated, type FastestLevel } from '../decoding/fastest-levels.js';
import { layoutError, reusedFloats, shapeText } from '../decoding/outputs.js';

const ANCHORS = new Map([
  [16, anchorsOf(12.64, 19.39, 37.88, 51.48, 55.71, 138.31)],
  [32, anchorsOf(126.91, 78.23, 131.57, 214.55, 279.92, 258.87)],
]);

/**
 * YOLO-FastestV2: grids of 16 and 32 px with three anchors a cell, which share their classes: two outputs
 * `[N, H, W, 12 + 3 + classes]` as its exporter writes them (sigmoids and softmax done), or six raw ones, for each grid
 * boxes `[N, 12, H, W]`, objectness `[N, 3, H, W]` and classes `[N, classes, H, W]`. Boxes are coded as YOLOv5's, with
 * the anchors of its COCO configuration; score = objectness * class.
 * Input: BGR 0..1, stretched to 352 x 352.
 *
 * Source: dog-qiuqiu/Yolo-FastestV2 `model/detector.py` (export_onnx), `pytorch2onnx.py`, `utils/utils.py`
 * (handel_preds), `sample/ncnn/src/yolo-fastestv2.cpp` (predHandle), `data/coco.data`, `test.py`.
 */
export const yoloFastestV2 = defineInterpreter({
  name: 'yolo-fastestv2',
  task: 'detection',
  truncated: false,
  nms: 0.4,
  options: z.object({}),
  preprocessing: () => preprocessingOf({ color: 'bgr' }),
  recognise: (evidence) => {
    const outputs = knownOutputs(evidence);
    const size = inputSize(evidence);
    const found = size === null ? null : fastestLevels(outputs, size);
    if (found === null) return null;
    const activated = isActivated(found);
    // One output a grid is activated, three are not.
    if (activated !== null && activated !== found.joined) return null;
    return {
      confidence: activated === null && found.joined ? 'possible' : 'certain',
      reason: `outputs ${outputs.map(({ shape }) => shapeText(shape)).join(', ')} are boxes and objectness of 3 anchors and ${found.classes} classes that they share, on the 16 and 32 px grids, with YOLO-FastestV2's anchors`,
      options: {},
      needsSample: activated === null,
      classes: { count: found.classes, numbering: 'zero' },
    };
  },
  create: ({ input }) => {
    const boxesOf = reusedFloats();
    const objectnessOf = reusedFloats();
    const classesOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const named = Object.entries(outputs).map(([name, { data, shape }]) => ({ name, data, shape }));
        const found = fastestLevels(named, input);
        if (found === null || named.some(({ shape }) => shape[0] !== images)) {
          throw layoutError('yolo-fastestv2', `heads on the 16 and 32 px grids of ${images} images`, outputs);
        }
        const { levels, classes, joined } = found;
        const count = levels.reduce((sum, { rows, columns }) => sum + rows * columns * FASTEST_ANCHORS, 0);
        return Array.from({ length: images }, (_, image) => {
          const boxes = boxesOf(image, 4 * count);
          const objectness = objectnessOf(image, count);
          const scores = classesOf(image, classes * count);
          let first = 0;
          for (const level of levels) {
            first = writeLevel(level, image, joined, classes, boxes, objectness, scores, first);
          }
          const table = { data: scores, offset: 0, rowStride: classes, columnStride: 1 };
          const vectors = classVectors(table, classes, joined ? 'none' : 'softmax');
          return vectorPrediction(count, boxes, vectors, objectness);
        });
      },
    };
  },
});

/** Writes one grid's proposals from row `first` on, cell by cell; returns the row behind them. */
function writeLevel(
  { stride, rows, columns, boxes: codes, objects, classes: shares }: FastestLevel<ShapedOutput & Tensor>,
  image: number,
  joined: boolean,
  classes: number,
  boxes: Float32Array,
  objectness: Float32Array,
  scores: Float32Array,
  first: number,
): number {
  const activate = (value: number): number => (joined ? value : sigmoid(value));
  const anchors: readonly Anchor[] = ANCHORS.get(stride) ?? [];
  const codeData = codes.output.data;
  const objectData = objects.output.data;
  const shareData = shares.output.data;
  let out = first;
  for (let cell = 0; cell < rows * columns; cell++) {
    const shareAt = image * shares.perImage + shares.offset + cell * shares.cellStep;
    for (const [index, [anchorWidth, anchorHeight]] of anchors.entries()) {
      let at = image * codes.perImage + codes.offset + cell * codes.cellStep + 4 * index * codes.valueStep;
      const x = (2 * activate(codeData[at]!) - 0.5 + (cell % columns)) * stride;
      const y = (2 * activate(codeData[(at += codes.valueStep)]!) - 0.5 + Math.floor(cell / columns)) * stride;
      const halfWidth = ((2 * activate(codeData[(at += codes.valueStep)]!)) ** 2 * anchorWidth) / 2;
      const halfHeight = ((2 * activate(codeData[at + codes.valueStep]!)) ** 2 * anchorHeight) / 2;
      boxes[4 * out] = x - halfWidth;
      boxes[4 * out + 1] = y - halfHeight;
      boxes[4 * out + 2] = x + halfWidth;
      boxes[4 * out + 3] = y + halfHeight;
      const objectAt = image * objects.perImage + objects.offset + cell * objects.cellStep;
      objectness[out] = activate(objectData[objectAt + index * objects.valueStep]!);
      if (shares.valueStep === 1) scores.set(shareData.subarray(shareAt, shareAt + classes), out * classes);
      else {
        for (let id = 0; id < classes; id++) scores[out * classes + id] = shareData[shareAt + id * shares.valueStep]!;
      }
      out += 1;
    }
  }
  return out;
}

import { z } from 'zod';
import { defineInterpreter } from '../contract/define.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import { scoresActivatedOption } from '../contract/shared-options.js';
import type { Classes, Evidence } from '../contract/types.js';
import { anchorDecoder, anchorsOf } from '../decoding/anchor-decoder.js';
import { anchorHeads } from '../decoding/anchor-heads.js';
import { classVectors, columnsFrom, vectorPrediction, writeColumn, writeCorners } from '../decoding/boxes.js';
import { denseOutput, denseTable, hasLandmarks } from '../decoding/dense.js';
import { LANDMARK_NUMBERS, LANDMARKS_FROM } from '../decoding/landmarks.js';
import { layoutError, outputWhere, reusedFloats } from '../decoding/outputs.js';

/** Numbers before the first class: box, objectness and five landmarks. */
const CLASSES_FROM = LANDMARKS_FROM + LANDMARK_NUMBERS;

const ANCHORS = new Map([
  [8, anchorsOf(4, 5, 8, 10, 13, 16)],
  [16, anchorsOf(23, 29, 43, 55, 73, 105)],
  [32, anchorsOf(146, 217, 231, 300, 335, 433)],
]);
/** Models with a grid of 64 px. */
const ANCHORS_P6 = new Map([
  [8, anchorsOf(6, 7, 9, 11, 13, 16)],
  [16, anchorsOf(18, 23, 26, 33, 37, 47)],
  [32, anchorsOf(54, 67, 77, 104, 112, 154)],
  [64, anchorsOf(174, 238, 258, 355, 445, 568)],
]);
const STRIDES = '8,16,32';
const STRIDES_P6 = '8,16,32,64';

const options = z.object({
  heads: z.boolean().default(false).describe('raw heads on grids, not one table of boxes in pixels'),
  large: z.boolean().default(false).describe('heads with a grid of 64 px, which have anchors of their own'),
  scoresActivated: scoresActivatedOption,
});

/**
 * YOLOv5-face: raw heads `[N, 3, H, W, 15 + classes]` on the 8, 16 and 32 px grids (64 too in P6 models), or the table
 * `[N, A, 15 + classes]` of its detection layer: box, objectness, five landmarks, which are not read, and the classes,
 * mostly the face alone. Boxes are coded as YOLOv5's, with anchors of their own; score = objectness * class.
 * Input: RGB 0..1, letterbox, centred on 114.
 *
 * Source: deepcam-cn/yolov5-face `models/yolo.py` (Detect), `models/yolov5n.yaml`, `models/yolov5s6.yaml`,
 * `utils/general.py` (non_max_suppression_face), `detect_face.py`, `export.py`.
 */
export const yolov5Face = defineInterpreter({
  name: 'yolov5-face',
  task: 'detection',
  truncated: false,
  nms: 0.5,
  options,
  preprocessing: () => preprocessingOf({ resize: 'letterbox', pad: 114 }),
  recognise: (evidence) => {
    const table = tableOf(evidence);
    if (table !== null) {
      return {
        confidence: 'certain',
        reason: `output ${table.text} is box, objectness, five landmarks and ${table.classes} ${table.classes === 1 ? 'class' : 'classes'} for three anchors a grid cell`,
        options: {},
        classes: facesOf(table.classes),
      };
    }
    const heads = anchorHeads(evidence, 3);
    const strides = heads?.strides.join();
    if (heads === null || (strides !== STRIDES && strides !== STRIDES_P6)) return null;
    // Sizes that the graph put a sigmoid over have lost their sign.
    if (heads.landmarks === false || heads.classes <= LANDMARK_NUMBERS || heads.centresActivated === true) return null;
    const classes = heads.classes - LANDMARK_NUMBERS;
    return {
      confidence: heads.landmarks === true ? 'certain' : 'possible',
      reason: `outputs ${heads.text} are raw heads of 3 anchors with box, objectness, five landmarks and ${classes} ${classes === 1 ? 'class' : 'classes'}`,
      options: { heads: true, large: strides === STRIDES_P6, scoresActivated: heads.scoresActivated === true },
      needsSample: heads.centresActivated === null,
      classes: facesOf(classes),
    };
  },
  create: ({ input }, { heads, large, scoresActivated }) => {
    if (heads) {
      return anchorDecoder('yolov5-face', input, {
        anchors: large ? ANCHORS_P6 : ANCHORS,
        centresActivated: false,
        scoresActivated,
        centreScale: () => 2,
        size: 'square',
        classes: 'sigmoid',
        classesFrom: CLASSES_FROM,
      });
    }
    const boxesOf = reusedFloats();
    const objectnessOf = reusedFloats();
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(
          outputs,
          ({ length, 0: n, 2: columns = 0 }) => length === 3 && n === images && columns > CLASSES_FROM,
        );
        if (output === null) throw layoutError('yolov5-face', `one output [${images}, anchors, 15 + classes]`, outputs);
        return Array.from({ length: images }, (_, image) => {
          const { table, count, columns } = denseTable(output, image, false);
          const boxes = boxesOf(image, 4 * count);
          const objectness = objectnessOf(image, count);
          writeCorners(table, count, 'cxcywh', 1, 1, boxes);
          writeColumn(columnsFrom(table, 4), count, objectness);
          const classes = classVectors(columnsFrom(table, CLASSES_FROM), columns - CLASSES_FROM);
          return vectorPrediction(count, boxes, classes, objectness);
        });
      },
    };
  },
});

/** The decoded table, where its numbers show landmarks. */
function tableOf(evidence: Evidence): { readonly text: string; readonly classes: number } | null {
  const dense = denseOutput(evidence);
  if (dense === null || dense.transposed || dense.masks > 0 || !hasLandmarks(dense, evidence)) return null;
  return { text: dense.text, classes: dense.columns - CLASSES_FROM };
}

function facesOf(count: number): Classes {
  return { count, numbering: 'zero', ...(count === 1 ? { names: ['face'] } : {}) };
}

import type { Emitted, EmittedInput } from '../../helpers/emit.js';
import { centred, inUnits, IN_INPUT, logit, OBJECTS, table, type Corners, type LayoutCase } from './scene.js';
import { yolov5FaceCases } from './yolo-faces.js';

const [A, B] = OBJECTS;
const FACES = { ids: [0, 0] as const, named: ['face', 'face'] as const };
/** Rows for priors that hold nothing: their corners are not in order. */
const NO_BOX = [1, 1, -1, -1];
const square: readonly EmittedInput[] = [{ name: 'input', shape: [1, 3, 128, 128] }];

/** Models that find faces. */
export const faceCases: readonly LayoutCase[] = [
  ...retinaFaces(),
  ...ultraFaces(),
  ...scrfds(),
  ...yunets(),
  ...blazeFaces(),
  ...yolov5FaceCases,
];

/** A box's numbers relative to a prior box. */
function priorCode(box: Corners, x: number, y: number, width: number, height: number): Corners {
  const [cx, cy, w, h] = centred(box);
  return [(cx - x) / (0.1 * width), (cy - y) / (0.1 * height), Math.log(w / width) / 0.2, Math.log(h / height) / 0.2];
}

function pair(score: number): [number, number] {
  return [1 - score, score];
}

/** The same before its softmax. */
function pairLogits(score: number): [number, number] {
  return [2, 2 + logit(score)];
}

function retinaFaces(): LayoutCase[] {
  const [boxA, boxB] = IN_INPUT.letterbox;
  const preprocessing = {
    color: 'bgr',
    scale: 1,
    resize: 'letterbox',
    pad: 114,
    mean: [104, 117, 123],
    std: [1],
  } as const;
  // Grids of 12 x 8, 6 x 4 and 3 x 2 cells with two boxes each: box A (24, 20)-(72, 44) on the greater box of cell row 2,
  // column 3 at 16 px, centre (56, 40), and again on that of the cell before; B on the smaller box of row 2, column 2 at 8 px.
  const [a, again, b] = [192 + 2 * (2 * 6 + 3) + 1, 192 + 2 * (2 * 6 + 2) + 1, 2 * (2 * 12 + 2)];
  const heads = (fine: number, coarse: number, scores: typeof pair, neighbour: number): Emitted[] => [
    {
      name: 'output0',
      shape: [1, 252, 4],
      values: table(252, 4, NO_BOX, {
        [a]: priorCode(boxA, 56, 40, coarse, coarse),
        [again]: priorCode(boxA, 40, 40, coarse, coarse),
        [b]: priorCode(boxB, 20, 20, fine, fine),
      }),
    },
    {
      name: '593',
      shape: [1, 252, 2],
      values: table(252, 2, scores(0.001), {
        [a]: scores(A.score),
        [again]: scores(neighbour),
        [b]: scores(B.score),
      }),
    },
    { name: '592', shape: [1, 252, 10], values: table(252, 10, 0.5, {}) },
  ];
  // Four grids: 12 x 8 cells of three boxes, 6 x 4 and 3 x 2 of two, 2 x 1 of three: B on the third of the last grid's first.
  const light = (box: Corners): Emitted[] => [
    {
      name: 'output0',
      shape: [1, 354, 4],
      values: table(354, 4, NO_BOX, {
        [288 + 2 * (2 * 6 + 3) + 1]: priorCode(boxA, 56, 40, 48, 48),
        [348 + 2]: priorCode(box, 32, 32, 256, 256),
      }),
    },
    {
      name: '586',
      shape: [1, 354, 2],
      values: table(354, 2, pair(0.001), { [288 + 2 * (2 * 6 + 3) + 1]: pair(A.score), [348 + 2]: pair(B.score) }),
    },
    { name: '585', shape: [1, 354, 10], values: table(354, 10, 0.5, {}) },
  ];
  return [
    {
      title: 'RetinaFace, its outputs in the order of its exporter',
      interpreter: 'retinaface',
      outputs: heads(16, 128, pair, 0.001),
      ...FACES,
      preprocessing,
    },
    {
      title: 'RetinaFace, its scores before their softmax, in another order',
      interpreter: 'retinaface',
      outputs: heads(16, 128, pairLogits, 0.6).reverse(),
      ...FACES,
      preprocessing,
    },
    {
      title: 'RetinaFace of smaller prior boxes, on which neighbouring cells agree',
      interpreter: 'retinaface',
      outputs: heads(10, 64, pair, 0.6),
      ...FACES,
      preprocessing,
    },
    {
      title: 'RetinaFace of a light model with four grids',
      interpreter: 'retinaface',
      outputs: light(boxB),
      ...FACES,
      preprocessing,
    },
    {
      title: 'RetinaFace of any size, all sizes open: the names tell',
      interpreter: 'retinaface',
      inputs: [{ name: 'input', shape: [1, 3, 'h', 'w'] }],
      outputs: retinaFaceOpen(),
      ...FACES,
      preprocessing,
    },
    {
      title: 'RetinaFace that decodes its boxes itself',
      interpreter: 'retinaface',
      outputs: [
        {
          name: 'bbox',
          shape: [1, 252, 4],
          values: table(252, 4, [0.1, 0.1, 0.2, 0.2], { [a]: inUnits(boxA), [b]: inUnits(boxB) }),
        },
        {
          name: 'confidence',
          shape: [1, 252, 2],
          values: table(252, 2, pair(0.001), { [a]: pair(A.score), [b]: pair(B.score) }),
        },
        { name: 'landmark', shape: [1, 252, 10], values: table(252, 10, 0.5, {}) },
      ],
      ...FACES,
      preprocessing,
    },
  ];
}

/** For 640 x 640, 160 rows of border above the photo: A is at (160, 240)-(480, 400), B at (32, 192)-(192, 288). */
function retinaFaceOpen(): Emitted[] {
  const [a, b] = [12800 + 3200 + 2 * (9 * 20 + 10), 12800 + 2 * (14 * 40 + 6) + 1];
  return [
    {
      name: 'output',
      shape: [1, 16800, 4],
      declared: [1, 'n', 'm'],
      values: table(16800, 4, NO_BOX, {
        [a]: priorCode([160, 240, 480, 400], 336, 304, 256, 256),
        [b]: priorCode([32, 192, 192, 288], 104, 232, 128, 128),
      }),
    },
    {
      name: 'outputt',
      shape: [1, 16800, 2],
      declared: [1, 'n', 'm'],
      values: table(16800, 2, pair(0.001), { [a]: pair(A.score), [b]: pair(B.score) }),
    },
    {
      name: 'outputtt',
      shape: [1, 16800, 10],
      declared: [1, 'n', 'm'],
      values: table(16800, 10, 0.5, {}),
    },
  ];
}

function ultraFaces(): LayoutCase[] {
  const [boxA, boxB] = IN_INPUT.stretch;
  const preprocessing = { color: 'rgb', scale: 1, resize: 'stretch', mean: [127], std: [128] } as const;
  // A on the second box of row 2, column 3 at 16 px; B on the second of the first of two cells of 64 px, which just cover
  // the input: 48 x 64 px, a prior box of 192 px held at 96 x 64.
  const [a, b] = [288 + 2 * (2 * 6 + 3) + 1, 348 + 1];
  const outputs = (scores: typeof pair): Emitted[] => [
    {
      name: 'scores',
      shape: [1, 354, 2],
      values: table(354, 2, scores(0.001), { [a]: scores(A.score), [b]: scores(B.score) }),
    },
    {
      name: 'boxes',
      shape: [1, 354, 4],
      values: table(354, 4, NO_BOX, {
        [a]: priorCode(boxA, 56, 40, 48, 48),
        [b]: priorCode(boxB, 24, 32, 96, 64),
      }),
    },
  ];
  return [
    {
      title: 'UltraFace without post-processing',
      interpreter: 'ultraface-raw',
      outputs: outputs(pair),
      ...FACES,
      preprocessing,
    },
    {
      title: 'UltraFace without post-processing or softmax',
      interpreter: 'ultraface-raw',
      outputs: outputs(pairLogits),
      ...FACES,
      preprocessing,
    },
  ];
}

/** Scores, boxes and landmarks of one grid. */
interface Level {
  readonly cells: number;
  readonly scores: number[];
  readonly boxes: number[];
}

function scrfds(): LayoutCase[] {
  const preprocessing = {
    color: 'rgb',
    scale: 1,
    resize: 'letterbox-top-left',
    pad: 0,
    mean: [127.5],
    std: [128],
  } as const;
  const [boxA, boxB] = IN_INPUT['letterbox-top-left'];
  const sides = ([x1, y1, x2, y2]: Corners, x: number, y: number, stride: number): number[] =>
    [x - x1, y - y1, x2 - x, y2 - y].map((side) => side / stride);
  const level = (cells: number, at: number, score: number, box: readonly number[]): Level => ({
    cells,
    scores: table(cells, 1, 0.001, { [at]: [score] }),
    boxes: table(cells, 4, 1, { [at]: box }),
  });
  // A on the second proposal of row 1, column 3 at 16 px; B on the first of row 1, column 2 at 8 px.
  const three = [
    level(192, 2 * (12 + 2), B.score, sides(boxB, 16, 8, 8)),
    level(48, 2 * (6 + 3) + 1, A.score, sides(boxA, 48, 16, 16)),
    level(12, -1, 0, []),
  ];
  // 128 x 128: the image is 128 x 64 in the corner.
  const five = [
    level(256, 16 + 2, B.score, sides([6.4, 6.4, 38.4, 25.6], 16, 8, 8)),
    level(64, -1, 0, []),
    level(16, 4 + 2, A.score, sides([32, 16, 96, 48], 64, 32, 32)),
    level(4, -1, 0, []),
    level(1, -1, 0, []),
  ];
  const outputs = (levels: readonly Level[], batch: readonly number[], points: boolean): Emitted[] => [
    ...levels.map(({ cells, scores }, i) => ({ name: `out${i}`, shape: [...batch, cells, 1], values: scores })),
    ...levels.map(({ cells, boxes }, i) => ({ name: `out${3 + i}`, shape: [...batch, cells, 4], values: boxes })),
    ...(points
      ? levels.map(({ cells }, i) => ({
          name: `out${6 + i}`,
          shape: [...batch, cells, 10],
          values: table(cells, 10, 0.5, {}),
        }))
      : []),
  ];
  return [
    {
      title: 'SCRFD with landmarks',
      interpreter: 'scrfd',
      outputs: outputs(three, [1], true),
      ...FACES,
      preprocessing,
    },
    {
      title: 'SCRFD without landmarks or an axis of images',
      interpreter: 'scrfd',
      outputs: outputs(three, [], false),
      ...FACES,
      preprocessing,
    },
    {
      title: 'SCRFD on five grids',
      interpreter: 'scrfd',
      inputs: square,
      outputs: outputs(five, [], false).map((output, i) => ({ ...output, name: `o${i}` })),
      ...FACES,
      preprocessing,
    },
    {
      title: 'SCRFD of any size, its last sizes open: the names tell',
      interpreter: 'scrfd',
      inputs: [{ name: 'input.1', shape: ['?', 3, '?', '?'] }],
      outputs: scrfdOpen(),
      ...FACES,
      preprocessing,
    },
    {
      title: 'SCRFD of any size, its outputs numbered and declared as at 640 x 640',
      interpreter: 'scrfd',
      inputs: [{ name: 'input.1', shape: [1, 3, '?', '?'] }],
      outputs: scrfdOpen().map(({ name: _name, declared: _declared, ...output }, i) => ({
        ...output,
        name: `${443 + i}`,
      })),
      ...FACES,
      preprocessing,
    },
  ];

  /** For 640 x 640: A is at (160, 80)-(480, 240), B at (32, 32)-(192, 128). */
  function scrfdOpen(): Emitted[] {
    const levels = [
      level(12800, -1, 0, []),
      level(3200, 2 * (5 * 40 + 7), B.score, sides([32, 32, 192, 128], 112, 80, 16)),
      level(800, 2 * (5 * 20 + 10) + 1, A.score, sides([160, 80, 480, 240], 320, 160, 32)),
    ];
    const strides = [8, 16, 32];
    return [
      ...levels.map(({ cells, scores }, i) => ({
        name: `score_${strides[i]}`,
        shape: [cells, 1],
        declared: ['?', '?'],
        values: scores,
      })),
      ...levels.map(({ cells, boxes }, i) => ({
        name: `bbox_${strides[i]}`,
        shape: [cells, 4],
        declared: ['?', '?'],
        values: boxes,
      })),
    ];
  }
}

function yunets(): LayoutCase[] {
  const preprocessing = { color: 'bgr', scale: 1, resize: 'letterbox-top-left', pad: 0, mean: [0], std: [1] } as const;
  const [boxA, boxB] = IN_INPUT['letterbox-top-left'];
  const code = (box: Corners, column: number, row: number, stride: number): number[] => {
    const [cx, cy, w, h] = centred(box);
    return [cx / stride - column, cy / stride - row, Math.log(w / stride), Math.log(h / stride)];
  };
  const level = (cells: number, at: number, cls: number, obj: number, box: readonly number[]) => ({
    cells,
    cls: table(cells, 1, 0.001, { [at]: [cls] }),
    obj: table(cells, 1, 0.001, { [at]: [obj] }),
    bbox: table(cells, 4, 0, { [at]: box }),
    kps: table(cells, 10, 0.5, {}),
  });
  type Kind = 'cls' | 'obj' | 'bbox' | 'kps';
  const WIDTHS = { cls: 1, obj: 1, bbox: 4, kps: 10 } as const;
  const outputs = (
    levels: readonly ReturnType<typeof level>[],
    kinds: readonly Kind[],
    name: (kind: Kind, stride: number) => string,
    open: boolean,
  ): Emitted[] =>
    kinds.flatMap((kind) =>
      levels.map((one, i) => ({
        name: name(kind, [8, 16, 32][i]!),
        shape: [1, one.cells, WIDTHS[kind]],
        ...(open ? { declared: [1, 'anchors', WIDTHS[kind]] } : {}),
        values: one[kind],
      })),
    );
  // A: row 1, column 3 at 16 px, sqrt(.9 * .9); B: row 1, column 2 at 8 px, sqrt(.72 * .5).
  const small = [
    level(96, 12 + 2, 0.72, 0.5, code(boxB, 2, 1, 8)),
    level(24, 6 + 3, 0.9, 0.9, code(boxA, 3, 1, 16)),
    level(6, -1, 0, 0, []),
  ];
  // At 640 x 640; a class above 1 counts as 1.
  const large = [
    level(6400, -1, 0, 0, []),
    level(1600, 5 * 40 + 7, 1.2, 0.36, code([32, 32, 192, 128], 7, 5, 16)),
    level(400, 5 * 20 + 10, 0.9, 0.9, code([160, 80, 480, 240], 10, 5, 32)),
  ];
  return [
    {
      title: 'YuNet of any size: its names tell before a run',
      interpreter: 'yunet',
      inputs: [{ name: 'input', shape: [1, 3, 'height', 'width'] }],
      outputs: outputs(large, ['cls', 'obj', 'bbox', 'kps'], (kind, stride) => `${kind}_${stride}`, true),
      ...FACES,
      preprocessing,
    },
    {
      title: 'YuNet of a fixed size, unnamed, without landmarks',
      interpreter: 'yunet',
      outputs: outputs(
        small,
        ['cls', 'obj', 'bbox'],
        (kind, stride) => `${kind.length}-${stride}${kind === 'obj' ? 'x' : ''}`,
        false,
      ),
      ...FACES,
      preprocessing,
    },
  ];
}

function blazeFaces(): LayoutCase[] {
  const preprocessing = {
    color: 'rgb',
    scale: 1,
    resize: 'letterbox',
    pad: 0,
    mean: [127.5],
    std: [127.5],
  } as const;
  const boxes = IN_INPUT.letterbox;
  const row = (box: Corners, x: number, y: number): number[] => {
    const [cx, cy, w, h] = centred(box);
    return [cx - x, cy - y, w, h, ...new Array<number>(12).fill(3)];
  };
  const outputs = (count: number, a: number, b: number, centres: readonly (readonly [number, number])[]): Emitted[] => [
    {
      name: 'regressors',
      shape: [1, count, 16],
      values: table(count, 16, 0, { [a]: row(boxes[0], ...centres[0]!), [b]: row(boxes[1], ...centres[1]!) }),
    },
    {
      name: 'classificators',
      shape: [1, count, 1],
      values: table(count, 1, -9, { [a]: [logit(A.score)], [b]: [logit(B.score)] }),
    },
  ];
  return [
    {
      title: 'BlazeFace of the short range, converted from TensorFlow Lite',
      interpreter: 'blazeface',
      inputs: [{ name: 'input', shape: [1, 64, 96, 3] }],
      // 12 x 8 cells of two anchors and 6 x 4 of six.
      outputs: outputs(336, 192 + 6 * (2 * 6 + 3) + 5, 2 * (2 * 12 + 2), [
        [56, 40],
        [20, 20],
      ]),
      ...FACES,
      preprocessing: { ...preprocessing, layout: 'nhwc' },
    },
    {
      title: 'BlazeFace of the back camera, logits first',
      interpreter: 'blazeface',
      // 6 x 4 cells of two anchors and 3 x 2 of six.
      outputs: outputs(84, 48 + 6 * (3 + 1) + 2, 2 * (1 * 6 + 1) + 1, [
        [48, 48],
        [24, 24],
      ]).reverse(),
      ...FACES,
      preprocessing,
    },
    {
      title: 'BlazeFace of the full range',
      interpreter: 'blazeface',
      outputs: outputs(384, 8 * 24 + 12, 5 * 24 + 4, [
        [50, 34],
        [18, 22],
      ]),
      ...FACES,
      preprocessing,
    },
  ];
}

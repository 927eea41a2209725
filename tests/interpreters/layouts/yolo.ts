import {
  centred,
  flipped,
  inUnits,
  NAMES,
  oneHot,
  OBJECTS,
  rowsOf,
  table,
  transposed,
  ultralytics,
  type LayoutCase,
} from './scene.js';

/** Cells of the 8, 16 and 32 px grids over 96 x 64: 12 x 8 + 6 x 4 + 3 x 2. */
const CELLS = 126;
/** The cell of the 32 px grid that holds the first object's centre (48, 32 letterboxed): column 1, row 1 or 0. */
const COARSE = 96 + 24;

const RGB = { color: 'rgb', scale: 1 / 255, pad: 114 } as const;

/** YOLOX's objects: centres (48, 24) and (16.8, 12), top-left letterbox; cells of the 16 px grid. */
const yoloxDecoded = rowsOf('letterbox-top-left', (object, corners) => [
  ...centred(corners),
  object.score,
  ...oneHot({ ...object, score: 1 }),
]);
/** Centre (48, 24) is column 3, row 1.5 of the 16 px grid; (16.8, 12) column 1.05, row 0.75. */
const yoloxRaw = [
  [3 - 3, 1.5 - 1, Math.log(48 / 16), Math.log(24 / 16), 0.9, 0, 0, 1],
  [1.05 - 1, 0.75, Math.log(24 / 16), Math.log(14.4 / 16), 0.6, 1, 0, 0],
] as const;
const YOLOX = { color: 'bgr', scale: 1, resize: 'letterbox-top-left', pad: 114 } as const;

const v5Rows = rowsOf('letterbox', (object, corners) => [
  ...centred(corners),
  object.score,
  ...oneHot({ ...object, score: 1 }),
]);
const v8Rows = rowsOf('letterbox', (object, corners) => [...centred(corners), ...oneHot(object)]);
const v8Units = rowsOf('letterbox', (object, corners) => [...centred(inUnits(corners)), ...oneHot(object)]);
const endRows = rowsOf('letterbox', ({ label, score }, corners) => [...corners, score, label]);

/** YOLOX's decoded and YOLOv6's rows lie in pixels near their own cells. */
const decodedGrid = (objectness: number, rows: Readonly<Record<number, readonly number[]>>): number[] =>
  Array.from({ length: CELLS }, (_, cell) => rows[cell] ?? [...cellCentre(cell), 8, 8, objectness, 0, 0, 0]).flat();

function cellCentre(cell: number): readonly [number, number] {
  if (cell < 96) return [(cell % 12) * 8 + 4, Math.floor(cell / 12) * 8 + 4];
  if (cell < COARSE) return [((cell - 96) % 6) * 16 + 8, Math.floor((cell - 96) / 6) * 16 + 8];
  return [((cell - COARSE) % 3) * 32 + 16, Math.floor((cell - COARSE) / 3) * 32 + 16];
}

export const yoloCases: readonly LayoutCase[] = [
  {
    title: 'YOLOX, offsets from cells',
    interpreter: 'yolox',
    // Cells 96 + row * 6 + column of the 16 px grid.
    outputs: [
      {
        name: 'output',
        shape: [1, CELLS, 8],
        values: table(CELLS, 8, 0, { [96 + 6 + 3]: yoloxRaw[0], [96 + 1]: yoloxRaw[1] }),
      },
    ],
    preprocessing: YOLOX,
  },
  {
    title: 'YOLOX, decoded in the graph, names given',
    interpreter: 'yolox',
    outputs: [
      {
        name: 'output',
        shape: [1, CELLS, 8],
        values: decodedGrid(0, { [96 + 6 + 3]: yoloxDecoded[0], [96 + 1]: yoloxDecoded[1] }),
      },
    ],
    labels: NAMES,
    named: ['plum', 'apple'],
    preprocessing: YOLOX,
  },
  {
    title: 'YOLOv6',
    interpreter: 'yolov6',
    outputs: [
      {
        name: 'outputs',
        shape: [1, CELLS, 8],
        values: decodedGrid(1, {
          100: [...centred([24, 20, 72, 44]), 1, 0, 0, 0.9],
          97: [...centred([4.8, 12.8, 28.8, 27.2]), 1, 0.6, 0, 0],
        }),
      },
    ],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv5',
    interpreter: 'yolov5',
    outputs: [
      { name: 'output', shape: [1, 3 * CELLS, 8], values: table(3 * CELLS, 8, 0, { 7: v5Rows[0], 300: v5Rows[1] }) },
    ],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv5 with its metadata and the heads of training beside',
    interpreter: 'yolov5',
    metadata: { names: "['apple', 'pear', 'plum']", stride: '32' },
    outputs: [
      { name: 'output', shape: [1, 3 * CELLS, 8], values: table(3 * CELLS, 8, 0, { 7: v5Rows[0], 300: v5Rows[1] }) },
      { name: '397', shape: [1, 3, 8, 12, 8], values: new Float32Array(3 * 96 * 8) },
    ],
    named: ['plum', 'apple'],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv5 for segmentation: mask coefficients are no classes',
    interpreter: 'yolov5',
    outputs: [
      {
        name: 'output0',
        shape: [1, 3 * CELLS, 8 + 32],
        values: table(3 * CELLS, 40, 0, {
          7: [...v5Rows[0], ...new Array<number>(32).fill(5)],
          300: [...v5Rows[1], ...new Array<number>(32).fill(5)],
        }),
      },
      { name: 'output1', shape: [1, 32, 16, 24], values: new Float32Array(32 * 16 * 24) },
    ],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv8, transposed',
    interpreter: 'yolov8',
    outputs: [
      {
        name: 'output0',
        shape: [1, 7, CELLS],
        values: transposed(table(CELLS, 7, 0, { 5: v8Rows[0], 120: v8Rows[1] }), 7),
      },
    ],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv8 with its metadata and open sizes',
    interpreter: 'yolov8',
    inputs: [{ name: 'images', shape: ['batch', 3, 64, 96] }],
    outputs: [
      {
        name: 'output0',
        shape: [1, 7, CELLS],
        declared: ['batch', 7, 'anchors'],
        values: transposed(table(CELLS, 7, 0, { 5: v8Rows[0], 120: v8Rows[1] }), 7),
      },
    ],
    metadata: ultralytics(NAMES),
    named: ['plum', 'apple'],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv8 of the TFLite exporter: boxes in 0..1',
    interpreter: 'yolov8',
    outputs: [
      {
        name: 'output0',
        shape: [1, 7, CELLS],
        values: transposed(table(CELLS, 7, 0, { 5: v8Units[0], 120: v8Units[1] }), 7),
      },
    ],
    metadata: ultralytics(NAMES),
    named: ['plum', 'apple'],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv8 turned back to rows, known by its names',
    interpreter: 'yolov8',
    outputs: [{ name: 'output0', shape: [1, CELLS, 7], values: table(CELLS, 7, 0, { 5: v8Rows[0], 120: v8Rows[1] }) }],
    labels: NAMES,
    named: ['plum', 'apple'],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv8 for poses: key points are no classes',
    interpreter: 'yolov8',
    outputs: [
      {
        name: 'output0',
        shape: [1, 7 + 51, CELLS],
        values: transposed(
          table(CELLS, 58, 0, {
            5: [...v8Rows[0], ...new Array<number>(51).fill(40)],
            120: [...v8Rows[1], ...new Array<number>(51).fill(40)],
          }),
          58,
        ),
      },
    ],
    metadata: ultralytics(NAMES, 'pose'),
    named: ['plum', 'apple'],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv10 end to end',
    interpreter: 'yolov10',
    outputs: [{ name: 'output0', shape: [1, 300, 6], values: table(300, 6, 0, { 0: endRows[0], 1: endRows[1] }) }],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLO26 with its metadata',
    interpreter: 'yolov10',
    outputs: [{ name: 'output0', shape: [1, 300, 6], values: table(300, 6, 0, { 0: endRows[0], 1: endRows[1] }) }],
    metadata: { ...ultralytics(NAMES), end2end: 'True' },
    named: ['plum', 'apple'],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv7 with NMS for ONNX Runtime',
    interpreter: 'yolov7-end2end',
    outputs: [
      {
        name: 'output',
        shape: [2, 7],
        declared: ['detections', 7],
        values: rowsOf('letterbox', ({ label, score }, corners) => [0, ...corners, label, score]).flat(),
      },
    ],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv7 with EfficientNMS',
    interpreter: 'efficient-nms',
    outputs: [
      { name: 'num_dets', type: 'int32', shape: [1, 1], values: [2] },
      { name: 'det_boxes', shape: [1, 4, 4], values: [24, 20, 72, 44, 4.8, 12.8, 28.8, 27.2, 9, 9, 9, 9, 9, 9, 9, 9] },
      { name: 'det_scores', shape: [1, 4], values: [0.9, 0.6, 0.5, 0.5] },
      { name: 'det_classes', type: 'int32', shape: [1, 4], values: [2, 0, 1, 1] },
    ],
    preprocessing: { ...RGB, resize: 'letterbox' },
  },
  {
    title: 'YOLOv3 of the ONNX Model Zoo',
    interpreter: 'yolov3-onnx',
    inputs: [
      { name: 'input_1', shape: ['N', 3, 64, 96] },
      { name: 'image_shape', shape: ['N', 2] },
    ],
    outputs: [
      {
        name: 'yolonms_layer_1/ExpandDims_1:0',
        shape: [1, 5, 4],
        values: table(5, 4, 0, { 1: flipped([24, 20, 72, 44]), 3: flipped([4.8, 12.8, 28.8, 27.2]) }),
      },
      {
        name: 'yolonms_layer_1/ExpandDims_3:0',
        shape: [1, 3, 5],
        values: transposed(table(5, 3, 0, { 1: oneHot(OBJECTS[0]), 3: oneHot(OBJECTS[1]) }), 3),
      },
      { name: 'yolonms_layer_1/concat_2:0', type: 'int32', shape: [1, 3], values: [0, 2, 1] },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'letterbox', pad: 128 },
  },
  {
    title: 'YOLOv4 of pytorch-YOLOv4',
    interpreter: 'yolov4-boxes',
    outputs: [
      {
        name: 'boxes',
        shape: [1, 378, 1, 4],
        values: table(378, 4, 0, nested(rowsOf('stretch', (_, corners) => inUnits(corners)))),
      },
      { name: 'confs', shape: [1, 378, 3], values: table(378, 3, 0, nested([oneHot(OBJECTS[0]), oneHot(OBJECTS[1])])) },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch' },
  },
];

/** Two rows at places that nothing depends on. */
function nested([first, second]: readonly (readonly number[])[]): Record<number, readonly number[]> {
  return { 17: first ?? [], 200: second ?? [] };
}

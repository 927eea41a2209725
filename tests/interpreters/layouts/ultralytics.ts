import {
  centred,
  NAMES,
  oneHot,
  rowsOf,
  table,
  transposed,
  ultralytics,
  type Corners,
  type LayoutCase,
} from './scene.js';

/** Cells of the 8, 16 and 32 px grids over 96 x 64. */
const CELLS = 126;
const RGB = { color: 'rgb', scale: 1 / 255, resize: 'letterbox', pad: 114 } as const;

/** A box lying on its side and turned by a right angle: its enclosing box is the object's. */
function turned(corners: Corners): readonly [number, number, number, number, number] {
  const [x, y, width, height] = centred(corners);
  return [x, y, height, width, Math.PI / 2];
}

/** Values of `count` further columns that repeat. */
const repeated = (pattern: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, i) => pattern[i % pattern.length]!);

type Row = readonly number[];

/** A raw head `[1, columns, cells]` with the two objects and background rows that end in `rest`. */
function raw(rows: readonly [Row, Row], rest: Row): LayoutCase['outputs'][number] {
  const columns = rows[0].length;
  const fill = [16, 16, 8, 8, ...new Array<number>(columns - 4 - rest.length).fill(0), ...rest];
  return {
    name: 'output0',
    shape: [1, columns, CELLS],
    values: transposed(table(CELLS, columns, fill, { 5: rows[0], 120: rows[1] }), columns),
  };
}

/** Final detections `[1, 300, columns]`: the two objects, then zeros. */
function final(rows: readonly [Row, Row]): LayoutCase['outputs'][number] {
  const columns = rows[0].length;
  return { name: 'output0', shape: [1, 300, columns], values: table(300, columns, 0, { 0: rows[0], 1: rows[1] }) };
}

const withRest = (rest: Row) =>
  rowsOf('letterbox', (object, corners) => [...centred(corners), ...oneHot(object), ...rest]);
const rawTurned = rowsOf('letterbox', (object, corners) => {
  const [x, y, width, height, angle] = turned(corners);
  return [x, y, width, height, ...oneHot(object), angle];
});
const finalTurned = rowsOf('letterbox', ({ label, score }, corners) => {
  const [x, y, width, height, angle] = turned(corners);
  return [x, y, width, height, score, label, angle];
});
const finalWith = (rest: Row) =>
  rowsOf('letterbox', ({ label, score }, corners) => [...corners, score, label, ...rest]);

const triples = repeated([40, 20, 0.7], 51);
const pairs = repeated([40, 20], 8);
const coefficients = repeated([0.8, -0.6], 32);
const prototypes = { name: 'output1', shape: [1, 32, 16, 24], values: new Float32Array(32 * 16 * 24) };
const named = { named: ['plum', 'apple'] } as const;
const nms = { ...ultralytics(NAMES, 'obb'), args: "{'batch': 1, 'nms': True}" };

/** Ultralytics' heads of all tasks, raw and final, with and without what the exporter notes. */
export const ultralyticsCases: readonly LayoutCase[] = (
  [
    ['poses, with metadata', raw(withRest(triples), triples), ultralytics(NAMES, 'pose')],
    ['poses of 17 x 3, without metadata', raw(withRest(triples), triples), null],
    ['poses of 4 x 2, without metadata', raw(withRest(pairs), pairs), null],
    ['oriented boxes, with metadata', raw(rawTurned, [0.2]), ultralytics(NAMES, 'obb')],
    ['oriented boxes, without metadata', raw(rawTurned, [-0.4]), null],
    [
      'masks whose prototypes are cut off, without metadata',
      raw(
        withRest(coefficients),
        coefficients.map((c) => -c),
      ),
      null,
    ],
  ] as const
)
  .map(([title, output, metadata]): LayoutCase => ({
    title: `YOLOv8 for ${title}`,
    interpreter: 'yolov8',
    outputs: [output],
    ...(metadata === null ? {} : { metadata, ...named }),
    preprocessing: RGB,
  }))
  .concat([
    {
      title: 'YOLOv8 for segmentation, without metadata',
      interpreter: 'yolov8',
      outputs: [raw(withRest(coefficients), coefficients), prototypes],
      preprocessing: RGB,
    },
    {
      title: 'YOLO26 for oriented boxes, end to end',
      interpreter: 'yolov10',
      outputs: [final(finalTurned)],
      metadata: { ...ultralytics(NAMES, 'obb'), end2end: 'True' },
      ...named,
      preprocessing: RGB,
    },
    {
      title: 'YOLO11 for oriented boxes with NMS',
      interpreter: 'yolov10',
      outputs: [final(finalTurned)],
      metadata: nms,
      ...named,
      preprocessing: RGB,
    },
    {
      title: 'oriented boxes, final, without metadata',
      interpreter: 'yolov10',
      outputs: [final(finalTurned)],
      preprocessing: RGB,
    },
    {
      title: 'poses, final, without metadata',
      interpreter: 'yolov10',
      outputs: [final(finalWith(triples))],
      preprocessing: RGB,
    },
    {
      title: 'YOLO26 for poses, end to end',
      interpreter: 'yolov10',
      outputs: [final(finalWith(triples))],
      metadata: { ...ultralytics(NAMES, 'pose'), kpt_shape: '[17, 3]', end2end: 'True' },
      ...named,
      preprocessing: RGB,
    },
    {
      title: 'YOLO26 for segmentation, end to end',
      interpreter: 'yolov10',
      outputs: [final(finalWith(coefficients)), prototypes],
      metadata: { ...ultralytics(NAMES, 'segment'), end2end: 'True' },
      ...named,
      preprocessing: RGB,
    },
  ]);

import { INPUT, logit, oneHot, OBJECTS, rowsOf, sides, table, type Corners, type LayoutCase } from './scene.js';

const NANODET = {
  color: 'bgr',
  scale: 1,
  resize: 'stretch',
  mean: [103.53, 116.28, 123.675],
  std: [57.375, 57.12, 58.395],
} as const;
const RTMDET = { ...NANODET, resize: 'letterbox-top-left', pad: 114 } as const;
const low = -7;

/** `[cells, channels]` to `[channels, cells]`. */
function planes(values: readonly number[], cells: number): number[] {
  const channels = values.length / cells;
  return Array.from({ length: values.length }, (_, i) => values[(i % cells) * channels + Math.floor(i / cells)]!);
}

/** The objects on the cells of one grid: the first on column 3, row 2 of 16 px, the second on column 2, row 2 of 8 px. */
function level(
  stride: number,
  resize: 'stretch' | 'letterbox-top-left',
  centre: number,
  activate: (p: number) => number,
  neighbour = false,
) {
  const [boxA, boxB] = rowsOf(resize, (_, corners) => corners);
  const [rows, columns] = [Math.ceil(INPUT.height / stride), Math.ceil(INPUT.width / stride)];
  const cells = rows * columns;
  const at = stride === 16 ? 2 * columns + 3 : stride === 8 ? 2 * columns + 2 : -1;
  const [column, box, object]: readonly [number, Corners, (typeof OBJECTS)[number]] =
    stride === 16 ? [3, boxA, OBJECTS[0]] : [2, boxB, OBJECTS[1]];
  const [x, y] = [column * stride + centre, 2 * stride + centre];
  const scores = oneHot(object).map((p) => activate(p));
  const [x1, y1, x2, y2] = box;
  const seen = (from: number): number[] => [from - x1, y - y1, x2 - from, y2 - y];
  // The next cell sees the object a little less surely.
  const next = oneHot({ ...object, score: object.score - 0.1 }).map((p) => activate(p));
  return {
    rows,
    columns,
    cells,
    classes: table(cells, 3, activate(0), neighbour && at > 0 ? { [at]: scores, [at + 1]: next } : { [at]: scores }),
    bins: table(cells, 32, sides([0, 0, 8, 8], 4, 4, 8), { [at]: sides(box, x, y, stride) }),
    distances: table(cells, 4, stride, { [at]: seen(x), [at + 1]: seen(x + stride) }),
  };
}

const raw = (p: number): number => (p === 0 ? low : logit(p));
const done = (p: number): number => p;

/** NanoDet's planes of one grid: classes, then distributions. */
function nanodet(stride: number, centre: number, activate: (p: number) => number) {
  const { rows, columns, cells, classes, bins: distances } = level(stride, 'stretch', centre, activate);
  return { rows, columns, cells, values: [...planes(classes, cells), ...planes(distances, cells)] };
}

/** Joins planes `[35, cells]` of several grids along the cells. */
function joined(levels: readonly ReturnType<typeof nanodet>[]): number[] {
  return Array.from({ length: 35 }, (_, channel) =>
    levels.flatMap(({ cells, values }) => values.slice(channel * cells, (channel + 1) * cells)),
  ).flat();
}

const plus = [8, 16, 32, 64].map((stride) => nanodet(stride, 0, done));
const cellsOf = (levels: readonly { readonly cells: number }[]) => levels.reduce((sum, { cells }) => sum + cells, 0);

/** Models that end in planes over grids. */
export const planeCases: readonly LayoutCase[] = [
  {
    title: 'NanoDet-Plus before its channels are moved: a plane a number, logits',
    interpreter: 'nanodet-planes',
    outputs: [8, 16, 32, 64]
      .map((stride) => nanodet(stride, 0, raw))
      .map(({ rows, columns, values }, i) => ({ name: `out${i}`, shape: [1, 35, rows, columns], values }))
      .reverse(),
    preprocessing: NANODET,
  },
  {
    title: 'NanoDet of the older series in planes, scores done, cells flat',
    interpreter: 'nanodet-planes',
    outputs: [8, 16, 32]
      .map((stride) => nanodet(stride, stride / 2, done))
      .map(({ cells, values }, i) => ({ name: `out${i}`, shape: [1, 35, cells], values })),
    preprocessing: NANODET,
  },
  {
    title: 'NanoDet-Plus joined, its channels first',
    interpreter: 'nanodet-planes',
    outputs: [{ name: 'output', shape: [1, 35, cellsOf(plus)], values: joined(plus) }],
    preprocessing: NANODET,
  },
  {
    title: 'NanoDet in pairs with a batch',
    interpreter: 'nanodet',
    outputs: [8, 16, 32].flatMap((stride) => {
      const { cells, classes, bins: distances } = level(stride, 'stretch', (stride - 1) / 2, done);
      return [
        { name: `cls_pred_stride_${stride}`, shape: [1, cells, 3], values: classes },
        { name: `dis_pred_stride_${stride}`, shape: [1, cells, 32], values: distances },
      ];
    }),
    preprocessing: NANODET,
  },
  {
    title: 'RTMDet before its post-processing: neighbours see the same box',
    interpreter: 'rtmdet',
    outputs: [8, 16, 32].flatMap((stride) => {
      const { rows, columns, cells, classes, distances } = level(stride, 'letterbox-top-left', 0, raw, true);
      return [
        { name: `cls_score_${stride}`, shape: [1, 3, rows, columns], values: planes(classes, cells) },
        { name: `bbox_pred_${stride}`, shape: [1, 4, rows, columns], values: planes(distances, cells) },
      ];
    }),
    preprocessing: RTMDET,
  },
  {
    title: 'YOLOv8 with NMS for TensorRT under common names, beside a number of detections',
    interpreter: 'efficient-nms',
    outputs: [
      { name: 'num_dets', type: 'int32', shape: [1, 1], values: [2] },
      {
        name: 'bboxes',
        shape: [1, 3, 4],
        values: [...rowsOf('letterbox', (_, corners) => corners).flat(), 9, 9, 9, 9],
      },
      { name: 'scores', shape: [1, 3], values: [...OBJECTS.map(({ score }) => score), 0.5] },
      { name: 'labels', type: 'int32', shape: [1, 3], values: [2, 0, -1] },
    ],
    preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'letterbox', pad: 114 },
  },
  ...paddleCases(),
  {
    title: "Detectron2's fields, then the image's size",
    interpreter: 'detectron2',
    inputs: [{ name: 'image.1', shape: [3, 64, 96] }],
    outputs: [
      { name: '1', shape: [2, 4], declared: ['n', 4], values: rowsOf('stretch', (_, corners) => corners).flat() },
      { name: '2', type: 'int64', shape: [2], declared: ['n'], values: [2, 0] },
      { name: '3', shape: [2], declared: ['n'], values: OBJECTS.map(({ score }) => score) },
      { name: '4', type: 'int64', shape: [2], values: [64, 96] },
    ],
    preprocessing: { color: 'bgr', scale: 1, resize: 'stretch', mean: [0], std: [1] },
  },
];

/** Corners and scores of every cell over the 8, 16 and 32 px grids. */
function paddleCases(): LayoutCase[] {
  const cells = 126;
  const [boxA, boxB] = rowsOf('stretch', (_, corners) => corners);
  const corners = table(cells, 4, [3, 3, 12, 12], { 20: boxA, 110: boxB });
  const scores = table(cells, 3, 0, { 20: oneHot(OBJECTS[0]), 110: oneHot(OBJECTS[1]) });
  const preprocessing = { color: 'rgb', scale: 1 / 255, resize: 'stretch', mean: [0], std: [1] } as const;
  const rows = Array.from({ length: cells }, (_, cell) => [
    ...corners.slice(4 * cell, 4 * cell + 4),
    ...scores.slice(3 * cell, 3 * cell + 3),
  ]);
  return [
    {
      title: 'PP-YOLOE without NMS: scores by class',
      interpreter: 'paddle-raw',
      inputs: [
        { name: 'image', shape: [1, 3, 64, 96] },
        { name: 'scale_factor', shape: [1, 2] },
      ],
      outputs: [
        { name: 'tmp_16', shape: [1, cells, 4], values: corners },
        { name: 'concat_14.tmp_0', shape: [1, 3, cells], values: planes(scores, cells) },
      ],
      preprocessing,
    },
    {
      title: 'PP-YOLOE without postprocessing: corners are no middles and sizes',
      interpreter: 'paddle-raw',
      outputs: [{ name: 'concat_15.tmp_0', shape: [1, cells, 7], values: rows.flat() }],
      preprocessing,
    },
    {
      title: 'the same, named by the user',
      interpreter: 'paddle-raw',
      outputs: [{ name: 'concat_15.tmp_0', shape: [1, cells, 7], values: rows.flat() }],
      labels: ['apple', 'pear', 'plum'],
      named: ['plum', 'apple'],
      preprocessing,
    },
  ];
}

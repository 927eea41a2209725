import {
  centred,
  INPUT,
  logit,
  OBJECTS,
  oneHot,
  rowsOf,
  sides,
  table,
  type Corners,
  type LayoutCase,
} from './scene.js';

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const [A, B] = OBJECTS;
const stretchedPixels = rowsOf('stretch', (_, corners) => corners);
const low = -8;

/** Models that end in heads over grids: distributions, and EfficientDet's anchors. */
export const gridCases: readonly LayoutCase[] = [...distributionCases(), ...efficientDetHeads()];

function distributionCases(): LayoutCase[] {
  const [boxA, boxB] = stretchedPixels;
  const bgr = {
    color: 'bgr',
    scale: 1,
    resize: 'stretch',
    mean: [103.53, 116.28, 123.675],
    std: [57.375, 57.12, 58.395],
  } as const;
  const rest = sides([0, 0, 8, 8], 4, 4, 8);
  // Box (24, 16)-(72, 48): cell row 2, column 3 of the 16 px grid; box (4.8, 6.4)-(28.8, 25.6): row 2, column 2 at 8 px.
  const pairs = (centre: (stride: number) => number, strides: readonly number[]) =>
    strides.map((stride) => {
      const [rows, columns] = [Math.ceil(INPUT.height / stride), Math.ceil(INPUT.width / stride)];
      const at = stride === 16 ? 2 * columns + 3 : stride === 8 ? 2 * columns + 2 : -1;
      const [column, row, object, box] = stride === 16 ? ([3, 2, A, boxA] as const) : ([2, 2, B, boxB] as const);
      const point = (cell: number): number => cell * stride + centre(stride);
      return {
        cells: rows * columns,
        scores: table(rows * columns, 3, 0, { [at]: oneHot(object) }),
        boxes: table(rows * columns, 32, rest, { [at]: sides(box, point(column), point(row), stride) }),
      };
    });
  const nanodet = pairs((stride) => (stride - 1) / 2, [8, 16, 32]);
  const picodet = pairs((stride) => stride / 2, [8, 16, 32, 64]);
  const plus = pairs(() => 0, [8, 16, 32, 64]);
  const joined = plus.flatMap(({ cells, scores, boxes }) =>
    Array.from({ length: cells }, (_, cell) => [
      ...scores.slice(3 * cell, 3 * cell + 3),
      ...boxes.slice(32 * cell, 32 * cell + 32),
    ]),
  );
  return [
    {
      title: 'NanoDet, its outputs declared in a wrong order',
      interpreter: 'nanodet',
      outputs: nanodet.flatMap(({ cells, scores, boxes }, level) => {
        const others = nanodet[(level + 1) % 3]!;
        return [
          { name: `cls_score${level}`, shape: [cells, 3], declared: [others.cells, 3], values: scores },
          {
            name: `bbox_pred${level}`,
            shape: [cells, 32],
            declared: [nanodet[(level + 2) % 3]!.cells, 32],
            values: boxes,
          },
        ];
      }),
      preprocessing: bgr,
    },
    {
      title: 'NanoDet-Plus: cells count from their corner',
      interpreter: 'nanodet-plus',
      outputs: [{ name: 'output', shape: [1, joined.length, 35], values: joined.flat() }],
      preprocessing: bgr,
    },
    {
      title: 'PicoDet before its NMS',
      interpreter: 'picodet',
      outputs: [
        ...picodet.map(({ cells, scores }, level) => ({ name: `cls_${level}`, shape: [1, cells, 3], values: scores })),
        ...picodet.map(({ cells, boxes }, level) => ({ name: `reg_${level}`, shape: [1, cells, 32], values: boxes })),
      ],
      preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch', ...IMAGENET },
    },
  ];
}

/**
 * EfficientDet's heads over 96 x 64: levels of 12 x 8, 6 x 4, 3 x 2, 2 x 1 and 1 x 1 cells. Top-left letterboxed, the
 * first box (24, 12)-(72, 36) hangs on anchor 0 of cell row 1, column 2 of the 16 px level: centre (40, 24), side
 * 4 x 16 = 64; the second (4.8, 4.8)-(28.8, 19.2) on anchor 1 of cell row 1, column 1 of the 8 px level: centre (12, 12),
 * sides 32 x sqrt(2) wide, 32 / sqrt(2) high.
 */
function efficientDetHeads(): LayoutCase[] {
  const levels = [
    [8, 12],
    [4, 6],
    [2, 3],
    [1, 2],
    [1, 1],
  ] as const;
  const codes = (box: Corners, x: number, y: number, width: number, height: number): number[] => {
    const [cx, cy, w, h] = centred(box);
    return [(cy - y) / height, (cx - x) / width, Math.log(h / height), Math.log(w / width)];
  };
  const anchorA = codes([24, 12, 72, 36], 40, 24, 64, 64);
  const anchorB = codes([4.8, 4.8, 28.8, 19.2], 12, 12, 32 * Math.SQRT2, 32 / Math.SQRT2);
  const logits = ({ label, score }: (typeof OBJECTS)[number]): number[] =>
    [0, 1, 2].map((id) => (id === label ? logit(score) : low));
  const background = [low, low, low];
  const cellOf = (fill: readonly number[], anchor: number, row: readonly number[]): number[] =>
    Array.from({ length: 9 }, (_, index) => (index === anchor ? row : fill)).flat();
  const heads = levels.map(([rows, columns], level) => {
    const at = level === 1 ? columns + 2 : level === 0 ? columns + 1 : -1;
    const [anchor, object, code] = level === 1 ? ([0, A, anchorA] as const) : ([1, B, anchorB] as const);
    return {
      rows,
      columns,
      classes: table(rows * columns, 27, cellOf(background, -1, []), {
        [at]: cellOf(background, anchor, logits(object)),
      }),
      boxes: table(rows * columns, 36, 0, { [at]: cellOf([0, 0, 0, 0], anchor, code) }),
    };
  });
  /** `[cells, channels]` to `[channels, cells]`. */
  const planes = (values: readonly number[], cells: number): number[] => {
    const channels = values.length / cells;
    return Array.from({ length: values.length }, (_, i) => values[(i % cells) * channels + Math.floor(i / cells)]!);
  };
  const preprocessing = { color: 'rgb', scale: 1 / 255, resize: 'letterbox-top-left', ...IMAGENET } as const;
  return [
    {
      title: 'EfficientDet raw heads',
      interpreter: 'efficientdet-raw',
      outputs: [
        ...heads.map(({ rows, columns, classes }, i) => ({
          name: `class_net_${i}`,
          shape: [1, rows, columns, 27],
          values: classes,
        })),
        ...heads.map(({ rows, columns, boxes }, i) => ({
          name: `box_net_${i}`,
          shape: [1, rows, columns, 36],
          values: boxes,
        })),
      ],
      preprocessing,
    },
    {
      title: 'EfficientDet raw heads of a PyTorch port, channels first',
      interpreter: 'efficientdet-raw',
      outputs: heads.flatMap(({ rows, columns, classes, boxes }, i) => [
        { name: `cls_${i}`, shape: [1, 27, rows, columns], values: planes(classes, rows * columns) },
        { name: `reg_${i}`, shape: [1, 36, rows, columns], values: planes(boxes, rows * columns) },
      ]),
      preprocessing,
    },
  ];
}

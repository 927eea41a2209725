import { centred, logit, NAMES, OBJECTS, ultralytics, type Corners, type LayoutCase } from './scene.js';

const RGB = { color: 'rgb', scale: 1 / 255, pad: 114 } as const;

/** Numbers of one anchor: raw x, y, w, h, objectness, three classes. */
type AnchorNumbers = readonly number[];

/** Where the objects' anchors are: head by stride, then row, column, anchor. */
type Placed = Readonly<Record<string, AnchorNumbers>>;

type Axis = 'anchor' | 'value' | 'row' | 'column';

/** Orders of a head's values, the slowest axis first. */
const CHANNELS_FIRST = ['anchor', 'value', 'row', 'column'] as const;
const CHANNELS_LAST = ['row', 'column', 'anchor', 'value'] as const;
const ANCHORS_FIRST = ['anchor', 'row', 'column', 'value'] as const;

/** The values of a head of `rows` x `columns` cells in an order, background elsewhere. */
function headValues(
  order: readonly Axis[],
  rows: number,
  columns: number,
  anchors: number,
  background: AnchorNumbers,
  placed: Placed,
): number[] {
  const lengths = { anchor: anchors, value: 8, row: rows, column: columns };
  const along = ([axis, ...inner]: readonly Axis[], at: Readonly<Record<Axis, number>>): number[] =>
    axis === undefined
      ? [(placed[`${at.row},${at.column},${at.anchor}`] ?? background)[at.value]!]
      : Array.from({ length: lengths[axis] }, (_, index) => along(inner, { ...at, [axis]: index })).flat();
  return along(order, { anchor: 0, value: 0, row: 0, column: 0 });
}

/** Stride, rows and columns of the grids over an input of 96 x 64 pixels. */
const GRIDS = [
  [8, 8, 12],
  [16, 4, 6],
  [32, 2, 3],
] as const;

type PlacedByStride = Readonly<Record<number, Placed>>;

/** Heads as darknet gives them, coarse first. */
function darknet(heads: PlacedByStride, background: AnchorNumbers) {
  return [...GRIDS].reverse().map(([stride, rows, columns]) => ({
    name: `yolo_${stride}`,
    shape: [1, 24, rows, columns],
    values: headValues(CHANNELS_FIRST, rows, columns, 3, background, heads[stride] ?? {}),
  }));
}

/** Models that end in raw heads of anchors. */
export const headCases: readonly LayoutCase[] = cases();

function cases(): LayoutCase[] {
  const low = logit(0.001);
  const rawBackground = [-2, 3, 0, 0, low, low, low, low];
  const doneBackground = [0.5, 0.5, 0, 0, 0, 0, 0, 0];
  const [a, b] = [OBJECTS[0].score, OBJECTS[1].score];
  const sizes = (corners: Corners, anchor: readonly [number, number]): [number, number] => {
    const [, , w, h] = centred(corners);
    return [Math.log(w / anchor[0]), Math.log(h / anchor[1])];
  };
  const boxA: Corners = [24, 20, 72, 44];
  const boxB: Corners = [4.8, 12.8, 28.8, 27.2];
  // Letterboxed, the first object's centre (48, 32) is at column 3, row 2 of the 16 px grid, in the corner of its cell
  // ("0" is out of reach of a sigmoid), so it is given by the cell before, at 1 less a little; the second's (16.8, 20)
  // is at column 2.1, row 2.5 of the 8 px grid.
  const almost = 1 - 1e-7;
  const v3 = {
    raw: {
      16: { '1,2,1': [logit(almost), logit(almost), ...sizes(boxA, [62, 45]), 20, low, low, logit(a)] },
      8: { '2,2,0': [logit(0.1), logit(0.5), ...sizes(boxB, [10, 13]), 20, logit(b), low, low] },
    },
    done: {
      16: { '1,2,1': [1, 1, ...sizes(boxA, [62, 45]), 1, 0, 0, a] },
      8: { '2,2,0': [0.1, 0.5, ...sizes(boxB, [10, 13]), 1, b, 0, 0] },
    },
  };
  // v4's centres: s sigmoid(x) - (s - 1) / 2 with s = 1.1 at 16 px, 1.2 at 8 px.
  const inverse = (offset: number, s: number): number => logit((offset + (s - 1) / 2) / s);
  const v4 = {
    16: { '2,3,1': [inverse(0, 1.1), inverse(0, 1.1), ...sizes(boxA, [76, 55]), 20, low, low, logit(a)] },
    8: { '2,2,0': [inverse(0.1, 1.2), inverse(0.5, 1.2), ...sizes(boxB, [12, 16]), 20, logit(b), low, low] },
  };
  const v4Done = {
    16: { '2,3,1': [...v4[16]['2,3,1'].slice(0, 4), 1, 0, 0, a] },
    8: { '2,2,0': [...v4[8]['2,2,0'].slice(0, 4), 1, b, 0, 0] },
  };
  // v5's: 2 sigmoid(x) - 0.5; sizes (2 sigmoid(w))^2.
  const square = (length: number, anchor: number): number => logit(Math.sqrt(length / anchor) / 2);
  const squares = ([fine, coarse]: readonly (readonly [number, number])[]) => ({
    16: { '2,3,1': [logit(0.25), logit(0.25), square(48, coarse![0]), square(24, coarse![1]), 20, low, low, logit(a)] },
    8: { '2,2,0': [logit(0.3), logit(0.5), square(24, fine![0]), square(14.4, fine![1]), 20, logit(b), low, low] },
  });
  const v5 = squares([
    [10, 13],
    [62, 45],
  ]);
  const v7 = squares([
    [12, 16],
    [76, 55],
  ]);
  const zoo = (heads: PlacedByStride, background: AnchorNumbers) =>
    GRIDS.map(([stride, rows, columns], index) => ({
      name: `Identity_${index}:0`,
      shape: [1, rows, columns, 3, 8],
      values: headValues(CHANNELS_LAST, rows, columns, 3, background, heads[stride] ?? {}),
    }));
  const separate = (heads: PlacedByStride) =>
    GRIDS.map(([stride, rows, columns], index) => ({
      name: `output${index}`,
      shape: [1, 3, rows, columns, 8],
      values: headValues(ANCHORS_FIRST, rows, columns, 3, rawBackground, heads[stride] ?? {}),
    }));
  const v3Preprocessing = { color: 'rgb', scale: 1 / 255, resize: 'letterbox', pad: 128 } as const;
  // YOLOv2, stretched: centres (48, 32) and (16.8, 16): column 1.5, row 1 and column 0.525, row 0.5 of the 32 px grid.
  const v2Anchors = [0.57273, 0.677385, 1.87446, 2.06253].map((size) => 32 * size);
  const v2Cells = {
    '1,1,1': [0.5, 0, Math.log(48 / v2Anchors[2]!), Math.log(32 / v2Anchors[3]!), 1, 0, 0, a],
    '0,0,0': [0.525, 0.5, Math.log(24 / v2Anchors[0]!), Math.log(19.2 / v2Anchors[1]!), 1, b, 0, 0],
  };
  return [
    {
      title: 'YOLOv3 through RegionYolo',
      interpreter: 'yolov3',
      outputs: darknet(v3.done, doneBackground),
      preprocessing: v3Preprocessing,
    },
    {
      title: 'YOLOv3, raw, which YOLOv4 may be as well',
      interpreter: 'yolov3',
      chosenByUser: true,
      outputs: darknet(v3.raw, rawBackground),
      preprocessing: v3Preprocessing,
    },
    {
      title: 'YOLOv4 of the ONNX Model Zoo, channels last, scores done',
      interpreter: 'yolov4',
      inputs: [{ name: 'input_1:0', shape: ['N', 64, 96, 3] }],
      outputs: zoo(v4Done, [-2, 3, 0, 0, 0, 0, 0, 0]),
      preprocessing: { ...v3Preprocessing, layout: 'nhwc' },
    },
    {
      title: 'YOLOv4, all raw',
      interpreter: 'yolov4',
      inputs: [{ name: 'input_1:0', shape: ['N', 64, 96, 3] }],
      outputs: zoo(v4, rawBackground),
      preprocessing: { ...v3Preprocessing, layout: 'nhwc' },
    },
    {
      title: 'YOLOv5 raw heads, known by its metadata',
      interpreter: 'yolov5-heads',
      metadata: ultralytics(NAMES),
      named: ['plum', 'apple'],
      outputs: separate(v5),
      preprocessing: { ...RGB, resize: 'letterbox' },
    },
    {
      title: 'YOLOv7 raw heads, which YOLOv5 may be as well',
      interpreter: 'yolov7-heads',
      chosenByUser: true,
      outputs: separate(v7),
      preprocessing: { ...RGB, resize: 'letterbox' },
    },
    {
      title: 'YOLOv2 through RegionYolo, flat, named by the user',
      interpreter: 'yolov2',
      chosenByUser: true,
      outputs: [
        { name: 'region', shape: [1, 40 * 6], values: headValues(CHANNELS_FIRST, 2, 3, 5, doneBackground, v2Cells) },
      ],
      labels: NAMES,
      named: ['plum', 'apple'],
      preprocessing: { color: 'rgb', scale: 1 / 255, resize: 'stretch' },
    },
  ];
}

/** Raw darknet heads, which YOLOv3 and YOLOv4 share. */
export const darknetHeads = darknet({}, [-2, 3, 0, 0, -7, -7, -7, -7]);

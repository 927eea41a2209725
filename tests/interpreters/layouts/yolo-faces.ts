import type { Emitted } from '../../helpers/emit.js';
import {
  centred,
  INPUT,
  IN_INPUT,
  logit,
  OBJECTS,
  rowsOf,
  table,
  transposed,
  type Corners,
  type LayoutCase,
  type SceneObject,
} from './scene.js';

const [A, B] = OBJECTS;
const FACES = { ids: [0, 0] as const, named: ['face', 'face'] as const };
/** Rows and columns of a grid over the input. */
const grid = (stride: number): [rows: number, columns: number] => [INPUT.height / stride, INPUT.width / stride];

/** YOLOv5-face: heads and tables with landmarks before the classes. */
export const yolov5FaceCases: readonly LayoutCase[] = yolov5Faces();

function yolov5Faces(): LayoutCase[] {
  const preprocessing = { color: 'rgb', scale: 1 / 255, resize: 'letterbox', pad: 114 } as const;
  const size = (length: number, anchor: number): number => logit(Math.sqrt(length / anchor) / 2);
  const points = [-0.4, -0.3, 0.4, -0.3, 0, 0.1, -0.3, 0.5, 0.3, 1.2];
  const background = [0, 0, 1.6, 1.6, -12, ...points, 4];
  const [boxA, boxB] = IN_INPUT.letterbox;
  // A: row 2, column 3 at 16 px, anchor 43 x 55; B: row 2, column 2 at 8 px, anchor 13 x 16.
  const placed: Readonly<Record<number, Readonly<Record<string, readonly number[]>>>> = {
    16: { '1,2,3': [logit(0.25), logit(0.25), size(48, 43), size(24, 55), logit(A.score), ...points, 20] },
    8: { '2,2,2': [logit(0.3), logit(0.5), size(24, 13), size(14.4, 16), logit(B.score), ...points, 20] },
  };
  const cells = (stride: number): number[][] => {
    const [rows, columns] = grid(stride);
    return [0, 1, 2].flatMap((anchor) =>
      Array.from({ length: rows * columns }, (_, cell) => [
        ...(placed[stride]?.[`${anchor},${Math.floor(cell / columns)},${cell % columns}`] ?? background),
      ]),
    );
  };
  const pixels = [30, 20, 50, 20, 40, 30, 32, 38, 48, 38];
  const rowOf = ({ score }: SceneObject, box: Corners, classes: readonly number[]): number[] => [
    ...centred(box),
    score,
    ...pixels,
    ...classes,
  ];
  const tableOf = (a: readonly number[], b: readonly number[], rest: readonly number[]): Emitted => ({
    name: 'output',
    shape: [1, 378, 15 + rest.length],
    values: table(378, 15 + rest.length, [8, 8, 8, 8, 0.001, ...pixels, ...rest], {
      40: rowOf(A, boxA, a),
      300: rowOf(B, boxB, b),
    }),
  });
  return [
    {
      title: 'YOLOv5-face, raw heads with landmarks',
      interpreter: 'yolov5-face',
      outputs: [8, 16, 32].map((stride) => ({
        name: `stride_${stride}`,
        shape: [1, 3, ...grid(stride), 16],
        values: cells(stride).flat(),
      })),
      ...FACES,
      preprocessing,
    },
    {
      title: 'YOLOv5-face, raw heads in planes, cut before they are arranged',
      interpreter: 'yolov5-face',
      outputs: [32, 16, 8].map((stride) => {
        const [rows, columns] = grid(stride);
        const rowsOfAnchors = cells(stride);
        const planes = [0, 1, 2].flatMap((anchor) =>
          transposed(rowsOfAnchors.slice(anchor * rows * columns, (anchor + 1) * rows * columns).flat(), 16),
        );
        return { name: `head_${stride}`, shape: [1, 48, rows, columns], values: planes };
      }),
      ...FACES,
      preprocessing,
    },
    {
      title: 'YOLOv5-face, decoded',
      interpreter: 'yolov5-face',
      outputs: [tableOf([1], [1], [0.99])],
      ...FACES,
      preprocessing,
    },
    {
      title: 'YOLOv5-face of two classes, named by the user',
      interpreter: 'yolov5-face',
      outputs: [tableOf([0, 1], [1, 0], [0.5, 0.5])],
      labels: ['face', 'mask'],
      ids: [1, 0],
      named: ['mask', 'face'],
      preprocessing,
    },
  ];
}

/** Eleven classes in as many numbers as five landmarks and the face: raw heads of YOLOv5 or YOLOv7. */
export const elevenClassHeads: readonly Emitted[] = [8, 16, 32].map((stride) => {
  const [rows, columns] = grid(stride);
  return {
    name: `stride_${stride}`,
    shape: [1, 3, rows, columns, 16],
    values: table(3 * rows * columns, 16, [-2, 3, 0, 0, -7, ...new Array<number>(10).fill(-6), 2], {}),
  };
});

/** The same decoded by YOLOv5's detection layer. */
export const elevenClassTable: Emitted = {
  name: 'output0',
  shape: [1, 378, 16],
  values: table(378, 16, [20, 20, 9, 9, 0.01, ...new Array<number>(11).fill(0.2)], {
    7: [...rowsOf('letterbox', (_, corners) => centred(corners))[0], 0.9, ...new Array<number>(11).fill(0.1)],
  }),
};

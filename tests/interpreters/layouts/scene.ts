/** The image of the layout tests, two objects in it, and where they come to lie in the models' input. */
import type { EmittedInput, Emitted } from '../../helpers/emit.js';

/** Twice as wide as high, so that letterbox and stretch differ on both axes. */
export const IMAGE = { width: 200, height: 100 };
/** The input: neither square nor of the image's shape. All scaled sizes below are whole pixels. */
export const INPUT = { width: 96, height: 64 };
/** Names of the models' three classes. */
export const NAMES = ['apple', 'pear', 'plum'];

export type Corners = readonly [x1: number, y1: number, x2: number, y2: number];

export interface SceneObject {
  /** Number of the class, from 0. */
  readonly label: number;
  readonly score: number;
  /** In pixels of the image. */
  readonly corners: Corners;
}

export const OBJECTS: readonly [SceneObject, SceneObject] = [
  { label: 2, score: 0.9, corners: [50, 25, 150, 75] },
  { label: 0, score: 0.6, corners: [10, 10, 60, 40] },
];

/** The same two boxes in pixels of the input, computed by hand. */
export const IN_INPUT: Readonly<Record<'stretch' | 'letterbox' | 'letterbox-top-left', readonly [Corners, Corners]>> = {
  // 200 x 100 to 96 x 64: 0.48 across, 0.64 down.
  stretch: [
    [24, 16, 72, 48],
    [4.8, 6.4, 28.8, 25.6],
  ],
  // 0.48 both ways is 96 x 48, 8 rows of border above.
  letterbox: [
    [24, 20, 72, 44],
    [4.8, 12.8, 28.8, 27.2],
  ],
  'letterbox-top-left': [
    [24, 12, 72, 36],
    [4.8, 4.8, 28.8, 19.2],
  ],
};

/** A model that finds the two objects, in one family's layout. */
export interface LayoutCase {
  readonly title: string;
  /** The interpreter that must be chosen. */
  readonly interpreter: string;
  /** The user has to choose it, since other readings fit as well. */
  readonly chosenByUser?: boolean;
  readonly inputs?: readonly EmittedInput[];
  readonly outputs: readonly Emitted[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Names given by the user. */
  readonly labels?: readonly string[];
  /** What is decoded for the classes 2 and 0 of the objects; the same where absent. */
  readonly ids?: readonly [number, number];
  /** What must be known of the preprocessing. */
  readonly preprocessing: {
    readonly color: 'rgb' | 'bgr';
    readonly resize: 'stretch' | 'letterbox' | 'letterbox-top-left';
    readonly scale: number;
    readonly layout?: 'nchw' | 'nhwc';
    readonly mean?: readonly number[];
    readonly std?: readonly number[];
    readonly pad?: number;
  };
  /** Names of the two objects' classes, where names are known. */
  readonly named?: readonly [string, string];
}

export const NCHW: readonly EmittedInput[] = [{ name: 'images', shape: [1, 3, INPUT.height, INPUT.width] }];
export const NHWC_BYTES: readonly EmittedInput[] = [
  { name: 'input_tensor', type: 'uint8', shape: [1, 'height', 'width', 3] },
];

/** Ultralytics' metadata. */
export function ultralytics(names: readonly string[], task = 'detect'): Record<string, string> {
  return {
    names: `{${names.map((name, id) => `${id}: '${name}'`).join(', ')}}`,
    stride: '32',
    task,
    imgsz: `[${INPUT.height}, ${INPUT.width}]`,
  };
}

/** Centre and size of a box. */
export function centred([x1, y1, x2, y2]: Corners): Corners {
  return [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1];
}

/** A box in 0..1 of the input. */
export function inUnits([a, b, c, d]: Corners): Corners {
  return [a / INPUT.width, b / INPUT.height, c / INPUT.width, d / INPUT.height];
}

/** y before x. */
export function flipped([a, b, c, d]: Corners): Corners {
  return [b, a, d, c];
}

export function logit(p: number): number {
  return Math.log(p / (1 - p));
}

/** `[rows, columns]` of one value, with some rows replaced. */
export function table(
  rows: number,
  columns: number,
  fill: number | readonly number[],
  replaced: Readonly<Record<number, readonly number[]>>,
): number[] {
  const rest = typeof fill === 'number' ? new Array<number>(columns).fill(fill) : fill;
  return Array.from({ length: rows }, (_, row) => replaced[row] ?? rest).flat();
}

/** Rows become columns: `[rows, columns]` to `[columns, rows]`. */
export function transposed(values: readonly number[], columns: number): number[] {
  const rows = values.length / columns;
  return Array.from({ length: values.length }, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}

/** Scores of three classes, one of them the object's. */
export function oneHot({ label, score }: SceneObject, rest = 0): number[] {
  return [0, 1, 2].map((id) => (id === label ? score : rest));
}

/** A row for each object from a function of it and its box in the input. */
export function rowsOf<Row extends readonly number[]>(
  resize: keyof typeof IN_INPUT,
  row: (object: SceneObject, corners: Corners) => Row,
): readonly [Row, Row] {
  const [first, second] = IN_INPUT[resize];
  return [row(OBJECTS[0], first), row(OBJECTS[1], second)];
}

/**
 * Logits of 8 bins whose softmax mean is a distance in strides: two neighbouring bins share the weight.
 */
function bins(distance: number): number[] {
  const below = Math.floor(distance);
  const share = distance - below;
  return Array.from({ length: 8 }, (_, bin) =>
    bin === below ? Math.log(1 - share + 1e-12) : bin === below + 1 ? Math.log(share + 1e-12) : -60,
  );
}

/** The four distributions of a box seen from a point, at a stride. */
export function sides([x1, y1, x2, y2]: Corners, x: number, y: number, stride: number): number[] {
  return [x - x1, y - y1, x2 - x, y2 - y].flatMap((distance) => bins(distance / stride));
}

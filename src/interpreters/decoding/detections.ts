import type { Tensor } from '../../launchers/types.js';
import { LARGEST_ANGLE } from './oriented.js';

/** Columns of a table of final detections `[..., columns]`. */
export interface DetectionColumns {
  /** First of the four columns x1, y1, x2, y2. */
  readonly box: number;
  readonly score: number;
  readonly label: number;
  /** Number of the image in the batch; null where there is no such column. */
  readonly image: number | null;
  /** The column of an angle: the box is then cx, cy, w, h; absent where the corners are given. */
  readonly angle?: number | null;
}

/** Room for float16 exports and scores rounded at 1. */
const TOLERANCE = 1e-3;

/**
 * Whether every row of a sample could be a detection of that layout: whole class and image numbers, a score in 0..1,
 * corners in order. True of an empty table too.
 */
export function looksLikeDetections({ data, shape }: Tensor, columns: DetectionColumns): boolean {
  const width = shape.at(-1) ?? 0;
  for (let at = 0; at < data.length; at += width) {
    const score = data[at + columns.score]!;
    const label = data[at + columns.label]!;
    const image = columns.image === null ? 0 : data[at + columns.image]!;
    const [x1, y1, x2, y2] = data.subarray(at + columns.box, at + columns.box + 4);
    // Unused rows are zeros, or -1 throughout.
    if (isNothing(score) || label < -0.5 || image < -0.5) continue;
    if (!(score > 0 && score < 1 + TOLERANCE)) return false;
    if (!isWhole(label) || !isWhole(image)) return false;
    if (columns.angle == null) {
      if (!(x2! >= x1! && y2! >= y1!)) return false;
    } else if (!(x2! >= 0 && y2! >= 0 && Math.abs(data[at + columns.angle]!) <= LARGEST_ANGLE)) return false;
  }
  return true;
}

/** Numbers of classes and images have been through the model's arithmetic. */
function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < TOLERANCE;
}

/** Too small a score for a detection. */
function isNothing(score: number): boolean {
  return Math.abs(score) < 1e-6;
}

/** Whether the scores of a table never rise from row to row, as those of a top-k and of NMS do. */
export function scoresFall({ data, shape }: Tensor, { score }: DetectionColumns): boolean {
  const width = shape.at(-1) ?? 1;
  const perImage = width * (shape.at(-2) ?? 1);
  for (let at = width; at < data.length; at += width) {
    if (at % perImage !== 0 && data[at + score]! > data[at - width + score]! + TOLERANCE) return false;
  }
  return true;
}

/** Whether a sample has any row that could be a detection. */
export function hasRows({ data, shape }: Tensor, { score }: DetectionColumns): boolean {
  const width = shape.at(-1) ?? 1;
  for (let at = 0; at < data.length; at += width)
    if (data[at + score]! > 0 && !isNothing(data[at + score]!)) return true;
  return false;
}

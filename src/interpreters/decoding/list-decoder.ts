import type { Prediction } from '../../annotations/index.js';
import type { Tensor } from '../../launchers/types.js';
import { singlePrediction } from './boxes.js';
import type { DetectionColumns } from './detections.js';
import { writeEnclosing } from './oriented.js';
import { reusedFloats, reusedLabels } from './outputs.js';

/** How the rows of a detection list are read. */
export interface ListLayout extends DetectionColumns {
  /** The column of an angle in radians: boxes are then cx, cy, w, h turned by it, and their enclosing ones are given. */
  readonly angle?: number | null;
  /** Input pixels for one unit of the boxes; 1 where they are pixels. */
  readonly scaleX?: number;
  readonly scaleY?: number;
}

/**
 * Reads tables of final detections. Rows of a negative class are padding and left out; a negative number of the image
 * ends the list; all others are kept, whatever their score.
 *
 * @returns a function of a table `[..., columns]`, the number of images, and, where the rows of the images follow one
 *   another, how many belong to each. Otherwise images are told apart by a first axis of their number, or by the column.
 */
export function listDecoder({
  box,
  score: scoreColumn,
  label: labelColumn,
  image: imageColumn,
  angle = null,
  scaleX = 1,
  scaleY = 1,
}: ListLayout): (table: Tensor, images: number, counts?: ArrayLike<number> | null) => Prediction[] {
  const boxesOf = reusedFloats();
  const scoresOf = reusedFloats();
  const labelsOf = reusedLabels();
  return ({ data, shape }, images, counts = null) => {
    const width = shape.at(-1) ?? 1;
    const rows = data.length / width;
    const blocked = images === 1 || (shape.length > 2 && shape[0] === images);
    let first = 0;
    return Array.from({ length: images }, (_, image) => {
      const length = counts?.[image] ?? (blocked ? rows / images : rows);
      const boxes = boxesOf(image, 4 * length);
      const scores = scoresOf(image, length);
      const labels = labelsOf(image, length);
      let count = 0;
      for (let at = first * width; at < (first + length) * width; at += width) {
        const number = imageColumn === null ? image : Math.round(data[at + imageColumn]!);
        const label = Math.round(data[at + labelColumn]!);
        if (number < 0) break;
        // In a list of its own an image's number says nothing: some exporters write 1.
        if (label < 0 || (!blocked && number !== image)) continue;
        const a = data[at + box]! * scaleX;
        const b = data[at + box + 1]! * scaleY;
        const c = data[at + box + 2]! * scaleX;
        const d = data[at + box + 3]! * scaleY;
        if (angle === null) {
          boxes[4 * count] = a;
          boxes[4 * count + 1] = b;
          boxes[4 * count + 2] = c;
          boxes[4 * count + 3] = d;
        } else {
          writeEnclosing(a, b, c, d, data[at + angle]!, boxes, 4 * count);
        }
        labels[count] = label;
        scores[count] = data[at + scoreColumn]!;
        count += 1;
      }
      if (blocked || counts !== null) first += length;
      return singlePrediction(
        count,
        boxes.subarray(0, 4 * count),
        labels.subarray(0, count),
        scores.subarray(0, count),
      );
    });
  };
}

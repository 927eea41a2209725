import type { Tensor } from '../../launchers/types.js';
import { plainName, type KnownOutput } from '../contract/evidence.js';
import type { Decoder } from '../contract/types.js';
import { singlePrediction } from './boxes.js';
import { layoutError, outputNamed, outputWhere, reusedFloats, reusedLabels } from './outputs.js';

/** Boxes with their scores, and the classes beside them. */
export interface ScoredRows {
  readonly boxes: KnownOutput;
  readonly labels: KnownOutput | null;
}

/**
 * Finds an output `[N, K, 5]` or `[K, 5]` and one of labels that has a number for each of its rows; null where there is
 * no such output or more than one. Five class logits a query, called labels, are no boxes.
 */
export function scoredRows(outputs: readonly KnownOutput[]): ScoredRows | null {
  const [boxes, ...rest] = outputs.filter(
    ({ name, shape }) =>
      (shape.length === 2 || shape.length === 3) && shape.at(-1) === 5 && !/label|class|logit/.test(plainName(name)),
  );
  if (boxes === undefined || rest.length > 0) return null;
  const labels = outputs.find(
    ({ name, shape }) => plainName(name).includes('labels') && shape.length === boxes.shape.length - 1,
  );
  return { boxes, labels: labels ?? null };
}

/**
 * A decoder of rows x1, y1, x2, y2, score in pixels of the input, and of their classes. Rows of a negative class are
 * padding and left out.
 *
 * @param names the output of boxes, the one with 5 columns where null; that of classes, all of which are 0 where null.
 */
export function scoredRowsDecoder(
  family: string,
  names: { readonly boxes: string | null; readonly labels: string | null },
): Decoder {
  const boxesOf = reusedFloats();
  const scoresOf = reusedFloats();
  const labelsOf = reusedLabels();
  return {
    decode: (outputs, { count: images }) => {
      const rows =
        names.boxes === null ? outputWhere(outputs, (shape) => shape.at(-1) === 5) : outputNamed(outputs, names.boxes);
      const classes: Tensor | null = names.labels === null ? null : outputNamed(outputs, names.labels);
      const perImage = rows === null ? NaN : rows.data.length / 5 / images;
      if (
        rows === null ||
        !Number.isInteger(perImage) ||
        (classes !== null && classes.data.length < perImage * images)
      ) {
        throw layoutError(family, `boxes [${images}, K, 5] and labels [${images}, K]`, outputs);
      }
      const { data } = rows;
      return Array.from({ length: images }, (_, image) => {
        const boxes = boxesOf(image, 4 * perImage);
        const scores = scoresOf(image, perImage);
        const labels = labelsOf(image, perImage);
        let count = 0;
        for (let row = image * perImage; row < (image + 1) * perImage; row++) {
          const label = classes === null ? 0 : Math.round(classes.data[row]!);
          if (label < 0) continue;
          boxes[4 * count] = data[5 * row]!;
          boxes[4 * count + 1] = data[5 * row + 1]!;
          boxes[4 * count + 2] = data[5 * row + 2]!;
          boxes[4 * count + 3] = data[5 * row + 3]!;
          scores[count] = data[5 * row + 4]!;
          labels[count] = label;
          count += 1;
        }
        return singlePrediction(
          count,
          boxes.subarray(0, 4 * count),
          labels.subarray(0, count),
          scores.subarray(0, count),
        );
      });
    },
  };
}

import type { ClassVectors } from '../../annotations/index.js';
import { classVectors, vectorPrediction, writeCorners } from './boxes.js';
import { layoutError, outputNamed, reusedFloats } from './outputs.js';
import type { Decoder, InputSize } from '../contract/types.js';

/**
 * A decoder of query detectors: boxes `[N, Q, 4]` as cx, cy, w, h in 0..1 of the input, logits `[N, Q, columns]`.
 *
 * @param activation `softmax` with a no-object class as last column, or `sigmoid` without.
 * @param noneSlots columns behind the classes that are left out of sigmoids.
 */
export function queryDecoder(
  family: string,
  names: { readonly logits: string; readonly boxes: string },
  activation: Extract<ClassVectors['activation'], 'softmax' | 'sigmoid'>,
  input: InputSize,
  noneSlots = 0,
): Decoder {
  const boxesOf = reusedFloats();
  const extra = activation === 'softmax' ? 1 : noneSlots;
  return {
    decode: (outputs, { count: images }) => {
      const boxes = outputNamed(outputs, names.boxes);
      const logits = outputNamed(outputs, names.logits);
      const [, queries = 0, columns = 0] = logits.shape;
      if (boxes.data.length !== 4 * queries * images || columns <= extra) {
        throw layoutError(
          family,
          `boxes [${images}, Q, 4] and logits [${images}, Q, classes${extra ? ' + 1' : ''}]`,
          outputs,
        );
      }
      return Array.from({ length: images }, (_, image) => {
        const corners = boxesOf(image, 4 * queries);
        const rows = { data: boxes.data, offset: 4 * queries * image, rowStride: 4, columnStride: 1 };
        writeCorners(rows, queries, 'cxcywh', input.width, input.height, corners);
        const classes = { data: logits.data, offset: queries * columns * image, rowStride: columns, columnStride: 1 };
        return vectorPrediction(
          queries,
          corners,
          classVectors(classes, columns - extra, activation, activation === 'softmax' ? 1 : 0),
        );
      });
    },
  };
}

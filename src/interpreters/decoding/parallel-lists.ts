import type { Prediction } from '../../annotations/index.js';
import type { Tensor } from '../../launchers/types.js';
import { singlePrediction, writeCorners, type BoxFormat } from './boxes.js';
import { layoutError, outputNamed, reusedFloats, reusedLabels } from './outputs.js';
import type { ParallelNames } from './parallel-outputs.js';
import type { Decoder } from '../contract/types.js';

/** Final detections as parallel outputs: boxes `[N, K, 4]`, scores `[N, K]`, classes `[N, K]`, perhaps counts `[N]`. */
interface ParallelLists {
  readonly boxes: Tensor;
  readonly scores: Tensor;
  readonly labels: Tensor;
  /** How many of the K are valid; all where null. */
  readonly counts: Tensor | null;
}

/**
 * A decoder of parallel lists under the names of a model's outputs. Without an axis of images there must be one image.
 *
 * @param scaleX, scaleY input pixels for one unit of the boxes.
 */
export function parallelDecoder(
  family: string,
  names: Omit<ParallelNames, 'counts'> & { readonly counts?: string | null },
  format: BoxFormat,
  scaleX = 1,
  scaleY = 1,
): Decoder {
  const read = parallelListDecoder(format, scaleX, scaleY);
  return {
    decode: (outputs, { count }) => {
      const boxes = outputNamed(outputs, names.boxes);
      const scores = outputNamed(outputs, names.scores);
      const labels = outputNamed(outputs, names.labels);
      const rows = boxes.data.length / 4 / count;
      if (!Number.isInteger(rows) || scores.data.length < rows * count || labels.data.length < rows * count) {
        throw layoutError(family, `boxes [${count}, K, 4], scores [${count}, K] and classes [${count}, K]`, outputs);
      }
      return read({ boxes, scores, labels, counts: outputs[names.counts ?? ''] ?? null }, count);
    },
  };
}

/** Reads parallel lists of final detections. */
function parallelListDecoder(
  format: BoxFormat,
  scaleX: number,
  scaleY: number,
): (lists: ParallelLists, images: number) => Prediction[] {
  const boxesOf = reusedFloats();
  const labelsOf = reusedLabels();
  return ({ boxes: { data }, scores, labels, counts }, images) => {
    const rows = data.length / 4 / images;
    return Array.from({ length: images }, (_, image) => {
      const count = Math.min(rows, Math.max(0, Math.round(counts?.data[image] ?? rows)));
      const boxes = boxesOf(image, 4 * count);
      const table = { data, offset: 4 * rows * image, rowStride: 4, columnStride: 1 };
      writeCorners(table, count, format, scaleX, scaleY, boxes);
      const ids = labelsOf(image, count);
      for (let row = 0; row < count; row++) ids[row] = Math.round(labels.data[image * rows + row]!);
      return singlePrediction(count, boxes, ids, scores.data.subarray(image * rows, image * rows + count));
    });
  };
}

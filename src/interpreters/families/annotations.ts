import { z } from 'zod';
import type { Prediction } from '../../annotations/index.js';
import { singlePrediction } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { layoutError, outputNamed, reusedLabels } from '../decoding/outputs.js';
import { preprocessingOf } from '../contract/preprocessing.js';

/** The metadata key under which a launcher says that its model answers classes and boxes, not raw outputs. */
const KEY = 'datum.answers';

/**
 * Models whose runtime answers classes and boxes themselves, such as an object in Python: scores `[N, C]` of classes of the whole
 * image, boxes `[N, K, 4]` as x1, y1, x2, y2 in pixels of the input, their box_scores and box_labels `[N, K]`, and counts `[N, 2]`: how
 * many of C and of K an image has, -1 where it has objects alone, also where none is found.
 *
 * Source: this project's `src/python/child/host.py`.
 */
export const annotations = defineInterpreter({
  name: 'annotations',
  task: 'either',
  truncated: false,
  nms: 0.5,
  options: z.object({}),
  preprocessing: () => preprocessingOf({ layout: 'nhwc', scale: 1, resize: 'letterbox' }),
  recognise: ({ signature: { metadata } }) =>
    metadata[KEY] === 'annotations'
      ? {
          confidence: 'certain',
          reason: 'the model answers classes and boxes itself',
          options: {},
          classes: { count: null, numbering: 'zero' },
        }
      : null,
  create: () => {
    const labelsOf = reusedLabels();
    return {
      decode: (outputs, { count: images }) => {
        const [scores, boxes, boxScores, boxLabels, counts] = [
          'scores',
          'boxes',
          'box_scores',
          'box_labels',
          'counts',
        ].map((name) => outputNamed(outputs, name)) as [Output, Output, Output, Output, Output];
        const classes = scores.data.length / images;
        const rows = boxScores.data.length / images;
        if (counts.data.length !== 2 * images || boxes.data.length !== 4 * rows * images) {
          throw layoutError('annotations', `counts [${images}, 2] and boxes [${images}, K, 4]`, outputs);
        }
        return Array.from({ length: images }, (_, image): Prediction => {
          const [given = 0, found = 0] = counts.data.subarray(2 * image, 2 * image + 2);
          const labels = labelsOf(image, found);
          for (let row = 0; row < found; row++) labels[row] = boxLabels.data[image * rows + row]!;
          const start = image * rows;
          const { proposals } = singlePrediction(
            found,
            boxes.data.subarray(4 * start, 4 * (start + found)),
            labels,
            boxScores.data.subarray(start, start + found),
          );
          return {
            scores:
              given > 0 || (given === 0 && found === 0)
                ? scores.data.subarray(image * classes, (image + 1) * classes)
                : null,
            proposals: found > 0 || given <= 0 ? proposals : null,
          };
        });
      },
    };
  },
});

type Output = ReturnType<typeof outputNamed>;

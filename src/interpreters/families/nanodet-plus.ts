import { z } from 'zod';
import { classVectors, columnsFrom, vectorPrediction } from '../decoding/boxes.js';
import { defineInterpreter } from '../contract/define.js';
import { denseTable } from '../decoding/dense.js';
import { writeDistributions } from '../decoding/distribution.js';
import { inputSize, knownOutputs, namedClasses } from '../contract/evidence.js';
import { anchorFreeGrid } from '../decoding/grid.js';
import { layoutError, outputWhere, reusedFloats, shapeText } from '../decoding/outputs.js';
import { NANODET } from './nanodet-preprocessing.js';

/** Distances of 0 to 7 strides. */
const BINS = 8;
const STRIDES = { plus: [8, 16, 32, 64], old: [8, 16, 32] } as const;

const options = z.object({
  series: z
    .enum(['plus', 'old'])
    .default('plus')
    .describe('plus: four grids, cells start at their corner; old: three, centred'),
});

/**
 * NanoDet-Plus: one output `[N, cells, classes + 32]` over the 8, 16, 32 and 64 px grids: class scores through a
 * sigmoid, then distributions of the distances to the four sides, from the cell's corner. Late exports of the older
 * NanoDet look the same with three grids and count from the cell's centre.
 * Input: BGR less the mean over the deviation, in 0..255; stretched.
 *
 * Source: RangiLyu/nanodet `nanodet/model/head/nanodet_plus_head.py` (get_single_level_center_priors,
 * `_forward_onnx`), `gfl_head.py`, `tools/export_onnx.py`.
 */
export const nanodetPlus = defineInterpreter({
  name: 'nanodet-plus',
  task: 'detection',
  truncated: false,
  nms: 0.6,
  options,
  preprocessing: () => NANODET,
  recognise: (evidence) => {
    const [output, ...others] = knownOutputs(evidence);
    const size = inputSize(evidence);
    if (output === undefined || others.length > 0 || size === null || output.shape.length !== 3) return null;
    const [, cells = null, columns = null] = output.shape;
    if (cells === null || columns === null || columns <= 4 * BINS) return null;
    const series = (['plus', 'old'] as const).find(
      (name) => anchorFreeGrid(size, STRIDES[name], 'ceil').count === cells,
    );
    if (series === undefined) return null;
    const classes = columns - 4 * BINS;
    const named = namedClasses(evidence);
    if (named !== null && named !== classes) return null;
    const told =
      named === classes || classes === 80 || (output.sample !== null && scoresFirst(output.sample.data, columns));
    // The old series shares its grids with YOLOX and others.
    if (series === 'old' && !told) return null;
    return {
      confidence: told ? 'certain' : 'likely',
      reason: `output ${shapeText(output.shape)} is ${classes} classes and 4 x 8 bins for each cell of the ${STRIDES[series].join(', ')} px grids`,
      options: { series },
      needsSample: !told,
      classes: { count: classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { series }) => {
    const grid = anchorFreeGrid(input, STRIDES[series], 'ceil');
    const boxesOf = reusedFloats();
    const centre = (stride: number): number => (series === 'plus' ? 0 : stride / 2);
    return {
      decode: (outputs, { count: images }) => {
        const output = outputWhere(
          outputs,
          ({ length, 0: n, 1: cells, 2: columns = 0 }) =>
            length === 3 && n === images && cells === grid.count && columns > 4 * BINS,
        );
        if (output === null)
          throw layoutError('nanodet-plus', `one output [${images}, ${grid.count}, classes + 32]`, outputs);
        return Array.from({ length: images }, (_, image) => {
          const { table, columns } = denseTable(output, image, false);
          const classes = columns - 4 * BINS;
          const boxes = boxesOf(image, 4 * grid.count);
          writeDistributions(columnsFrom(table, classes), grid, 0, grid.count, BINS, centre, boxes);
          return vectorPrediction(grid.count, boxes, classVectors(table, classes));
        });
      },
    };
  },
});

/** Whether the columns before the last 32 are all probabilities, and those not. */
function scoresFirst(data: Float32Array, columns: number): boolean {
  const isScore = (_: number, at: number): boolean => at % columns < columns - 4 * BINS;
  const inRange = (value: number): boolean => value >= 0 && value <= 1;
  return data.every((value, at) => !isScore(value, at) || inRange(value)) && !data.every(inRange);
}

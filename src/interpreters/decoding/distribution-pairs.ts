import type { Tensor } from '../../launchers/types.js';
import { vectorPrediction, classVectors } from './boxes.js';
import { writeDistributions } from './distribution.js';
import { knownOutputs, type ShapedOutput } from '../contract/evidence.js';
import { anchorFreeGrid } from './grid.js';
import { layoutError, reusedFloats } from './outputs.js';
import type { Decoder, Evidence, InputSize } from '../contract/types.js';

/** The class scores and the box distributions of one grid. */
interface Level<Output> {
  readonly cells: number;
  readonly classes: Output;
  readonly boxes: Output;
}

/**
 * Pairs of outputs, one pair for each stride: class scores `[N, cells, classes]` and box distributions
 * `[N, cells, 4 * bins]`, the batch axis being optional. They are matched by their sizes, since some exports declare
 * them in a wrong order. Null where the outputs are not exactly such pairs.
 */
function pairLevels<Output extends ShapedOutput>(
  outputs: readonly Output[],
  { width, height }: InputSize,
  strides: readonly number[],
): Level<Output>[] | null {
  if (outputs.length !== 2 * strides.length) return null;
  const levels: Level<Output>[] = [];
  for (const stride of strides) {
    const cells = Math.ceil(width / stride) * Math.ceil(height / stride);
    const [a, b, ...more] = outputs.filter(
      ({ shape }) => shape.length > 1 && shape.length < 4 && shape.at(-2) === cells,
    );
    if (a === undefined || b === undefined || more.length > 0) return null;
    const boxes = boxesOf(a, b);
    if (boxes === null) return null;
    levels.push({ cells, boxes, classes: boxes === a ? b : a });
  }
  return levels;
}

/** Bins a side that these heads have: distances of 0 to 7 strides. */
const BINS = 8;

/** The one of two outputs that holds distributions; by name where both could. */
function boxesOf<Output extends ShapedOutput>(a: Output, b: Output): Output | null {
  const fits = [a, b].filter(({ shape }) => shape.at(-1) === 4 * BINS);
  if (fits.length < 2) return fits[0] ?? null;
  return /cls|class|score/i.test(a.name) ? b : a;
}

/** Whether the outputs are pairs for these strides, and how many classes they have. */
export function recognisePairs(
  evidence: Evidence,
  size: InputSize | null,
  strides: readonly number[],
): { readonly classes: number; readonly text: string } | null {
  if (size === null) return null;
  const levels = pairLevels(knownOutputs(evidence), size, strides);
  const classes = levels?.[0]?.classes.shape.at(-1) ?? null;
  if (levels === null || classes === null) return null;
  const text = levels.map(({ cells }) => `${cells} x ${classes} and ${cells} x ${4 * BINS}`).join(', ');
  return { classes, text };
}

/**
 * A decoder of such pairs.
 *
 * @param centre where a cell's centre lies from its corner, in pixels.
 */
export function pairDecoder(
  family: string,
  input: InputSize,
  strides: readonly number[],
  centre: (stride: number) => number,
): Decoder {
  const grid = anchorFreeGrid(input, strides, 'ceil');
  const reusedBoxes = reusedFloats();
  const reusedScores = reusedFloats();
  return {
    decode: (outputs, { count: images }) => {
      const named = Object.entries(outputs).map(([name, { shape, data }]): ShapedOutput & Tensor => ({
        name,
        shape,
        data,
      }));
      const levels = pairLevels(named, input, strides);
      if (levels === null) {
        throw layoutError(
          family,
          `for each of ${strides.length} grids [N, cells, classes] and [N, cells, 32]`,
          outputs,
        );
      }
      const columns = levels[0]?.classes.shape.at(-1) ?? 0;
      return Array.from({ length: images }, (_, image) => {
        const boxes = reusedBoxes(image, 4 * grid.count);
        const scores = reusedScores(image, grid.count * columns);
        let first = 0;
        for (const { cells, classes, boxes: distributions } of levels) {
          const width = 4 * BINS;
          const table = { data: distributions.data, offset: image * cells * width, rowStride: width, columnStride: 1 };
          writeDistributions(table, grid, first, cells, BINS, centre, boxes);
          const from = image * cells * columns;
          scores.set(classes.data.subarray(from, from + cells * columns), first * columns);
          first += cells;
        }
        const table = { data: scores, offset: 0, rowStride: columns, columnStride: 1 };
        return vectorPrediction(grid.count, boxes, classVectors(table, columns));
      });
    },
  };
}

import { z } from 'zod';
import type { Tensor } from '../../launchers/types.js';
import { defineInterpreter } from '../contract/define.js';
import { inputSize, knownOutputs, outputCalled, type KnownOutput } from '../contract/evidence.js';
import { preprocessingOf } from '../contract/preprocessing.js';
import type { Evidence } from '../contract/types.js';
import { classVectors, vectorPrediction } from '../decoding/boxes.js';
import { layoutError, outputNamed, reusedFloats, shapeText } from '../decoding/outputs.js';

/** Input pixels between cells. */
const STRIDE = 4;

const options = z.object({
  heat: z.string().default('hm'),
  sizes: z.string().default('wh'),
  offsets: z
    .string()
    .nullable()
    .default('reg')
    .describe('null where the model has none: centres are in the middle of cells'),
  activated: z.boolean().default(false).describe('the heat map has been through a sigmoid in the graph'),
});

/**
 * CenterNet (objects as points): heat map `hm` `[N, classes, H / 4, W / 4]`, sizes `wh` `[N, 2, ...]` and offsets `reg`
 * `[N, 2, ...]` in cells of 4 px: `cx = (column + reg) * 4`, `w = wh * 4`. As in its own decoding, proposals are the
 * cells where the heat is greatest within 3 x 3 cells; of each cell's classes the best one decides that.
 * Key points beside them are not read. Sizes of each class (`cat_spec_wh`) are not read either.
 * Input: BGR 0..1 less CenterNet's mean over its deviation, letterbox, centred on black; 512 x 512, any multiple of 32.
 *
 * Source: xingyizhou/CenterNet `src/lib/models/decode.py` (ctdet_decode, _nms), `src/lib/detectors/ctdet.py`,
 * `src/lib/detectors/base_detector.py` (pre_process), `src/lib/datasets/dataset/coco.py`; exported as in
 * CaoWGG/TensorRT-CenterNet `readme/ctdet2onnx.md`.
 */
export const centernet = defineInterpreter({
  name: 'centernet',
  task: 'detection',
  truncated: false,
  nms: 0.5,
  usualSize: { width: 512, height: 512 },
  options,
  preprocessing: () =>
    preprocessingOf({
      color: 'bgr',
      mean: [0.40789654, 0.44719302, 0.47026115],
      std: [0.28863828, 0.27408164, 0.27809835],
      resize: 'letterbox',
      pad: 0,
    }),
  recognise: (evidence) => {
    const found = heads(evidence);
    if (found === null) return null;
    const { heat, sizes, offsets, named } = found;
    const classes = heat.shape[1] ?? null;
    const all = offsets === null ? [heat, sizes] : [heat, sizes, offsets];
    return {
      confidence: named ? 'certain' : 'likely',
      reason: `outputs ${all.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ')} are CenterNet's heat map of ${classes ?? 'the'} classes, sizes${offsets === null ? '' : ' and offsets'}`,
      options: {
        heat: heat.name,
        sizes: sizes.name,
        offsets: offsets?.name ?? null,
        activated: heat.sample?.data.every((value) => value >= 0 && value <= 1) === true,
      },
      needsSample: heat.sample === null,
      classes: { count: classes, numbering: 'zero' },
    };
  },
  create: ({ input }, { heat: heatName, sizes: sizesName, offsets: offsetsName, activated }) => {
    const boxesOf = reusedFloats();
    const scoresOf = reusedFloats();
    let best: Int32Array = new Int32Array();
    let most: Float32Array = new Float32Array();
    let peaks: Int32Array = new Int32Array();
    return {
      decode: (outputs, { count: images }) => {
        const heat = outputNamed(outputs, heatName);
        const sizes = outputNamed(outputs, sizesName);
        const offsets = offsetsName === null ? null : outputNamed(outputs, offsetsName);
        const [, classes = 0, rows = 0, columns = 0] = heat.shape;
        const cells = rows * columns;
        const fits = [sizes, offsets].every((part) => part === null || part.data.length === 2 * cells * images);
        if (!fits || heat.data.length !== classes * cells * images || cells === 0) {
          throw layoutError(
            'centernet',
            `a heat map [${images}, classes, H, W], sizes and offsets [${images}, 2, H, W]`,
            outputs,
          );
        }
        const [strideX, strideY] = [input.width / columns, input.height / rows];
        if (best.length !== cells) {
          best = new Int32Array(cells);
          most = new Float32Array(cells);
          peaks = new Int32Array(cells);
        }
        return Array.from({ length: images }, (_, image) => {
          const first = image * classes * cells;
          writeBest(heat.data, first, classes, cells, best, most);
          let count = 0;
          for (let cell = 0, row = 0; row < rows; row++) {
            for (let column = 0; column < columns; column++, cell++) {
              const plane = first + best[cell]! * cells;
              if (isPeak(heat.data, plane, row, column, rows, columns)) peaks[count++] = cell;
            }
          }
          const boxes = boxesOf(image, 4 * count);
          for (let peak = 0; peak < count; peak++) {
            const cell = peaks[peak]!;
            const column = cell % columns;
            const at = 2 * image * cells + cell;
            const x = (column + (offsets === null ? 0.5 : offsets.data[at]!)) * strideX;
            const y = ((cell - column) / columns + (offsets === null ? 0.5 : offsets.data[at + cells]!)) * strideY;
            const halfWidth = (sizes.data[at]! * strideX) / 2;
            const halfHeight = (sizes.data[at + cells]! * strideY) / 2;
            boxes[4 * peak] = x - halfWidth;
            boxes[4 * peak + 1] = y - halfHeight;
            boxes[4 * peak + 2] = x + halfWidth;
            boxes[4 * peak + 3] = y + halfHeight;
          }
          const scores = scoresOf(image, classes * count);
          for (let id = 0, to = 0; id < classes; id++) {
            const plane = first + id * cells;
            for (let peak = 0; peak < count; peak++, to++) scores[to] = heat.data[plane + peaks[peak]!]!;
          }
          const table = { data: scores, offset: 0, rowStride: 1, columnStride: count };
          return vectorPrediction(count, boxes, classVectors(table, classes, activated ? 'none' : 'sigmoid'));
        });
      },
    };
  },
});

/** The class of the greatest heat in each cell. */
function writeBest(
  heat: Float32Array,
  first: number,
  classes: number,
  cells: number,
  best: Int32Array,
  most: Float32Array,
): void {
  best.fill(0);
  most.set(heat.subarray(first, first + cells));
  for (let id = 1; id < classes; id++) {
    for (let cell = 0, at = first + id * cells; cell < cells; cell++, at++) {
      if (heat[at]! > most[cell]!) {
        most[cell] = heat[at]!;
        best[cell] = id;
      }
    }
  }
}

/** Whether no neighbour within 3 x 3 cells has more heat in a plane. */
function isPeak(
  heat: Float32Array,
  plane: number,
  row: number,
  column: number,
  rows: number,
  columns: number,
): boolean {
  const value = heat[plane + row * columns + column]!;
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
      if (heat[plane + y * columns + x]! > value) return false;
    }
  }
  return true;
}

interface Heads {
  readonly heat: KnownOutput;
  readonly sizes: KnownOutput;
  readonly offsets: KnownOutput | null;
  /** Whether the names tell. */
  readonly named: boolean;
}

/** The three outputs by the names that CenterNet gives its heads, else by shapes and values; null where they are not. */
function heads(evidence: Evidence): Heads | null {
  const outputs = knownOutputs(evidence);
  const heat = outputCalled(outputs, 'hm');
  const sizes = outputCalled(outputs, 'wh');
  const named = heat !== null && sizes !== null;
  const found = named ? { heat, sizes, offsets: outputCalled(outputs, 'reg'), named } : unnamed(outputs);
  if (found === null) return null;
  const size = inputSize(evidence);
  const grid = size === null ? [null, null] : [size.height / STRIDE, size.width / STRIDE];
  const fits = ({ shape }: KnownOutput, planes: number | null): boolean =>
    shape.length === 4 &&
    [null, planes, ...grid].every((n, axis) => n === null || shape[axis] == null || shape[axis] === n);
  const { offsets } = found;
  return fits(found.heat, null) && fits(found.sizes, 2) && (offsets === null || fits(offsets, 2)) ? found : null;
}

/** Offsets lie within a cell, a little beyond it at most, nearly everywhere. */
const OFFSETS = [-0.75, 1.75] as const;
const MOST = 0.95;

/** Three outputs without telling names: two of two planes, of which one holds offsets and the other cannot. */
function unnamed(outputs: readonly KnownOutput[]): Heads | null {
  const pairs = outputs.filter(({ shape }) => shape.length === 4 && shape[1] === 2);
  const [heat, ...others] = outputs.filter((output) => !pairs.includes(output));
  const [a, b] = pairs;
  if (outputs.length !== 3 || heat === undefined || others.length > 0 || a?.sample == null || b?.sample == null)
    return null;
  const [first, second] = [areOffsets(a.sample), areOffsets(b.sample)];
  if (first === second) return null;
  return { heat, sizes: first ? b : a, offsets: first ? a : b, named: false };
}

function areOffsets({ data }: Tensor): boolean {
  let inside = 0;
  for (const value of data) if (value >= OFFSETS[0] && value <= OFFSETS[1]) inside += 1;
  return inside >= MOST * data.length;
}

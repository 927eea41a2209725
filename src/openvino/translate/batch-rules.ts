import { batchSize } from './folding.js';
import type { BatchRule, TracedInput, TracedLayer } from './operation.js';

/** The batch lies on the same axis of the first input and the output; no other input has one. */
export const keepsBatch: BatchRule = ({ inputs, outputDims }) => {
  const [data, ...others] = inputs;
  if (data === undefined || data.batchAxis === null || others.some((input) => input.batchAxis !== null)) return null;
  return outputDims.map(() => data.batchAxis);
};

/** As `keepsBatch`, for layers that work on an image as a whole, so that the batch must lie first. */
export const imagesFirst: BatchRule = (traced) => (traced.inputs[0]?.batchAxis === 0 ? keepsBatch(traced) : null);

/**
 * Layers that work along some axes of the first input, and leave the number of axes as it is: the batch may lie on any
 * other axis.
 */
export function along(axesOf: (traced: TracedLayer) => readonly number[] | null): BatchRule {
  return (traced) => {
    const [data] = traced.inputs;
    const axes = axesOf(traced);
    if (data === undefined || axes === null) return null;
    const rank = data.dims.length;
    if (axes.some((axis) => (axis < 0 ? axis + rank : axis) === data.batchAxis)) return null;
    return keepsBatch(traced);
  };
}

/** The values of an input that holds axes; null when they are not known beforehand. */
export function axesFrom(input: TracedInput | undefined): readonly number[] | null {
  const elements = input?.folded?.elements.filter((element) => typeof element === 'number');
  return elements === undefined || elements.length !== input?.folded?.elements.length ? null : elements;
}

/**
 * Element-wise layers with NumPy's broadcasting: the batch lies at one distance from the end in all inputs that have
 * it, and the others are broadcast there.
 */
export const broadcasts: BatchRule = ({ inputs, outputDims }) => {
  const rank = outputDims[0]?.length ?? 0;
  const carrying = inputs.filter((input) => input.batchAxis !== null);
  const ends = new Set(carrying.map((input) => input.dims.length - (input.batchAxis ?? 0)));
  const [fromEnd] = ends;
  if (fromEnd === undefined || ends.size > 1) return null;
  const declared = new Set(carrying.map((input) => input.dims[input.dims.length - fromEnd]));
  if (declared.size > 1) return null;
  const fits = inputs.every((input) => {
    if (input.batchAxis !== null) return true;
    return input.dims.length < fromEnd || input.dims[input.dims.length - fromEnd] === 1;
  });
  return fits ? outputDims.map(() => rank - fromEnd) : null;
};

/**
 * Layers that give the same values, in the same order, another shape. The batch lands where as many values come before
 * it as did: after `[N, 8, 7, 7]` to `[N, 392]`, and after `[L, N, 8]` to `[L, N * 2, 4]`.
 */
export const reshapes: BatchRule = ({ inputs, outputDims }) => {
  const [data, target] = inputs;
  const [dims] = outputDims;
  if (data?.batchAxis === undefined || data.batchAxis === null || dims === undefined || dims.includes(-1)) return null;
  const before = product(data.dims.slice(0, data.batchAxis));
  const candidates = dims.map((_, axis) => axis).filter((axis) => product(dims.slice(0, axis)) === before);
  const length = data.dims[data.batchAxis];
  const asked = target?.folded?.elements.indexOf(batchSize) ?? -1;
  // An axis of length 1 is the number of images and nothing else: best where the file says so, or where it was.
  const alone = [asked, data.batchAxis, ...candidates].find((axis) => candidates.includes(axis) && dims[axis] === 1);
  const axis = alone ?? candidates.find((candidate) => dims[candidate] === length) ?? candidates.at(-1);
  return axis === undefined ? null : [axis];
};

function product(dims: readonly number[]): number {
  return dims.reduce((value, dim) => value * dim, 1);
}

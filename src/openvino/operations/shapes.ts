import type { Value } from '../../onnx/index.js';
import { along, axesFrom, broadcasts, reshapes } from '../translate/batch-rules.js';
import {
  batchSize,
  openSize,
  foldedList,
  foldedNumbers,
  reshapeFolded,
  type FoldedElement,
} from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, FoldRule, Operation, OperationTable, TracedInput } from '../translate/operation.js';

/**
 * Where at most one dimension of the result is unknown, such as the batch, the declared shape says all; a shape that
 * is computed while the model runs goes to ONNX as it is.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/shape/reshape-1.html
 */
function reshape(scope: LayerScope): Value {
  const declared = declaredShape(scope);
  if (declared !== null) return scope.reshape(scope.value(0), declared);
  const copiesZeros = scope.attributes.flag('special_zero', true);
  return scope.node('Reshape', [scope.value(0), scope.asInt64(1)], { allowzero: copiesZeros ? 0 : 1 });
}

/** The result's shape with -1 for the one dimension that is unknown; null when there are more, or an empty one. */
export function declaredShape(scope: LayerScope): number[] | null {
  const dims = scope.outputDims();
  if (dims === null || dims.includes(0) || dims.filter((dim) => dim === null).length > 1) return null;
  return dims.map((dim) => dim ?? -1);
}

function squeeze(scope: LayerScope): Value {
  const declared = declaredShape(scope);
  if (declared !== null) return scope.reshape(scope.value(0), declared);
  return scope.node('Squeeze', [scope.value(0), scope.inputs.length > 1 ? asList(scope, 1) : null]);
}

function unsqueeze(scope: LayerScope): Value {
  const declared = declaredShape(scope);
  if (declared !== null) return scope.reshape(scope.value(0), declared);
  return scope.node('Unsqueeze', [scope.value(0), asList(scope, 1)]);
}

/** An input of int64 values as a list, also where the model has a scalar. */
export function asList(scope: LayerScope, index: number): Value {
  const value = scope.asInt64(index);
  return scope.input(index).dims?.length === 0 ? scope.reshape(value, [1]) : value;
}

/** The same values in the declared shape, when that is known. */
const foldReshape: FoldRule = ({ inputs: [data], outputDims }) =>
  data?.folded ? reshapeFolded(data.folded, outputDims[0] ?? null) : null;

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/shape/shape-of-3.html */
function shapeOf(scope: LayerScope): Value {
  return scope.cast(scope.node('Shape', [scope.value(0)]), 'int64', scope.outputType());
}

const foldShape: FoldRule = ({ inputs: [data] }) => {
  if (data === undefined) return null;
  // A batch that was multiplied into another axis is no longer the number of images.
  if (data.batchAxis !== null && data.dims[data.batchAxis] !== 1) return null;
  return foldedList(
    data.dims.map((dim, axis): FoldedElement => (axis === data.batchAxis ? batchSize : dim === -1 ? openSize : dim)),
  );
};

/** An empty order reverses the axes. https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/transpose-1.html */
function transpose(scope: LayerScope): Value {
  const order = scope.inputs.length > 1 ? scope.numbers(1, 'order') : [];
  const reversed = Array.from({ length: scope.rank(0) }, (_, index) => index).reverse();
  return scope.transpose(scope.value(0), order.length === 0 ? reversed : order);
}

const batchOfTranspose: BatchRule = ({ inputs: [data, order] }) => {
  const axes = order === undefined ? [] : axesFrom(order);
  if (data === undefined || data.batchAxis === null || axes === null) return null;
  const axis = axes.length === 0 ? data.dims.length - 1 - data.batchAxis : axes.indexOf(data.batchAxis);
  return axis < 0 ? null : [axis];
};

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/concat-1.html */
function concat(scope: LayerScope): Value {
  const axis = scope.axis(scope.attributes.int('axis'), scope.rank(0));
  const leader = scope.inputs.find((input) => input.batchAxis !== null);
  const values = scope.inputs.map((input) => {
    if (leader === undefined || leader.batchAxis === null || input.batchAxis !== null) return input.value();
    return expandBatch(scope, input.value(), leader.value(), leader.batchAxis, scope.rank(0));
  });
  return values.length === 1 ? values[0]! : scope.node('Concat', values, { axis });
}

/** Repeats a value that has one image for as many as another has, such as the class token of a transformer. */
function expandBatch(scope: LayerScope, value: Value, leader: Value, batchAxis: number, rank: number): Value {
  const count = scope.node('Shape', [leader], { start: batchAxis, end: batchAxis + 1 });
  const before = scope.graph.ints(new Array<number>(batchAxis).fill(1));
  const after = scope.graph.ints(new Array<number>(rank - batchAxis - 1).fill(1));
  const target = scope.node('Concat', [before, count, after], { axis: 0 });
  return scope.node('Expand', [value, target]);
}

const batchOfConcat: BatchRule = ({ inputs, attributes }) => {
  const carrying = inputs.filter((input) => input.batchAxis !== null);
  const [first] = carrying;
  if (first === undefined || first.batchAxis === null) return null;
  const { batchAxis, dims } = first;
  const axis = attributes.int('axis');
  if ((axis < 0 ? axis + dims.length : axis) === batchAxis) return null;
  const agree = carrying.every((input) => input.batchAxis === batchAxis && input.dims[batchAxis] === dims[batchAxis]);
  const others = inputs.every((input) => input.batchAxis !== null || input.dims[batchAxis] === 1);
  return agree && others && dims[batchAxis] === 1 ? [batchAxis] : null;
};

const foldConcat: FoldRule = ({ inputs }) => {
  const parts = inputs.map((input) => input.folded);
  const lists = parts.filter((part) => part?.shape.length === 1);
  return lists.length === parts.length ? foldedList(lists.flatMap((part) => part?.elements ?? [])) : null;
};

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/split-1.html */
function split(scope: LayerScope): Value[] {
  const axis = scope.axis(scope.number(1, 'axis'), scope.rank(0));
  const count = scope.attributes.int('num_splits');
  if (count === 1) return [scope.node('Identity', [scope.value(0)])];
  return scope.graph.nodes('Split', [scope.value(0)], { axis, num_outputs: count }, count);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/variadic-split-1.html */
function variadicSplit(scope: LayerScope): Value[] {
  const axis = scope.axis(scope.number(1, 'axis'), scope.rank(0));
  const lengths = scope.numbers(2, 'lengths');
  const total = scope.dims(0)[axis];
  const rest = lengths.includes(-1);
  if (rest && typeof total !== 'number') throw scope.unsupported('it splits an axis of unknown length by "the rest"');
  const known = lengths.filter((length) => length !== -1).reduce((sum, length) => sum + length, 0);
  const resolved = lengths.map((length) => (length === -1 ? (total ?? 0) - known : length));
  if (resolved.length === 1) return [scope.node('Identity', [scope.value(0)])];
  return scope.graph.nodes('Split', [scope.value(0), scope.graph.ints(resolved)], { axis }, resolved.length);
}

/**
 * `numpy` and `bidirectional` are ONNX's Expand; `explicit` says to which axes of the result those of the data go.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/broadcast-3.html
 */
function broadcast(scope: LayerScope): Value {
  const mode = scope.attributes.choice('mode', ['numpy', 'explicit', 'bidirectional'], 'numpy');
  let data = scope.value(0);
  if (mode === 'explicit') {
    const mapping = scope.numbers(2, 'axes mapping');
    const rank = scope.input(1).dims?.[0];
    if (typeof rank !== 'number') throw scope.unsupported('the rank of its result is not known');
    const added = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !mapping.includes(axis));
    if (added.length > 0) data = scope.unsqueeze(data, ...added);
  }
  return scope.node('Expand', [data, scope.asInt64(1)]);
}

/** The axis on which a value is repeated for each image; null where it cannot be told. */
function repeatedAxis(target: TracedInput | undefined, dims: readonly number[] | undefined): (number | null)[] | null {
  if (target?.folded === null || target === undefined || dims === undefined) return null;
  const { elements } = target.folded;
  const axis = elements.indexOf(batchSize);
  if (axis < 0) return [null];
  const place = axis + dims.length - elements.length;
  return dims[place] === 1 ? [place] : null;
}

const foldBroadcast: FoldRule = ({ inputs: [data, target] }) => {
  const shape = foldedNumbers(target?.folded ?? null);
  const [value] = data?.folded?.elements ?? [];
  if (shape === null || value === undefined || data?.folded?.elements.length !== 1 || shape.length > 1) return null;
  const count = shape[0] ?? 1;
  return count > 64 ? null : { shape, elements: new Array<FoldedElement>(count).fill(value) };
};

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/tile-1.html */
function tile(scope: LayerScope): Value {
  const rank = scope.rank(0);
  if (!scope.isKnown(1)) {
    const [count] = scope.dims(1);
    if (count !== rank)
      throw scope.unsupported('its repeats are computed while the model runs, and are not one an axis');
    return scope.node('Tile', [scope.value(0), scope.asInt64(1)]);
  }
  const repeats = scope.numbers(1, 'repeats');
  const data = repeats.length > rank ? padRank(scope, scope.value(0), repeats.length - rank) : scope.value(0);
  const full = [...new Array<number>(Math.max(rank - repeats.length, 0)).fill(1), ...repeats];
  return scope.node('Tile', [data, scope.graph.ints(full)]);
}

function padRank(scope: LayerScope, value: Value, count: number): Value {
  return scope.unsqueeze(value, ...Array.from({ length: count }, (_, index) => index));
}

const batchOfTile: BatchRule = ({ inputs: [data, repeats] }) => {
  const counts = axesFrom(repeats);
  if (data === undefined || data.batchAxis === null || counts === null) return null;
  const axis = Math.max(counts.length - data.dims.length, 0) + data.batchAxis;
  const shift = Math.max(data.dims.length - counts.length, 0);
  const repeated = axis - shift < 0 ? 1 : (counts[axis - shift] ?? 1);
  return repeated === 1 ? [axis] : null;
};

const reshapeLike = (translate: Operation['translate']): Operation => ({
  translate,
  batch: reshapes,
  fold: foldReshape,
});

/** The axis in the second input. */
const alongSecond = along(({ inputs: [, axis] }) => axesFrom(axis));

/** Operations on shapes: reshaping, reordering axes, joining and splitting. */
export const shapes: OperationTable = {
  Broadcast: {
    translate: broadcast,
    batch: broadcasts,
    sized: ({ inputs: [, target], outputDims: [dims] }) => repeatedAxis(target, dims),
    fold: foldBroadcast,
  },
  Concat: { translate: concat, batch: batchOfConcat, fold: foldConcat },
  Reshape: reshapeLike(reshape),
  ShapeOf: { translate: shapeOf, batch: ({ outputDims }) => outputDims.map(() => null), fold: foldShape },
  Split: { translate: split, batch: alongSecond },
  Squeeze: reshapeLike(squeeze),
  Tile: {
    translate: tile,
    batch: batchOfTile,
    sized: ({ inputs: [, repeats], outputDims: [dims] }) => repeatedAxis(repeats, dims),
  },
  Transpose: { translate: transpose, batch: batchOfTranspose },
  Unsqueeze: reshapeLike(unsqueeze),
  VariadicSplit: { translate: variadicSplit, batch: alongSecond },
};

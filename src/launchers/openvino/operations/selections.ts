import type { Value } from '../../onnx/graph/index.js';
import { along, axesFrom } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, FoldRule, OperationTable } from '../translate/operation.js';
import { asList } from './shapes.js';

/**
 * The best k along an axis, ordered by value, or by position.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sort/top-k-11.html
 */
function topK(scope: LayerScope): Value[] {
  const axis = scope.axis(scope.attributes.int('axis'), scope.rank(0));
  const largest = scope.attributes.choice('mode', ['max', 'min']) === 'max' ? 1 : 0;
  const order = scope.attributes.choice('sort', ['value', 'index', 'none'], 'none');
  const [values, indices] = emitTopK(scope, scope.value(0), asList(scope, 1), axis, largest);
  if (order !== 'index') return [values, scope.cast(indices, 'int64', scope.outputType(1))];
  const count = scope.node('Shape', [indices], { start: axis, end: axis + 1 });
  const [ascending, from] = emitTopK(scope, indices, count, axis, 0);
  const reordered = scope.node('GatherElements', [values, from], { axis });
  return [reordered, scope.cast(ascending, 'int64', scope.outputType(1))];
}

/** Values and positions of the best `count` along an axis, best first; of equal ones the earlier first. */
export function emitTopK(scope: LayerScope, data: Value, count: Value, axis: number, largest: 0 | 1): [Value, Value] {
  const [values, indices] = scope.graph.nodes('TopK', [data, count], { axis, largest, sorted: 1 }, 2);
  if (values === undefined || indices === undefined) throw new RangeError('TopK has two outputs');
  return [values, indices];
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/generation/range-4.html */
function range(scope: LayerScope): Value {
  const type = scope.outputType();
  const [start, stop, step] = [0, 1, 2].map((index) => {
    const operand = scope.input(index);
    const value = operand.dims?.length === 1 ? scope.squeeze(operand.value(), 0) : operand.value();
    return scope.cast(value, operand.type, type);
  });
  return scope.node('Range', [start ?? null, stop ?? null, step ?? null]);
}

const foldRange: FoldRule = ({ inputs }) => {
  const [start, stop, step] = inputs.map((input) => foldedNumbers(input.folded)?.[0]);
  if (start === undefined || stop === undefined || step === undefined || step === 0) return null;
  const count = Math.max(Math.ceil((stop - start) / step), 0);
  if (count > 64) return null;
  return { shape: [count], elements: Array.from({ length: count }, (_, index) => start + index * step) };
};

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sequence/one-hot-1.html */
function oneHot(scope: LayerScope): Value {
  const on = scope.input(2);
  const off = scope.input(3);
  const [offValue, onValue] = [off, on].map((operand) => scope.reshape(operand.value(), [1]));
  const values = scope.node('Concat', [offValue ?? null, onValue ?? null], { axis: 0 });
  return scope.node('OneHot', [scope.asInt64(0), scope.asInt64(1), values], { axis: scope.attributes.int('axis') });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/arithmetic/cumsum-3.html */
function cumulativeSum(scope: LayerScope): Value {
  const axis = scope.inputs.length > 1 ? scope.number(1, 'axis') : 0;
  return scope.node('CumSum', [scope.value(0), scope.graph.int(axis)], {
    exclusive: scope.attributes.flag('exclusive', false) ? 1 : 0,
    reverse: scope.attributes.flag('reverse', false) ? 1 : 0,
  });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/condition/nonzero-3.html */
function nonZero(scope: LayerScope): Value {
  return scope.cast(scope.node('NonZero', [scope.value(0)]), 'int64', scope.outputType());
}

/**
 * NonMaxSuppression of every opset. Boxes come out by class and score in ONNX; with `sort_result_descending` they are
 * ordered by score across classes and images. Outputs that a fixed size was declared for are filled up with -1.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sort/non-max-suppression-9.html
 */
function nonMaxSuppression(scope: LayerScope): Value[] {
  const { attributes } = scope;
  const center = attributes.choice('box_encoding', ['corner', 'center'], 'corner') === 'center' ? 1 : 0;
  if (scope.inputs.length > 5 && scope.number(5, 'sigma of soft NMS') !== 0) throw scope.unsupported('soft NMS');
  const optional = (index: number): Value | null => (scope.inputs.length > index ? asVector(scope, index) : null);
  const limit = scope.inputs.length > 2 ? asList(scope, 2) : scope.graph.ints([0]);
  const selected = scope.node('NonMaxSuppression', [scope.value(0), scope.value(1), limit, optional(3), optional(4)], {
    center_point_box: center,
  });
  const scores = scope.node('GatherND', [scope.value(1), selected]);
  const [rows, rowScores] = attributes.flag('sort_result_descending', true)
    ? sortByScore(scope, selected, scores)
    : [selected, scores];
  const count = scope.node('Shape', [rows], { start: 0, end: 1 });
  const column = scope.unsqueeze(rowScores, 1);
  const positions = scope.cast(scope.slice(rows, 1, 0, 2), 'int64', 'float32');
  const scored = scope.node('Concat', [positions, column], { axis: 1 });
  const outputs = [
    scope.cast(filled(scope, rows, count, 0, scope.graph.int(-1)), 'int64', scope.outputType(0)),
    filled(scope, scored, count, 1, scope.scalar(-1)),
    scope.cast(count, 'int64', scope.outputType(2)),
  ];
  return outputs.slice(0, scope.layer.outputs.length);
}

function asVector(scope: LayerScope, index: number): Value {
  return scope.input(index).dims?.length === 0 ? scope.reshape(scope.value(index), [1]) : scope.value(index);
}

function sortByScore(scope: LayerScope, rows: Value, scores: Value): [Value, Value] {
  const count = scope.node('Shape', [rows], { start: 0, end: 1 });
  const [sorted, order] = emitTopK(scope, scores, count, 0, 1);
  return [scope.node('Gather', [rows, order], { axis: 0 }), sorted];
}

/** Rows up to the declared number of them. */
function filled(scope: LayerScope, rows: Value, count: Value, output: number, fill: Value): Value {
  const declared = scope.outputDims(output)?.[0];
  if (typeof declared !== 'number') return rows;
  const missing = scope.node('Sub', [scope.graph.ints([declared]), count]);
  const zero = scope.graph.ints([0]);
  const pads = scope.node('Concat', [zero, zero, missing, zero], { axis: 0 });
  return scope.node('Pad', [rows, pads, fill]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/generation/eye-9.html */
function eye(scope: LayerScope): Value {
  const [rows, columns, diagonal] = [0, 1, 2].map((index) => scope.number(index, 'size'));
  if (scope.inputs.length > 3) throw scope.unsupported('a stack of matrices');
  const values = Array.from({ length: (rows ?? 0) * (columns ?? 0) }, (_, index) => {
    const row = Math.floor(index / (columns ?? 1));
    return (index % (columns ?? 1)) - row === (diagonal ?? 0) ? 1 : 0;
  });
  return scope.cast(scope.floats(values, [rows ?? 0, columns ?? 0]), 'float32', scope.outputType());
}

const alongAxis = along(({ attributes }) => [attributes.int('axis')]);

/** The new axis goes in front of the batch, or behind it. */
const batchOfOneHot: BatchRule = ({ inputs: [indices], attributes, outputDims: [dims] }) => {
  if (indices === undefined || indices.batchAxis === null || dims === undefined) return null;
  const axis = attributes.int('axis');
  return [(axis < 0 ? axis + dims.length : axis) <= indices.batchAxis ? indices.batchAxis + 1 : indices.batchAxis];
};

/** Choosing, ordering and counting. */
export const selections: OperationTable = {
  CumSum: { translate: cumulativeSum, batch: along(({ inputs: [, axis] }) => axesFrom(axis)) },
  Eye: { translate: eye },
  NonMaxSuppression: { translate: nonMaxSuppression },
  NonZero: { translate: nonZero },
  OneHot: { translate: oneHot, batch: batchOfOneHot },
  Range: { translate: range, fold: foldRange },
  TopK: { translate: topK, batch: alongAxis },
};

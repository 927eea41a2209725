import type { Value } from '../../onnx/index.js';
import { along, axesFrom } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, FoldRule, OperationTable } from '../translate/operation.js';
import { nonMaxSuppression } from './non-max-suppression.js';
import { asList } from './shapes.js';
import { emitTopK } from './top-k.js';

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
export const batchOfOneHot: BatchRule = ({ inputs: [indices], attributes, outputDims: [dims] }) => {
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
  Range: {
    translate: range,
    sized: ({ inputs }) => (inputs.every(({ folded }) => foldedNumbers(folded) !== null) ? [null] : null),
    fold: foldRange,
  },
  TopK: { translate: topK, batch: alongAxis },
};

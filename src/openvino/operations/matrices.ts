import type { Value } from '../../onnx/index.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, OperationTable, TracedInput } from '../translate/operation.js';

/**
 * A product of matrices, or of stacks of them, each turned before if asked.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/matrix/matmul-1.html
 */
function matMul(scope: LayerScope): Value {
  const turnLeft = scope.attributes.flag('transpose_a', false);
  const turnRight = scope.attributes.flag('transpose_b', false);
  const left = scope.value(0);
  const right = scope.value(1);
  if (scope.rank(0) === 2 && scope.rank(1) === 2) {
    return scope.node('Gemm', [left, right], { transA: turnLeft ? 1 : 0, transB: turnRight ? 1 : 0 });
  }
  return scope.node('MatMul', [
    turnLeft ? turned(scope, left, scope.rank(0)) : left,
    turnRight ? turned(scope, right, scope.rank(1)) : right,
  ]);
}

/** With the last two axes swapped; a vector stays as it is. */
function turned(scope: LayerScope, value: Value, rank: number): Value {
  if (rank < 2) return value;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return scope.transpose(value, [...axes.slice(0, -2), rank - 1, rank - 2]);
}

/**
 * The batch may lie on an axis of the stack, in one input or at the same distance from the end in both; or on the rows
 * of the left matrix, when the right one has none.
 */
const batchOfMatMul: BatchRule = ({ inputs: [left, right], attributes, outputDims: [dims] }) => {
  if (left === undefined || right === undefined || dims === undefined) return null;
  const ends = [left, right].filter((input) => input.batchAxis !== null).map(fromEnd);
  const [end] = ends;
  if (end === undefined || ends.some((other) => other !== end)) return null;
  const rows = attributes.flag('transpose_a', false) ? 1 : 2;
  const onRows = left.batchAxis !== null && right.batchAxis === null && end === rows && left.dims.length > 1;
  if (onRows) return [right.dims.length < 2 ? dims.length - 1 : dims.length - 2];
  if (end <= 2) return null;
  const fits = [left, right].every((input) => input.batchAxis !== null || (input.dims.at(-end) ?? 1) === 1);
  return fits ? [dims.length - end] : null;
};

function fromEnd({ batchAxis, dims }: TracedInput): number {
  return dims.length - (batchAxis ?? 0);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/matrix/einsum-7.html */
function einsum(scope: LayerScope): Value {
  const values = scope.inputs.map((input) => input.value());
  return scope.node('Einsum', values, { equation: scope.attributes.text('equation') });
}

/** The batch is the one letter that stands for its axis in the inputs and in the result. */
const batchOfEinsum: BatchRule = ({ inputs, attributes }) => {
  const [terms = '', result = ''] = attributes.text('equation').replaceAll(' ', '').split('->');
  const operands = terms.split(',');
  const letters = new Set(
    inputs.flatMap(({ batchAxis }, index) => (batchAxis === null ? [] : [operands[index]?.[batchAxis]])),
  );
  const [letter] = letters;
  if (letters.size !== 1 || letter === undefined || attributes.text('equation').includes('.')) return null;
  const alone = inputs.every(({ batchAxis }, index) => batchAxis !== null || !operands[index]?.includes(letter));
  const axis = result.indexOf(letter);
  return alone && axis >= 0 ? [axis] : null;
};

/**
 * softmax(query x key^T * scale + mask) x value.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sequence/scaled-dot-product-attention.html
 */
function attention(scope: LayerScope): Value {
  const depth = scope.dims(0).at(-1);
  const scale =
    scope.inputs.length > 4 ? scope.value(4) : typeof depth === 'number' ? scope.scalar(1 / Math.sqrt(depth)) : null;
  if (scale === null) throw scope.unsupported('the length of its vectors is not known');
  const query = scope.node('Mul', [scope.value(0), scale]);
  const scores = scope.node('MatMul', [query, turned(scope, scope.value(1), scope.rank(1))]);
  const weights = scope.node('Softmax', [masked(scope, scores)], { axis: -1 });
  return scope.node('MatMul', [weights, scope.value(2)]);
}

/** Scores with those that must not be looked at at minus infinity. */
function masked(scope: LayerScope, scores: Value): Value {
  if (scope.attributes.flag('causal', false)) {
    const shape = scope.node('Shape', [scores], { start: -2 });
    const ones = scope.node('Expand', [scope.scalar(1), shape]);
    const lower = scope.node('Cast', [scope.node('Trilu', [ones], { upper: 0 })], { to: 9 });
    return scope.node('Where', [lower, scores, scope.scalar(-Infinity)]);
  }
  if (scope.inputs.length < 4) return scores;
  const mask = scope.input(3);
  if (mask.type === 'bool') return scope.node('Where', [mask.value(), scores, scope.scalar(-Infinity)]);
  return scope.node('Add', [scores, mask.value()]);
}

/** Query, key and value lie by image; a mask is the same for all. */
const batchOfAttention: BatchRule = ({ inputs }) => {
  const [first] = inputs;
  const axis = first?.batchAxis ?? null;
  if (first === undefined || axis === null || axis >= first.dims.length - 2) return null;
  const agree = inputs.slice(0, 3).every((input) => input.batchAxis === axis);
  return agree && inputs.slice(3).every((input) => input.batchAxis === null) ? [axis] : null;
};

/** Products of matrices. */
export const matrices: OperationTable = {
  Einsum: { translate: einsum, batch: batchOfEinsum },
  MatMul: { translate: matMul, batch: batchOfMatMul },
  ScaledDotProductAttention: { translate: attention, batch: batchOfAttention },
};

import type { GraphElementType, Value } from '../../onnx/index.js';
import { broadcasts } from '../translate/batch-rules.js';
import { combineFolded } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { Operation, OperationTable } from '../translate/operation.js';

/** Both inputs, broadcast as `auto_broadcast` says, in a type that ONNX's arithmetic takes. */
interface Pair {
  readonly left: Value;
  readonly right: Value;
  readonly type: GraphElementType;
}

/**
 * NumPy's broadcasting is ONNX's own. With `pdpd`, the second input is laid along the first from `axis` on.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/broadcast-rules.html
 */
function pairOf(scope: LayerScope): Pair {
  const left = scope.input(0);
  const right = scope.input(1);
  const narrow = left.type === 'int8' || left.type === 'uint8';
  const type = narrow ? 'int32' : left.type;
  let second = scope.cast(right.value(), right.type, right.type === left.type ? type : right.type);
  if (scope.attributes.choice('auto_broadcast', ['numpy', 'none', 'pdpd'], 'numpy') === 'pdpd') {
    const axis = scope.attributes.int('axis', -1);
    const behind = axis < 0 ? 0 : scope.rank(0) - axis - scope.rank(1);
    if (behind > 0) {
      const first = scope.rank(1);
      second = scope.unsqueeze(second, ...Array.from({ length: behind }, (_, index) => first + index));
    }
  }
  return { left: scope.cast(left.value(), left.type, type), right: second, type };
}

/** An operation on pairs of values; narrow integers are computed in int32 and narrowed again. */
function binary(
  combine: (scope: LayerScope, pair: Pair) => Value,
  fold?: (left: number, right: number) => number,
): Operation {
  return {
    translate: (scope) => {
      const pair = pairOf(scope);
      return scope.cast(combine(scope, pair), pair.type, scope.input(0).type);
    },
    batch: broadcasts,
    ...(fold === undefined ? {} : { fold: folder(fold) }),
  };
}

function folder(fold: (left: number, right: number) => number): NonNullable<Operation['fold']> {
  return ({ inputs: [left, right] }) =>
    left?.folded && right?.folded ? combineFolded(left.folded, right.folded, fold) : null;
}

/** An operation on pairs that ONNX has under another name. */
function named(name: string, fold?: (left: number, right: number) => number): Operation {
  return binary((scope, { left, right }) => scope.node(name, [left, right]), fold);
}

/** A comparison or logical operation: any type in, booleans out. */
function predicate(
  combine: (scope: LayerScope, left: Value, right: Value) => Value,
  fold?: (left: number, right: number) => boolean,
): Operation {
  return {
    translate: (scope) => {
      const { left, right } = pairOf(scope);
      return combine(scope, left, right);
    },
    batch: broadcasts,
    ...(fold === undefined ? {} : { fold: folder((left, right) => (fold(left, right) ? 1 : 0)) }),
  };
}

function isInteger(type: GraphElementType): boolean {
  return type !== 'float32' && type !== 'float64' && type !== 'float16' && type !== 'bool';
}

/**
 * Integers are divided towards minus infinity unless `m_pythondiv` is false.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/arithmetic/divide-1.html
 */
function divide(scope: LayerScope, { left, right, type }: Pair): Value {
  if (!isInteger(type) || !scope.attributes.flag('m_pythondiv', true)) return scope.node('Div', [left, right]);
  const whole = scope.node('Sub', [left, scope.node('Mod', [left, right])]);
  return scope.node('Div', [whole, right]);
}

/** The remainder has the divisor's sign. https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/arithmetic/floormod-1.html */
function floorMod(scope: LayerScope, { left, right, type }: Pair): Value {
  if (isInteger(type)) return scope.node('Mod', [left, right]);
  const quotient = scope.node('Floor', [scope.node('Div', [left, right])]);
  return scope.node('Sub', [left, scope.node('Mul', [quotient, right])]);
}

function squaredDifference(scope: LayerScope, { left, right }: Pair): Value {
  const difference = scope.node('Sub', [left, right]);
  return scope.node('Mul', [difference, difference]);
}

/** Bits of integers, or logic of booleans. */
function bitwise(bits: string, logic: string): Operation {
  return binary((scope, { left, right, type }) => scope.node(type === 'bool' ? logic : bits, [left, right]));
}

/** Values of the second input where the first is true, of the third elsewhere. https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/condition/select-1.html */
const select: Operation = {
  translate: (scope) =>
    scope.node('Where', [
      scope.cast(scope.value(0), scope.input(0).type, 'bool'),
      scope.value(1),
      scope.cast(scope.value(2), scope.input(2).type, scope.input(1).type),
    ]),
  batch: broadcasts,
  fold: ({ inputs: [condition, yes, no] }) => {
    if (!condition?.folded || !yes?.folded || !no?.folded || condition.folded.elements.length !== 1) return null;
    const [chosen] = condition.folded.elements;
    if (typeof chosen !== 'number') return null;
    return chosen === 0 ? no.folded : yes.folded;
  },
};

const logic = (name: string): Operation => predicate((scope, left, right) => scope.node(name, [left, right]));

const compare = (name: string, fold: (left: number, right: number) => boolean): Operation =>
  predicate((scope, left, right) => scope.node(name, [left, right]), fold);

/** Operations on pairs of values: arithmetic, comparisons, logic. */
export const elementwise: OperationTable = {
  Add: named('Add', (left, right) => left + right),
  BitwiseAnd: bitwise('BitwiseAnd', 'And'),
  BitwiseNot: {
    translate: (scope) => scope.node(scope.input(0).type === 'bool' ? 'Not' : 'BitwiseNot', [scope.value(0)]),
    batch: broadcasts,
  },
  BitwiseOr: bitwise('BitwiseOr', 'Or'),
  BitwiseXor: bitwise('BitwiseXor', 'Xor'),
  Divide: {
    ...binary(divide),
    fold: ({ inputs: [left, right], layer }) => {
      const real = layer.outputs[0]?.type?.startsWith('f') ?? true;
      return left?.folded && right?.folded
        ? combineFolded(left.folded, right.folded, (a, b) => (real ? a / b : Math.floor(a / b)))
        : null;
    },
  },
  Equal: compare('Equal', (left, right) => left === right),
  FloorMod: binary(floorMod, (left, right) => left - Math.floor(left / right) * right),
  Greater: compare('Greater', (left, right) => left > right),
  GreaterEqual: compare('GreaterOrEqual', (left, right) => left >= right),
  Less: compare('Less', (left, right) => left < right),
  LessEqual: compare('LessOrEqual', (left, right) => left <= right),
  LogicalAnd: logic('And'),
  LogicalOr: logic('Or'),
  LogicalXor: logic('Xor'),
  Maximum: named('Max', Math.max),
  Minimum: named('Min', Math.min),
  /** The remainder has the dividend's sign. */
  Mod: binary(
    (scope, { left, right }) => scope.node('Mod', [left, right], { fmod: 1 }),
    (left, right) => left % right,
  ),
  Multiply: named('Mul', (left, right) => left * right),
  NotEqual: predicate(
    (scope, left, right) => scope.node('Not', [scope.node('Equal', [left, right])]),
    (left, right) => left !== right,
  ),
  Power: named('Pow', (left, right) => left ** right),
  Select: select,
  SquaredDifference: binary(squaredDifference),
  Subtract: named('Sub', (left, right) => left - right),
};

import { float, type Value } from '../../../onnx/index.js';
import { broadcasts, imagesFirst, keepsBatch } from '../../translate/batch-rules.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation, OperationTable } from '../../translate/operation.js';
import { activations } from '../activations.js';
import { emitLocalResponse } from '../normalizations.js';
import { emitAveragePool, emitMaxPool, overhangOf } from '../poolings.js';
import { padsOf } from '../padding.js';

const unary = (name: string): Operation => ({
  translate: (scope) => scope.node(name, [scope.value(0)]),
  batch: keepsBatch,
});

/** ONNX operators of the names that Eltwise gives its operations. */
const eltwiseOperators = new Map<string, string>(
  Object.entries({
    sum: 'Add',
    add: 'Add',
    sub: 'Sub',
    mul: 'Mul',
    prod: 'Mul',
    div: 'Div',
    max: 'Max',
    min: 'Min',
    pow: 'Pow',
    equal: 'Equal',
    greater: 'Greater',
    greater_equal: 'GreaterOrEqual',
    less: 'Less',
    less_equal: 'LessOrEqual',
  }),
);

/** Of values that are true where they are not 0. */
const eltwiseLogic = new Map<string, string>(
  Object.entries({ logical_and: 'And', logical_or: 'Or', logical_xor: 'Xor' }),
);

const comparisons = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual']);

/** An operation of two or more inputs, each sum's input with a factor of its own if asked. */
function eltwise(scope: LayerScope): Value {
  const operation = scope.attributes.text('operation', 'sum').toLowerCase();
  const factors = scope.attributes.floats('coeff', []);
  const values = scope.inputs.map((input, index) => {
    const factor = factors[index] ?? 1;
    const scaled = (operation === 'sum' || operation === 'add') && factor !== 1;
    return scaled ? scope.node('Mul', [input.value(), scope.scalar(factor)]) : input.value();
  });
  return values.reduce((left, right) => eltwisePair(scope, operation, left, right));
}

function eltwisePair(scope: LayerScope, operation: string, left: Value, right: Value): Value {
  if (operation === 'squared_diff') {
    const difference = scope.node('Sub', [left, right]);
    return scope.node('Mul', [difference, difference]);
  }
  if (operation === 'floor_mod') {
    const quotient = scope.node('Floor', [scope.node('Div', [left, right])]);
    return scope.node('Sub', [left, scope.node('Mul', [quotient, right])]);
  }
  if (operation === 'not_equal') {
    return scope.cast(scope.node('Not', [scope.node('Equal', [left, right])]), 'bool', scope.outputType());
  }
  const logic = eltwiseLogic.get(operation);
  if (logic !== undefined) {
    const truths = [left, right].map((value) => scope.node('Cast', [value], { to: 9 }));
    return scope.cast(scope.node(logic, truths), 'bool', scope.outputType());
  }
  const name = eltwiseOperators.get(operation);
  if (name === undefined) throw scope.unsupported(`operation="${operation}"`);
  const result = scope.node(name, [left, right]);
  return comparisons.has(name) ? scope.cast(result, 'bool', scope.outputType()) : result;
}

/** (shift + scale * x) ^ power */
function power(scope: LayerScope): Value {
  const { attributes } = scope;
  const [exponent, scale, shift] = [
    attributes.float('power', 1),
    attributes.float('scale', 1),
    attributes.float('shift', 0),
  ];
  let value = scope.value(0);
  if (scale !== 1) value = scope.node('Mul', [value, scope.scalar(scale)]);
  if (shift !== 0) value = scope.node('Add', [value, scope.scalar(shift)]);
  return exponent === 1 ? scope.node('Identity', [value]) : scope.node('Pow', [value, scope.scalar(exponent)]);
}

/** Sizes are rounded as the declared size of the output says; the attribute had other defaults in other years. */
function pooling(scope: LayerScope): Value {
  const { attributes } = scope;
  const kernel = attributes.ints('kernel');
  const ones = kernel.map(() => 1);
  const window = { kernel, strides: attributes.ints('strides', ones), dilations: ones };
  const input = scope.dims(0).slice(2);
  const pads = padsOf(scope, input, window);
  const whole = { window, pads, ...overhangOf(window, pads, input, scope.outputDims()?.slice(2) ?? null, true) };
  if (attributes.choice('pool-method', ['max', 'avg'], 'max') === 'max')
    return emitMaxPool(scope, scope.value(0), whole);
  return emitAveragePool(scope, scope.value(0), whole, attributes.flag('exclude-pad', false));
}

function localResponse(scope: LayerScope): Value {
  const { attributes } = scope;
  const region = attributes.choice('region', ['across', 'same'], 'across');
  const spatial = Array.from({ length: scope.rank(0) - 2 }, (_, index) => index + 2);
  return emitLocalResponse(scope, region === 'across' ? 'across' : spatial, {
    alpha: attributes.float('alpha'),
    beta: attributes.float('beta'),
    bias: attributes.float('k', 1),
    size: attributes.int(attributes.has('local-size') ? 'local-size' : 'local_size'),
  });
}

function reluSix(scope: LayerScope): Value {
  return scope.node('Clip', [scope.value(0), scope.scalar(0), scope.scalar(scope.attributes.float('n', 6))]);
}

/** A function named by an attribute. */
function activation(scope: LayerScope): Value {
  const type = scope.attributes.text('type').toLowerCase();
  const names = new Map<string, string>(
    Object.entries({
      sigmoid: 'Sigmoid',
      tanh: 'Tanh',
      relu: 'Relu',
      exp: 'Exp',
      abs: 'Abs',
      softplus: 'Softplus',
      not: 'Not',
    }),
  );
  if (type === 'elu') return scope.node('Elu', [scope.value(0)], { alpha: float(scope.attributes.float('alpha', 1)) });
  if (type === 'relu6') return reluSix(scope);
  if (type === 'clamp') {
    const limits = [scope.attributes.float('min'), scope.attributes.float('max')];
    return scope.node('Clip', [scope.value(0), ...limits.map((limit) => scope.scalar(limit))]);
  }
  const name = names.get(type);
  if (name === undefined) throw scope.unsupported(`type="${type}"`);
  return scope.node(name, [scope.value(0)]);
}

function gemm(scope: LayerScope): Value {
  const { attributes } = scope;
  const turned = (index: number, flag: string): Value => {
    const rank = scope.rank(index);
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    const swapped = [...axes.slice(0, -2), rank - 1, rank - 2];
    return attributes.flag(flag, false) ? scope.transpose(scope.value(index), swapped) : scope.value(index);
  };
  let value = scope.node('MatMul', [turned(0, 'transpose_a'), turned(1, 'transpose_b')]);
  const alpha = attributes.float('alpha', 1);
  if (alpha !== 1) value = scope.node('Mul', [value, scope.scalar(alpha)]);
  if (scope.inputs.length < 3) return value;
  const addend = scope.node('Mul', [scope.value(2), scope.scalar(attributes.float('beta', 1))]);
  return scope.node('Add', [value, addend]);
}

function hardSigmoid(scope: LayerScope): Value {
  return scope.node('HardSigmoid', [scope.value(0)], {
    alpha: float(scope.attributes.float('alpha', 0.2)),
    beta: float(scope.attributes.float('beta', 0.5)),
  });
}

function selu(scope: LayerScope): Value {
  return scope.node('Selu', [scope.value(0)], {
    alpha: float(scope.attributes.float('alpha', 1.67326)),
    gamma: float(scope.attributes.float('gamma', 1.0507)),
  });
}

const kept = (translate: Operation['translate']): Operation => ({ translate, batch: keepsBatch });

/** Layers of v3 to v7 without weights that compute something for each value or window. */
export const legacyFunctions: OperationTable = {
  ...activations,
  Activation: kept(activation),
  Ceil: unary('Ceil'),
  Copy: unary('Identity'),
  ELU: kept((scope) => scope.node('Elu', [scope.value(0)], { alpha: float(scope.attributes.float('alpha', 1)) })),
  Eltwise: { translate: eltwise, batch: broadcasts },
  Gemm: { translate: gemm },
  HardSigmoid: kept(hardSigmoid),
  Identity: unary('Identity'),
  Neg: unary('Neg'),
  Norm: { translate: localResponse, batch: imagesFirst },
  Not: unary('Not'),
  Pooling: { translate: pooling, batch: imagesFirst },
  Power: kept(power),
  ReLU6: kept(reluSix),
  Selu: kept(selu),
  Softplus: unary('Softplus'),
  Softsign: unary('Softsign'),
  TanH: unary('Tanh'),
};

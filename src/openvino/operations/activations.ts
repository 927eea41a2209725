import { float, type GraphElementType, type Value } from '../../onnx/index.js';
import { along, keepsBatch } from '../translate/batch-rules.js';
import { mapFolded } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { FoldRule, Operation, OperationTable } from '../translate/operation.js';

/** An operation with one input that ONNX has under the same or another name; `fold` computes sizes with it. */
function unary(name: string, fold?: (value: number) => number): Operation {
  const translate: Operation['translate'] = (scope) => scope.node(name, [scope.value(0)]);
  if (fold === undefined) return { translate, batch: keepsBatch };
  const folded: FoldRule = ({ inputs: [data] }) => (data?.folded ? mapFolded(data.folded, fold) : null);
  return { translate, batch: keepsBatch, fold: folded };
}

/** The least and the largest value of an integer type, as far as numbers are exact. */
function integerRange(type: GraphElementType): readonly [number, number] {
  if (type === 'int8') return [-128, 127];
  if (type === 'uint8') return [0, 255];
  if (type === 'int32') return [-(2 ** 31), 2 ** 31 - 1];
  return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/activation/clamp-1.html */
function clamp(scope: LayerScope): Value {
  const type = scope.outputType();
  const low = scope.attributes.float('min');
  const high = scope.attributes.float('max');
  if (type === 'float32') return scope.node('Clip', [scope.value(0), scope.scalar(low), scope.scalar(high)]);
  const [least, most] = integerRange(type);
  return scope.node('Clip', [
    scope.value(0),
    scope.scalar(Math.max(Math.ceil(low), least), type),
    scope.scalar(Math.min(Math.floor(high), most), type),
  ]);
}

/**
 * A slope of one value a channel lies along axis 1, whatever the rank of the data.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/activation/prelu-1.html
 */
function prelu(scope: LayerScope): Value {
  const slope = scope.input(1);
  const rank = scope.rank(0);
  const perChannel = slope.dims?.length === 1 && slope.dims[0] !== 1 && rank > 2;
  const fitted = perChannel
    ? scope.reshape(slope.value(), [-1, ...new Array<number>(rank - 2).fill(1)])
    : slope.value();
  return scope.node('PRelu', [scope.value(0), fitted]);
}

/** x * sigmoid(beta * x). https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/activation/swish-4.html */
function swish(scope: LayerScope): Value {
  const x = scope.value(0);
  const scaled = scope.inputs.length > 1 ? scope.node('Mul', [x, scope.value(1)]) : x;
  return scope.node('Mul', [x, scope.node('Sigmoid', [scaled])]);
}

/** min(max(x + 3, 0), 6) / 6. https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/activation/hsigmoid-5.html */
function hardSigmoidOfSix(scope: LayerScope): Value {
  return scope.node('HardSigmoid', [scope.value(0)], { alpha: float(1 / 6), beta: float(0.5) });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/activation/hard-sigmoid-1.html */
function hardSigmoid(scope: LayerScope): Value {
  return scope.node('HardSigmoid', [scope.value(0)], {
    alpha: float(scope.number(1, 'alpha')),
    beta: float(scope.number(2, 'beta')),
  });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/activation/selu-1.html */
function selu(scope: LayerScope): Value {
  return scope.node('Selu', [scope.value(0)], {
    alpha: float(scope.number(1, 'alpha')),
    gamma: float(scope.number(2, 'lambda')),
  });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/activation/gelu-7.html */
function gelu(scope: LayerScope): Value {
  const mode = scope.attributes.choice('approximation_mode', ['erf', 'tanh'], 'erf');
  return scope.node('Gelu', [scope.value(0)], { approximate: mode === 'tanh' ? 'tanh' : 'none' });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/activation/softmax-8.html */
function softmax(name: 'Softmax' | 'LogSoftmax'): Operation {
  return {
    translate: (scope) =>
      scope.node(name, [scope.value(0)], { axis: scope.axis(scope.attributes.int('axis', 1), scope.rank(0)) }),
    batch: along(({ attributes }) => [attributes.int('axis', 1)]),
  };
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/arithmetic/round-5.html */
function round(scope: LayerScope): Value {
  const x = scope.value(0);
  if (scope.attributes.choice('mode', ['half_to_even', 'half_away_from_zero'], 'half_to_even') === 'half_to_even') {
    return scope.node('Round', [x]);
  }
  const away = scope.node('Floor', [scope.node('Add', [scope.node('Abs', [x]), scope.scalar(0.5)])]);
  return scope.node('Mul', [scope.node('Sign', [x]), away]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/comparison/isinf-10.html */
function isInfinite(scope: LayerScope): Value {
  return scope.node('IsInf', [scope.value(0)], {
    detect_negative: scope.attributes.flag('detect_negative', true) ? 1 : 0,
    detect_positive: scope.attributes.flag('detect_positive', true) ? 1 : 0,
  });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/comparison/isfinite-10.html */
function isFinite(scope: LayerScope): Value {
  const x = scope.value(0);
  return scope.node('Not', [scope.node('Or', [scope.node('IsInf', [x]), scope.node('IsNaN', [x])])]);
}

/** Values in another type. https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/type/convert-1.html */
function convert(scope: LayerScope, to: GraphElementType): Value {
  return scope.cast(scope.value(0), scope.input(0).type, to);
}

const kept = (translate: Operation['translate']): Operation => ({ translate, batch: keepsBatch });

/** Functions of one value each: activations, elementary functions, conversions. */
export const activations: OperationTable = {
  Abs: unary('Abs', Math.abs),
  Acos: unary('Acos'),
  Acosh: unary('Acosh'),
  Asin: unary('Asin'),
  Asinh: unary('Asinh'),
  Atan: unary('Atan'),
  Atanh: unary('Atanh'),
  Ceiling: unary('Ceil', Math.ceil),
  Clamp: kept(clamp),
  Convert: {
    ...kept((scope) => convert(scope, scope.outputType())),
    fold: ({ inputs, layer }) => {
      const [data] = inputs;
      const real = (layer.data['destination_type'] ?? '').includes('f');
      if (data?.folded === null || data === undefined) return null;
      const { shape, elements } = data.folded;
      return {
        shape,
        elements: elements.map((value) => (typeof value === 'number' && !real ? Math.trunc(value) : value)),
      };
    },
  },
  ConvertLike: {
    translate: (scope) => convert(scope, scope.input(1).type),
    batch: ({ inputs: [data] }) => [data?.batchAxis ?? null],
  },
  Cos: unary('Cos'),
  Cosh: unary('Cosh'),
  Elu: kept((scope) => scope.node('Elu', [scope.value(0)], { alpha: float(scope.attributes.float('alpha')) })),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Floor: unary('Floor', Math.floor),
  Gelu: kept(gelu),
  HSigmoid: kept(hardSigmoidOfSix),
  HSwish: unary('HardSwish'),
  HardSigmoid: kept(hardSigmoid),
  IsFinite: kept(isFinite),
  IsInf: kept(isInfinite),
  IsNaN: unary('IsNaN'),
  Log: unary('Log'),
  LogSoftmax: softmax('LogSoftmax'),
  LogicalNot: unary('Not'),
  Mish: unary('Mish'),
  Negative: unary('Neg', (value) => -value),
  PReLU: { translate: prelu, batch: keepsBatch },
  ReLU: unary('Relu'),
  Round: kept(round),
  Selu: kept(selu),
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Sinh: unary('Sinh'),
  SoftMax: softmax('Softmax'),
  Softmax: softmax('Softmax'),
  SoftPlus: unary('Softplus'),
  SoftSign: unary('Softsign'),
  Sqrt: unary('Sqrt', Math.sqrt),
  Swish: kept(swish),
  Tan: unary('Tan'),
  Tanh: unary('Tanh'),
};

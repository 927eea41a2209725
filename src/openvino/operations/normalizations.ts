import { float, type Value } from '../../onnx/index.js';
import { along, axesFrom, imagesFirst } from '../translate/batch-rules.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { OperationTable } from '../translate/operation.js';

/**
 * The order of inputs changed from opset 1 (gamma, beta, data, mean, variance) to 5 (data first).
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/normalization/batch-norm-inference-5.html
 */
function batchNormalization(scope: LayerScope): Value {
  const epsilon = scope.attributes.has('epsilon') ? scope.attributes.float('epsilon') : scope.attributes.float('eps');
  const order = scope.opset >= 5 || scope.rank(0) > 1 ? [0, 1, 2, 3, 4] : [2, 0, 1, 3, 4];
  return scope.node(
    'BatchNormalization',
    order.map((index) => scope.value(index)),
    { epsilon: float(epsilon) },
  );
}

/** What mean-variance normalisation does. */
export interface MeanVariance {
  readonly axes: readonly number[];
  readonly normalizeVariance: boolean;
  readonly epsilon: number;
  readonly insideRoot: boolean;
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/normalization/mvn-6.html */
function meanVariance(scope: LayerScope): Value {
  const { attributes } = scope;
  const rank = scope.rank(0);
  if (scope.opset < 6) {
    const across = attributes.has('reduction_axes')
      ? attributes.ints('reduction_axes').includes(1)
      : attributes.flag('across_channels', false);
    return emitMeanVariance(scope, scope.value(0), {
      axes: Array.from({ length: rank }, (_, axis) => axis).slice(across ? 1 : 2),
      normalizeVariance: attributes.flag('normalize_variance', false),
      epsilon: attributes.float('eps'),
      insideRoot: false,
    });
  }
  return emitMeanVariance(scope, scope.value(0), {
    axes: scope.numbers(1, 'axes').map((axis) => scope.axis(axis, rank)),
    normalizeVariance: attributes.flag('normalize_variance', true),
    epsilon: attributes.float('eps'),
    insideRoot: attributes.choice('eps_mode', ['inside_sqrt', 'outside_sqrt']) === 'inside_sqrt',
  });
}

/** Normalises by mean and, if asked, by variance; the common case of the last axes has an operator of its own. */
export function emitMeanVariance(scope: LayerScope, data: Value, options: MeanVariance): Value {
  const { axes, normalizeVariance, epsilon, insideRoot } = options;
  const dims = scope.dims(0);
  const last = dims.length - 1;
  const width = dims[last];
  if (normalizeVariance && insideRoot && axes.length === 1 && axes[0] === last && typeof width === 'number') {
    const ones = scope.floats(new Array<number>(width).fill(1));
    return scope.node('LayerNormalization', [data, ones], { axis: last, epsilon: float(epsilon) });
  }
  const mean = (value: Value): Value => scope.node('ReduceMean', [value, scope.graph.ints(axes)], { keepdims: 1 });
  const centred = scope.node('Sub', [data, mean(data)]);
  if (!normalizeVariance) return centred;
  const variance = mean(scope.node('Mul', [centred, centred]));
  const deviation = insideRoot
    ? scope.node('Sqrt', [scope.node('Add', [variance, scope.scalar(epsilon)])])
    : scope.node('Add', [scope.node('Sqrt', [variance]), scope.scalar(epsilon)]);
  return scope.node('Div', [centred, deviation]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/normalization/normalize-l2-1.html */
function normalizeL2(scope: LayerScope): Value {
  const axes = scope.numbers(1, 'axes');
  const mode = scope.attributes.choice('eps_mode', ['add', 'max']);
  return emitNormalizeL2(scope, scope.value(0), axes, scope.attributes.float('eps'), mode);
}

/** x / sqrt(sum of x^2 over the axes, with epsilon added or as the least). Without axes each value is its own sum. */
export function emitNormalizeL2(
  scope: LayerScope,
  data: Value,
  axes: readonly number[],
  epsilon: number,
  mode: 'add' | 'max',
): Value {
  const squares = scope.node('Mul', [data, data]);
  const sum = scope.node('ReduceSum', [squares, scope.graph.ints(axes)], { keepdims: 1, noop_with_empty_axes: 1 });
  const bounded = scope.node(mode === 'add' ? 'Add' : 'Max', [sum, scope.scalar(epsilon)]);
  return scope.node('Div', [data, scope.node('Sqrt', [bounded])]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/normalization/lrn-1.html */
function localResponse(scope: LayerScope): Value {
  const { attributes } = scope;
  const rank = scope.rank(0);
  const axes = scope.numbers(1, 'axes').map((axis) => scope.axis(axis, rank));
  return emitLocalResponse(scope, axes.length === 1 && axes[0] === 1 ? 'across' : axes, {
    alpha: attributes.float('alpha'),
    beta: attributes.float('beta'),
    bias: attributes.float('bias', 1),
    size: attributes.int('size'),
  });
}

/**
 * x / (bias + alpha / size^axes * sum of x^2 in a window)^beta, the window lying across channels or on spatial axes.
 */
export function emitLocalResponse(
  scope: LayerScope,
  axes: 'across' | readonly number[],
  options: { readonly alpha: number; readonly beta: number; readonly bias: number; readonly size: number },
): Value {
  const { alpha, beta, bias, size } = options;
  const data = scope.value(0);
  if (axes === 'across') {
    return scope.node('LRN', [data], { alpha: float(alpha), beta: float(beta), bias: float(bias), size });
  }
  if (axes.some((axis) => axis < 2)) throw scope.unsupported(`it normalises over the axes ${axes.join(', ')}`);
  const kernel = Array.from({ length: scope.rank(0) - 2 }, (_, axis) => (axes.includes(axis + 2) ? size : 1));
  const before = kernel.map((length) => Math.floor((length - 1) / 2));
  const after = kernel.map((length) => Math.ceil((length - 1) / 2));
  const mean = scope.node('AveragePool', [scope.node('Mul', [data, data])], {
    kernel_shape: kernel,
    pads: [...before, ...after],
    count_include_pad: 1,
  });
  const base = scope.node('Add', [scope.node('Mul', [mean, scope.scalar(alpha)]), scope.scalar(bias)]);
  return scope.node('Div', [data, scope.node('Pow', [base, scope.scalar(beta)])]);
}

/** x / sqrt(sum of x^2 over the channels + bias). https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/normalization/grn-1.html */
function globalResponse(scope: LayerScope): Value {
  return emitNormalizeL2(scope, scope.value(0), [1], scope.attributes.float('bias'), 'add');
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/normalization/group-normalization-12.html */
function groupNormalization(scope: LayerScope): Value {
  const groups = scope.attributes.int('num_groups');
  const rank = scope.rank(0);
  const data = scope.value(0);
  const ones = scope.floats(new Array<number>(groups).fill(1));
  const zeros = scope.floats(new Array<number>(groups).fill(0));
  const grouped = scope.reshape(data, [0, groups, -1]);
  const normal = scope.node('InstanceNormalization', [grouped, ones, zeros], {
    epsilon: float(scope.attributes.float('epsilon')),
  });
  const back = scope.node('Reshape', [normal, scope.node('Shape', [data])]);
  const perChannel = [-1, ...new Array<number>(rank - 2).fill(1)];
  const scaled = scope.node('Mul', [back, scope.reshape(scope.value(1), perChannel)]);
  return scope.node('Add', [scaled, scope.reshape(scope.value(2), perChannel)]);
}

/** Normalisations. */
export const normalizations: OperationTable = {
  BatchNormInference: {
    translate: batchNormalization,
    batch: imagesFirst,
  },
  GRN: { translate: globalResponse, batch: imagesFirst },
  GroupNormalization: { translate: groupNormalization, batch: imagesFirst },
  LRN: { translate: localResponse, batch: imagesFirst },
  MVN: {
    translate: meanVariance,
    batch: (traced) =>
      (traced.inputs.length < 2 ? imagesFirst : along(({ inputs: [, axes] }) => axesFrom(axes)))(traced),
  },
  NormalizeL2: { translate: normalizeL2, batch: along(({ inputs: [, axes] }) => axesFrom(axes)) },
};

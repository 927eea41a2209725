import { float, type Value } from '../../../onnx/index.js';
import { imagesFirst } from '../../translate/batch-rules.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { OperationTable } from '../../translate/operation.js';
import { extent, padAttributes, padsOf, type Window } from '../padding.js';

/** Weights and bias: from `<blobs>`, or, in quantized models, from further inputs. */
function weightsOf(scope: LayerScope, shape: readonly number[], outputs: number): Value[] {
  if (scope.inputs.length > 1) {
    const weights = scope.reshape(scope.value(1), shape);
    return scope.inputs.length > 2 ? [weights, scope.reshape(scope.value(2), [outputs])] : [weights];
  }
  const weights = scope.constant(scope.blob('weights', shape));
  return scope.blobLength('biases') === 0 ? [weights] : [weights, scope.constant(scope.blob('biases', [outputs]))];
}

function windowOf(scope: LayerScope): Window {
  const kernel = scope.attributes.ints('kernel');
  const ones = kernel.map(() => 1);
  return {
    kernel,
    strides: scope.attributes.ints('strides', ones),
    dilations: scope.attributes.ints('dilations', ones),
  };
}

/** Number of channels of the input, which must be known. */
function channelsOf(scope: LayerScope): number {
  const channels = scope.dims(0)[1];
  if (typeof channels !== 'number') throw scope.error('has an input without a number of channels');
  return channels;
}

function convolution(scope: LayerScope): Value {
  const window = windowOf(scope);
  const group = scope.attributes.int('group', 1);
  const outputs = scope.attributes.int('output');
  const pads = padsOf(scope, scope.dims(0).slice(2), window);
  const shape = [outputs, channelsOf(scope) / group, ...window.kernel];
  return scope.node('Conv', [scope.value(0), ...weightsOf(scope, shape, outputs)], {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    ...padAttributes(pads),
    group,
  });
}

/** The declared size of the output tells what padding leaves open: more of it is added at the end, less is cut. */
function deconvolution(scope: LayerScope): Value {
  const window = windowOf(scope);
  const group = scope.attributes.int('group', 1);
  const outputs = scope.attributes.int('output');
  const shape = [channelsOf(scope), outputs / group, ...window.kernel];
  const none = window.kernel.map(() => 0);
  const begin = scope.attributes.ints('pads_begin', none);
  const spatial = scope.dims(0).slice(2);
  const declared = scope.outputDims()?.slice(2) ?? [];
  const ends = spatial.map((length, axis) => {
    const output = declared[axis] ?? null;
    if (length === null || output === null) throw scope.unsupported('the size of its input is not known');
    const full = (length - 1) * (window.strides[axis] ?? 1) + extent(window, axis);
    return full - (begin[axis] ?? 0) - output;
  });
  return scope.node('ConvTranspose', [scope.value(0), ...weightsOf(scope, shape, outputs)], {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    pads: [...begin, ...ends.map((end) => Math.max(end, 0))],
    output_padding: ends.map((end) => Math.max(-end, 0)),
    group,
  });
}

/** A product with a matrix: of all values of an image, or of the last axis where the result keeps the others. */
function fullyConnected(scope: LayerScope): Value {
  const outputs = scope.attributes.int('out-size');
  const rank = scope.outputDims()?.length ?? 2;
  const dims = scope.dims(0).slice(rank > 2 ? -1 : 1);
  const inputs = dims.reduce<number>((product, length) => product * (length ?? NaN), 1);
  if (Number.isNaN(inputs)) throw scope.unsupported('the size of its input is not known');
  const [weights, bias] = weightsOf(scope, [outputs, inputs], outputs);
  if (weights === undefined) throw scope.error('has no weights');
  if (rank <= 2) {
    const flat = scope.reshape(scope.value(0), [-1, inputs]);
    return scope.node('Gemm', bias === undefined ? [flat, weights] : [flat, weights, bias], { transB: 1 });
  }
  const product = scope.node('MatMul', [scope.value(0), scope.transpose(weights, [1, 0])]);
  return bias === undefined ? product : scope.node('Add', [product, bias]);
}

/** A blob with one value a channel, or a single one, shaped to be broadcast over the data. */
function perChannel(scope: LayerScope, name: string): Value {
  const length = scope.blobLength(name);
  const rank = scope.rank(0);
  const shape = length === 1 || rank < 2 ? [length] : [length, ...new Array<number>(rank - 2).fill(1)];
  return scope.floatsOf(scope.blob(name, [length]), shape);
}

function scaleShift(scope: LayerScope): Value {
  let value = scope.value(0);
  if (scope.blobLength('weights') > 0) value = scope.node('Mul', [value, perChannel(scope, 'weights')]);
  if (scope.blobLength('biases') > 0) value = scope.node('Add', [value, perChannel(scope, 'biases')]);
  return value;
}

/** Mean and variance are in the blobs; there is no scale. */
function batchNormalization(scope: LayerScope): Value {
  const variance = scope.node('Add', [perChannel(scope, 'weights'), scope.scalar(scope.attributes.float('epsilon'))]);
  const centred = scope.node('Sub', [scope.value(0), perChannel(scope, 'biases')]);
  return scope.node('Div', [centred, scope.node('Sqrt', [variance])]);
}

function prelu(scope: LayerScope): Value {
  return scope.node('PRelu', [scope.value(0), perChannel(scope, 'weights')]);
}

function relu(scope: LayerScope): Value {
  const slope = scope.attributes.float('negative_slope', 0);
  return slope === 0
    ? scope.node('Relu', [scope.value(0)])
    : scope.node('LeakyRelu', [scope.value(0)], { alpha: float(slope) });
}

/** Each value over the norm of its column of channels, or of the whole image, times a weight. */
function normalize(scope: LayerScope): Value {
  const axes = scope.attributes.flag('across_spatial', false)
    ? Array.from({ length: scope.rank(0) - 1 }, (_, index) => index + 1)
    : [1];
  const data = scope.value(0);
  const squares = scope.node('ReduceSum', [scope.node('Mul', [data, data]), scope.graph.ints(axes)], { keepdims: 1 });
  const bounded = scope.node('Add', [squares, scope.scalar(scope.attributes.float('eps', 1e-10))]);
  const normal = scope.node('Div', [data, scope.node('Sqrt', [bounded])]);
  return scope.blobLength('weights') === 0 ? normal : scope.node('Mul', [normal, perChannel(scope, 'weights')]);
}

/** Layers of v3 to v7 that have weights. */
export const legacyWeighted: OperationTable = {
  BatchNormalization: { translate: batchNormalization, batch: imagesFirst },
  Convolution: { translate: convolution, batch: imagesFirst },
  Deconvolution: { translate: deconvolution, batch: imagesFirst },
  FullyConnected: { translate: fullyConnected, batch: imagesFirst },
  Normalize: { translate: normalize, batch: imagesFirst },
  PReLU: { translate: prelu, batch: imagesFirst },
  ReLU: { translate: relu, batch: imagesFirst },
  ScaleShift: { translate: scaleShift, batch: imagesFirst },
};

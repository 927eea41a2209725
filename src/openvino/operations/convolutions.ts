import type { Attributes, Value } from '../../onnx/index.js';
import { imagesFirst } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, OperationTable } from '../translate/operation.js';
import { extent, padAttributes, padsOf, type Pads, type Window } from './padding.js';

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/convolution/convolution-1.html */
function convolution(scope: LayerScope): Value {
  const weights = scope.staticDims(1);
  return scope.node('Conv', [scope.value(0), scope.value(1)], convolutionAttributes(scope, weights.slice(2), 1));
}

/**
 * Weights `[groups, out, in, ...kernel]` are `[groups * out, in, ...kernel]` in ONNX: the same values.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/convolution/group-convolution-1.html
 */
function groupConvolution(scope: LayerScope): Value {
  const { groups, value, kernel } = mergeGroups(scope);
  return scope.node('Conv', [scope.value(0), value], convolutionAttributes(scope, kernel, groups));
}

/** Grouped weights with the groups joined to the first axis of channels. */
function mergeGroups(scope: LayerScope): { groups: number; value: Value; kernel: readonly number[] } {
  const [groups = 1, first = 1, second = 1, ...kernel] = scope.staticDims(1);
  const shape = [groups * first, second, ...kernel];
  const constant = scope.input(1).constant?.();
  const value = constant === undefined ? scope.reshape(scope.value(1), shape) : scope.constant({ ...constant, shape });
  return { groups, value, kernel };
}

function convolutionAttributes(scope: LayerScope, kernel: readonly number[], group: number): Attributes {
  const window = windowOf(scope, kernel);
  const pads = padsOf(scope, scope.dims(0).slice(2), window);
  return {
    kernel_shape: kernel,
    strides: window.strides,
    dilations: window.dilations,
    ...padAttributes(pads),
    group,
  };
}

function windowOf(scope: LayerScope, kernel: readonly number[]): Window {
  const ones = new Array<number>(kernel.length).fill(1);
  return {
    kernel,
    strides: scope.attributes.ints('strides', ones),
    dilations: scope.attributes.ints('dilations', ones),
  };
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/convolution/convolution-backprop-data-1.html */
function transposed(scope: LayerScope): Value {
  const kernel = scope.staticDims(1).slice(2);
  return scope.node('ConvTranspose', [scope.value(0), scope.value(1)], transposedAttributes(scope, kernel, 1));
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/convolution/group-convolution-backprop-data-1.html */
function groupTransposed(scope: LayerScope): Value {
  const { groups, value, kernel } = mergeGroups(scope);
  return scope.node('ConvTranspose', [scope.value(0), value], transposedAttributes(scope, kernel, groups));
}

/** Where a third input gives the size of the output, the padding follows from it. */
function transposedAttributes(scope: LayerScope, kernel: readonly number[], group: number): Attributes {
  const window = windowOf(scope, kernel);
  const padding = scope.attributes.ints('output_padding', new Array<number>(kernel.length).fill(0));
  const size = scope.inputs.length > 2 ? (foldedNumbers(scope.input(2).folded) ?? undefined) : undefined;
  if (scope.inputs.length > 2 && size === undefined) throw scope.unsupported('the size of its output is not known');
  return {
    kernel_shape: kernel,
    strides: window.strides,
    dilations: window.dilations,
    group,
    ...(size === undefined ? padsWithoutSize(scope, window, padding) : padsForSize(scope, window, padding, size)),
  };
}

function padsWithoutSize(scope: LayerScope, window: Window, padding: readonly number[]): Attributes {
  const none = window.kernel.map(() => 0);
  const explicit = ['explicit', 'notset'].includes(scope.attributes.text('auto_pad', 'explicit'));
  const pads: Pads = explicit
    ? { begin: scope.attributes.ints('pads_begin', none), end: scope.attributes.ints('pads_end', none) }
    : { begin: none, end: none };
  return { pads: [...pads.begin, ...pads.end], output_padding: padding };
}

/** What the output would be too long by is cut off; what it lacks is added at its end. */
function padsForSize(
  scope: LayerScope,
  window: Window,
  padding: readonly number[],
  size: readonly number[],
): Attributes {
  const spatial = scope.dims(0).slice(2);
  const upper = scope.attributes.text('auto_pad', 'explicit') === 'same_upper';
  const excess = spatial.map((length, axis) => {
    if (length === null) throw scope.unsupported('the size of its output is given, but not that of its input');
    const full = (window.strides[axis] ?? 1) * (length - 1) + extent(window, axis) + (padding[axis] ?? 0);
    return full - (size[axis] ?? full);
  });
  const totals = excess.map((value) => Math.max(value, 0));
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  const pads = upper ? [...larger, ...smaller] : [...smaller, ...larger];
  return { pads, output_padding: padding.map((value, axis) => value + Math.max(-(excess[axis] ?? 0), 0)) };
}

/**
 * Values and weights stand for -1 and 1: data is 1 where it is positive, weights where their bit is set.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/convolution/binary-convolution-1.html
 */
function binaryConvolution(scope: LayerScope): Value {
  const shape = scope.staticDims(1);
  const weights = scope.input(1).constant?.();
  if (weights === undefined) throw scope.unsupported('its weights are computed while the model runs');
  const signs = scope.floats(
    Array.from(scope.numbers(1, 'weights'), (bit) => 2 * bit - 1),
    shape,
  );
  const positive = scope.node('Greater', [scope.value(0), scope.scalar(0)]);
  let data = scope.node('Where', [positive, scope.scalar(1), scope.scalar(-1)]);
  scope.staticDims(0);
  const { pads, ...rest } = convolutionAttributes(scope, shape.slice(2), 1);
  const around = Array.isArray(pads) ? pads.filter((pad) => typeof pad === 'number') : [];
  if (around.some((pad) => pad > 0)) {
    const half = around.length / 2;
    const full = [0, 0, ...around.slice(0, half), 0, 0, ...around.slice(half)];
    data = scope.node('Pad', [data, scope.graph.ints(full), scope.scalar(scope.attributes.float('pad_value', 0))]);
  }
  return scope.node('Conv', [data, signs], rest);
}

/** Deformable convolution, whose third input `offsets` and optional fourth `mask` are ONNX's. https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/convolution/deformable-convolution-8.html */
function deformableConvolution(scope: LayerScope): Value {
  const kernel = scope.staticDims(2).slice(2);
  const attributes = convolutionAttributes(scope, kernel, scope.attributes.int('group', 1));
  const bias = scope.floats(new Array<number>(scope.staticDims(2)[0] ?? 0).fill(0));
  const inputs = [scope.value(0), scope.value(2), scope.value(1), bias];
  if (scope.inputs.length > 3) inputs.push(scope.value(3));
  return scope.node('DeformConv', inputs, {
    ...attributes,
    offset_group: scope.attributes.int('deformable_group', 1),
  });
}

/** Data and offsets both lie by image. */
const batchOfDeformable: BatchRule = ({ inputs, outputDims }) =>
  inputs[0]?.batchAxis === 0 && inputs.every(({ batchAxis }, index) => (index === 2 ? null : 0) === batchAxis)
    ? outputDims.map(() => 0)
    : null;

/** Convolutions of all kinds. */
export const convolutions: OperationTable = {
  BinaryConvolution: { translate: binaryConvolution, batch: imagesFirst },
  Convolution: { translate: convolution, batch: imagesFirst },
  ConvolutionBackpropData: { translate: transposed, batch: imagesFirst },
  DeformableConvolution: { translate: deformableConvolution, batch: batchOfDeformable },
  GroupConvolution: { translate: groupConvolution, batch: imagesFirst },
  GroupConvolutionBackpropData: { translate: groupTransposed, batch: imagesFirst },
};

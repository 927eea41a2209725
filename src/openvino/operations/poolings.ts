import type { Attributes, Value } from '../../onnx/index.js';
import { imagesFirst } from '../translate/batch-rules.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { OperationTable } from '../translate/operation.js';
import type { Dim } from '../translate/operand.js';
import { extent, padAttributes, padsOf, type Pads, type Window } from './padding.js';

/** A pooling layer, as the parts of ONNX's poolings. */
export interface Pooling {
  readonly window: Window;
  /** Padding as the model declares it. */
  readonly pads: Pads;
  /** Values that the last window reaches past that padding, where sizes are rounded up. */
  readonly overhang: readonly number[];
  /** Whether ONNX has to round up by itself, because sizes are not known. */
  readonly ceil: boolean;
}

/**
 * Rounding up lets the last window reach past the padding; how far follows from the declared size of the output, which
 * also tells `ceil` from `ceil_torch`.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/pooling/pooling_shape_rules.html
 */
function poolingOf(scope: LayerScope): Pooling {
  const kernel = scope.attributes.ints('kernel');
  const ones = kernel.map(() => 1);
  const window = {
    kernel,
    strides: scope.attributes.ints('strides', ones),
    dilations: scope.attributes.ints('dilations', ones),
  };
  const input = scope.dims(0).slice(2);
  const pads = padsOf(scope, input, window);
  const rounding = scope.attributes.choice('rounding_type', ['floor', 'ceil', 'ceil_torch'], 'floor');
  return {
    window,
    pads,
    ...overhangOf(window, pads, input, scope.outputDims()?.slice(2) ?? null, rounding !== 'floor'),
  };
}

/** How far the last window reaches past the padded input. */
export function overhangOf(
  window: Window,
  pads: Pads,
  input: readonly Dim[],
  output: readonly Dim[] | null,
  ceil: boolean,
): Pick<Pooling, 'overhang' | 'ceil'> {
  const none = { overhang: window.kernel.map(() => 0), ceil };
  if (!ceil || output === null) return none;
  const overhang = input.flatMap((length, axis) => {
    const count = output[axis] ?? null;
    if (length === null || count === null) return [];
    const reach = (count - 1) * (window.strides[axis] ?? 1) + extent(window, axis);
    return [Math.max(reach - (length + (pads.begin[axis] ?? 0) + (pads.end[axis] ?? 0)), 0)];
  });
  return overhang.length === input.length ? { overhang, ceil: false } : none;
}

/** Attributes of a pooling whose padding is no part of what is pooled. */
function attributesOf({ window, pads, overhang, ceil }: Pooling): Attributes {
  return {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations.some((dilation) => dilation !== 1) ? window.dilations : undefined,
    ...padAttributes({ ...pads, end: pads.end.map((pad, axis) => pad + (overhang[axis] ?? 0)) }),
    ceil_mode: ceil ? 1 : 0,
  };
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/pooling/max-pool-14.html */
function maxPool(scope: LayerScope): Value[] {
  const pooling = poolingOf(scope);
  if (!scope.uses(1)) return [emitMaxPool(scope, scope.value(0), pooling)];
  const [values, indices] = scope.graph.nodes('MaxPool', [scope.value(0)], attributesOf(pooling), 2);
  if (values === undefined || indices === undefined) return [];
  return [values, scope.cast(planeIndices(scope, indices), 'int64', scope.outputType(1))];
}

/** ONNX counts through the whole tensor; `axis` says from which axis on OpenVINO counts, and each image starts anew. */
function planeIndices(scope: LayerScope, indices: Value): Value {
  const axis = Math.max(
    scope.axis(scope.attributes.int('axis', 0), scope.rank(0)),
    scope.input(0).batchAxis === 0 ? 1 : 0,
  );
  if (axis === 0) return indices;
  const counted = scope.dims(0).slice(axis);
  const size = counted.reduce<number>((product, length) => product * (length ?? NaN), 1);
  if (Number.isNaN(size)) throw scope.unsupported('the positions of its maxima are used, but not all sizes are known');
  return scope.node('Mod', [indices, scope.graph.int(size)]);
}

/** A maximum pooling. */
export function emitMaxPool(scope: LayerScope, data: Value, pooling: Pooling): Value {
  return scope.node('MaxPool', [data], attributesOf(pooling));
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/pooling/avg-pool-14.html */
function averagePool(scope: LayerScope): Value {
  return emitAveragePool(scope, scope.value(0), poolingOf(scope), scope.attributes.flag('exclude-pad'));
}

/**
 * An average pooling. Padding that counts includes what the model declares, not what a window reaches past it.
 */
export function emitAveragePool(scope: LayerScope, data: Value, pooling: Pooling, excludePad: boolean): Value {
  const { window, pads, overhang } = pooling;
  const plane = scope.dims(0).slice(2);
  const reaches = pads.auto !== undefined || [...pads.begin, ...pads.end, ...overhang].some((length) => length > 0);
  // The whole plane is a case of its own, for which the runtime is several times faster.
  if (!reaches && plane.every((length, axis) => length === window.kernel[axis])) {
    return scope.node('GlobalAveragePool', [data]);
  }
  const padded = pads.auto !== undefined || [...pads.begin, ...pads.end].some((pad) => pad > 0);
  if (excludePad || !padded) return scope.node('AveragePool', [data], attributesOf(pooling));
  if (overhang.every((values) => values === 0)) {
    return scope.node('AveragePool', [data], { ...attributesOf(pooling), count_include_pad: 1 });
  }
  const around = scope.node('Pad', [data, scope.graph.ints([0, 0, ...pads.begin, 0, 0, ...pads.end])]);
  const none = pads.begin.map(() => 0);
  return scope.node('AveragePool', [around], attributesOf({ ...pooling, pads: { begin: none, end: none } }));
}

/** First and last value (exclusive) of each bin of an adaptive pooling. */
function binsOf(length: number, count: number): { start: number; end: number }[] {
  return Array.from({ length: count }, (_, index) => ({
    start: Math.floor((index * length) / count),
    end: Math.ceil(((index + 1) * length) / count),
  }));
}

/**
 * The mean over a bin is the mean over its columns of the mean over its rows: a product with a matrix for each axis.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/pooling/adaptive-avg-pool-8.html
 */
function adaptiveAveragePool(scope: LayerScope): Value {
  if (isOne(scope)) return scope.node('GlobalAveragePool', [scope.value(0)]);
  const { input, output } = adaptiveSizes(scope);
  let value = scope.value(0);
  const last = input.length - 1;
  const rank = input.length + 2;
  for (const [axis, length] of input.entries()) {
    const count = output[axis] ?? length;
    const weights = new Array<number>(length * count).fill(0);
    for (const [bin, { start, end }] of binsOf(length, count).entries()) {
      for (let i = start; i < end; i++) weights[i * count + bin] = 1 / (end - start);
    }
    const swap = swapped(rank, axis + 2, rank - 1);
    const turned = axis === last ? value : scope.transpose(value, swap);
    const pooled = scope.node('MatMul', [turned, scope.floats(weights, [length, count])]);
    value = axis === last ? pooled : scope.transpose(pooled, swap);
  }
  return value;
}

function swapped(rank: number, left: number, right: number): number[] {
  return Array.from({ length: rank }, (_, axis) => (axis === left ? right : axis === right ? left : axis));
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/pooling/adaptive-max-pool-8.html */
function adaptiveMaxPool(scope: LayerScope): Value {
  if (isOne(scope)) return scope.node('GlobalMaxPool', [scope.value(0)]);
  const { input, output } = adaptiveSizes(scope);
  let value = scope.value(0);
  for (const [index, length] of input.entries()) {
    const axis = index + 2;
    const bins = binsOf(length, output[index] ?? length).map(({ start, end }) =>
      scope.node('ReduceMax', [scope.slice(value, axis, start, end), scope.graph.ints([axis])], { keepdims: 1 }),
    );
    value = bins.length === 1 ? bins[0]! : scope.node('Concat', bins, { axis });
  }
  return value;
}

/** Whether all of a channel becomes one value, for which sizes need not be known. */
function isOne(scope: LayerScope): boolean {
  return scope.numbers(1, 'output size').every((length) => length === 1);
}

function adaptiveSizes(scope: LayerScope): { input: readonly number[]; output: readonly number[] } {
  const input = scope
    .dims(0)
    .slice(2)
    .filter((length) => length !== null);
  const output = scope.numbers(1, 'output size');
  if (input.length !== scope.rank(0) - 2) throw scope.unsupported('the size of its input is not known');
  return { input, output };
}

/** Poolings. */
export const poolings: OperationTable = {
  AdaptiveAvgPool: { translate: adaptiveAveragePool, batch: imagesFirst },
  AdaptiveMaxPool: { translate: adaptiveMaxPool, batch: imagesFirst },
  AvgPool: { translate: averagePool, batch: imagesFirst },
  MaxPool: { translate: maxPool, batch: imagesFirst },
};

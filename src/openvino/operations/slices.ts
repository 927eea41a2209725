import type { Value } from '../../onnx/index.js';
import { keepsBatch } from '../translate/batch-rules.js';
import { foldedNumbers, type Folded, type FoldedElement } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, FoldRule, OperationTable, TracedLayer } from '../translate/operation.js';

/** Further than any axis is long. */
const far = 2 ** 31 - 1;

/** One bound of a slice: known, or an element of an input. */
type Bound = number | { readonly input: number; readonly element: number };

/** What is done along one axis of the data. */
interface AxisSlice {
  readonly axis: number;
  readonly start: Bound;
  readonly end: Bound;
  readonly step: Bound;
  /** Whether the axis is taken away. */
  readonly shrink: boolean;
}

/** What StridedSlice's masks come to. */
interface SlicePlan {
  readonly slices: readonly AxisSlice[];
  /** Axes of the result, after those that shrink are gone, that are new. */
  readonly newAxes: readonly number[];
}

/**
 * Lays the masks out on the axes of the data. A mask's bit of 1 means that the bound is ignored; in v3 to v7 it is the
 * bit of 0 in the masks of both bounds.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/strided-slice-1.html
 */
function planStridedSlice(layer: TracedLayer, rank: number, count: number): SlicePlan {
  const mask = (name: string): readonly number[] => layer.attributes.ints(name, []);
  const ignoring = layer.layer.opset === '' ? 0 : 1;
  const ignored = (name: string): readonly boolean[] => mask(name).map((bit) => bit === ignoring);
  const [beginIgnored, endIgnored] = [ignored('begin_mask'), ignored('end_mask')];
  const [newAxis, shrinkAxis, ellipsis] = [mask('new_axis_mask'), mask('shrink_axis_mask'), mask('ellipsis_mask')];
  const known = [1, 2, 3].map((input) => layer.inputs[input]?.folded ?? null);
  const bound = (input: number, element: number): Bound => {
    const value = known[input - 1]?.elements[element];
    return typeof value === 'number' ? value : { input, element };
  };
  const positions = Array.from({ length: count }, (_, position) => position);
  const added = positions.filter((position) => newAxis[position] === 1 && ellipsis[position] !== 1).length;
  const slices: AxisSlice[] = [];
  const newAxes: number[] = [];
  let axis = 0;
  let output = 0;
  for (const position of positions) {
    if (ellipsis[position] === 1) {
      const skipped = rank - (count - added - 1);
      axis += skipped;
      output += skipped;
    } else if (newAxis[position] === 1) {
      newAxes.push(output++);
    } else {
      const shrink = shrinkAxis[position] === 1;
      const step = shrink || layer.inputs.length < 4 ? 1 : bound(3, position);
      const backward = typeof step === 'number' && step < 0;
      const start = beginIgnored[position] === true ? (backward ? far : 0) : bound(1, position);
      let end = endIgnored[position] === true ? (backward ? -far : far) : bound(2, position);
      if (shrink) end = typeof start === 'number' ? (start === -1 ? far : start + 1) : end;
      slices.push({ axis: axis++, start, end, step, shrink });
      if (!shrink) output++;
    }
  }
  return { slices, newAxes };
}

/** Whether a slice takes the whole axis as it is. */
function isWhole({ start, end, step, shrink }: AxisSlice, length: number | null | undefined): boolean {
  const toEnd = end === far || (typeof end === 'number' && typeof length === 'number' && length >= 0 && end >= length);
  return start === 0 && step === 1 && !shrink && toEnd;
}

function stridedSlice(scope: LayerScope): Value {
  const dims = scope.dims(0);
  const { slices, newAxes } = planStridedSlice(traced(scope), dims.length, boundCount(scope));
  const batchAxis = scope.input(0).batchAxis;
  // For one image the axis is 1 long: a slice up to 1 is the whole of it.
  const needed = slices.filter((slice) => !isWhole(slice, slice.axis === batchAxis ? 1 : dims[slice.axis]));
  let value = needed.length === 0 ? scope.value(0) : emitSlice(scope, scope.value(0), needed);
  const shrunk = slices.filter((slice) => slice.shrink).map((slice) => slice.axis);
  if (shrunk.length > 0) value = scope.squeeze(value, ...shrunk);
  if (newAxes.length > 0) value = scope.unsqueeze(value, ...newAxes);
  return needed.length + shrunk.length + newAxes.length === 0 ? scope.node('Identity', [value]) : value;
}

function boundCount(scope: LayerScope): number {
  const count = scope.dims(1)[0];
  if (typeof count !== 'number') throw scope.unsupported('the number of its bounds is not known');
  return count;
}

/** The scope as the tracer sees it; the masks are read the same way in both. */
function traced(scope: LayerScope): TracedLayer {
  return {
    layer: scope.layer,
    attributes: scope.attributes,
    inputs: scope.inputs.map((input) => ({
      batchAxis: input.batchAxis,
      dims: input.dims?.map((dim) => dim ?? -1) ?? [],
      folded: input.folded,
    })),
    outputDims: [],
  };
}

function emitSlice(scope: LayerScope, data: Value, slices: readonly AxisSlice[]): Value {
  const axes = scope.graph.ints(slices.map((slice) => slice.axis));
  const bounds = (select: (slice: AxisSlice) => Bound): Value => boundList(scope, slices.map(select));
  return scope.node('Slice', [
    data,
    bounds((slice) => slice.start),
    bounds((slice) => slice.end),
    axes,
    bounds((slice) => slice.step),
  ]);
}

/** A list of bounds, some of which may be known only when the model runs. */
function boundList(scope: LayerScope, bounds: readonly Bound[]): Value {
  const numbers = bounds.filter((bound) => typeof bound === 'number');
  if (numbers.length === bounds.length) return scope.graph.ints(numbers.map((value) => Math.max(value, -far)));
  const parts = bounds.map((bound) =>
    typeof bound === 'number'
      ? scope.graph.ints([Math.max(bound, -far)])
      : scope.node('Gather', [scope.asInt64(bound.input), scope.graph.ints([bound.element])]),
  );
  return parts.length === 1 ? parts[0]! : scope.node('Concat', parts, { axis: 0 });
}

const batchOfStridedSlice: BatchRule = (layer) => {
  const [data, begin] = layer.inputs;
  if (data === undefined || begin === undefined || data.batchAxis === null) return null;
  const { batchAxis } = data;
  const { slices, newAxes } = planStridedSlice(layer, data.dims.length, begin.dims[0] ?? 0);
  const own = slices.find((slice) => slice.axis === batchAxis);
  if (own !== undefined && !isWhole(own, data.dims[batchAxis])) return null;
  const before = slices.filter((slice) => slice.shrink && slice.axis < batchAxis).length;
  let axis = batchAxis - before;
  for (const added of newAxes) if (added <= axis) axis++;
  return [axis];
};

const foldStridedSlice: FoldRule = (layer) => {
  const [data, begin] = layer.inputs;
  if (data?.folded?.shape.length !== 1 || begin === undefined) return null;
  const { slices, newAxes } = planStridedSlice(layer, 1, begin.dims[0] ?? 0);
  const [slice] = slices;
  if (slice === undefined || newAxes.length > 0) return null;
  const folded = sliceList(data.folded, slice.start, slice.end, slice.step);
  return folded === null || !slice.shrink ? folded : { shape: [], elements: folded.elements };
};

/** A slice of a list, by Python's rules for bounds. */
function sliceList(list: Folded, start: Bound, end: Bound, step: Bound): Folded | null {
  if (typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number' || step === 0) return null;
  const length = list.elements.length;
  const clamp = (bound: number, low: number, high: number): number =>
    Math.min(Math.max(bound < 0 ? bound + length : bound, low), high);
  const elements: FoldedElement[] = [];
  if (step > 0) {
    for (let i = clamp(start, 0, length); i < clamp(end, 0, length); i += step) elements.push(list.elements[i]!);
  } else {
    for (let i = clamp(start, 0, length - 1); i > clamp(end, -1, length); i += step) elements.push(list.elements[i]!);
  }
  return { shape: [elements.length], elements };
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/slice-8.html */
function slice(scope: LayerScope): Value {
  const layer = traced(scope);
  const planned = planSlice(layer);
  const dims = scope.dims(0);
  if (planned === null) {
    const axes = scope.inputs.length > 4 ? scope.asInt64(4) : null;
    const bounds = [scope.asInt64(1), scope.asInt64(2)];
    return scope.node('Slice', [scope.value(0), ...bounds, axes, scope.asInt64(3)]);
  }
  const batchAxis = scope.input(0).batchAxis;
  const needed = planned.filter((part) => !isWhole(part, part.axis === batchAxis ? 1 : dims[part.axis]));
  return needed.length === 0 ? scope.node('Identity', [scope.value(0)]) : emitSlice(scope, scope.value(0), needed);
}

/** Slices by axis, when the axes are known. */
function planSlice({ inputs }: TracedLayer): readonly AxisSlice[] | null {
  const [data, start, end, step, axes] = inputs;
  const count = start?.dims[0];
  if (data === undefined || count === undefined || count < 0) return null;
  const numbers = axes === undefined ? Array.from({ length: count }, (_, axis) => axis) : foldedNumbers(axes.folded);
  if (numbers === null) return null;
  const bound = (folded: Folded | null | undefined, input: number, element: number): Bound => {
    const value = folded?.elements[element];
    return typeof value === 'number' ? value : { input, element };
  };
  return numbers.map((axis, element) => ({
    axis: axis < 0 ? axis + data.dims.length : axis,
    start: bound(start?.folded, 1, element),
    end: bound(end?.folded, 2, element),
    step: bound(step?.folded, 3, element),
    shrink: false,
  }));
}

const batchOfSlice: BatchRule = (layer) => {
  const [data] = layer.inputs;
  const own = planSlice(layer)?.find((part) => part.axis === data?.batchAxis);
  const known = planSlice(layer) !== null;
  const whole = own === undefined || isWhole(own, data?.dims[data.batchAxis ?? 0]);
  return known && whole ? keepsBatch(layer) : null;
};

const foldSlice: FoldRule = (layer) => {
  const [data] = layer.inputs;
  const [only] = planSlice(layer) ?? [];
  if (data?.folded?.shape.length !== 1 || only === undefined) return null;
  return sliceList(data.folded, only.start, only.end, only.step);
};

/** Slices. */
export const slices: OperationTable = {
  Slice: { translate: slice, batch: batchOfSlice, fold: foldSlice },
  StridedSlice: { translate: stridedSlice, batch: batchOfStridedSlice, fold: foldStridedSlice },
};

import type { Value } from '../../onnx/index.js';
import { axesFrom } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, FoldRule, OperationTable } from '../translate/operation.js';

/**
 * Takes slices along an axis. With `batch_dims`, the first axes of data and indices go together, which is ONNX's
 * GatherND once the axis follows them.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/gather-8.html
 */
function gather(scope: LayerScope): Value {
  const rank = scope.rank(0);
  const axis = scope.axis(scope.number(2, 'axis'), rank);
  const declared = scope.attributes.int('batch_dims', 0);
  const batchDims = declared < 0 ? declared + scope.rank(1) : declared;
  if (batchDims === 0) return scope.node('Gather', [scope.value(0), scope.asInt64(1)], { axis });
  if (axis < batchDims) throw scope.error(`has batch_dims="${declared}", but axis ${axis}`);
  const indices = scope.unsqueeze(scope.asInt64(1), scope.rank(1));
  const axes = Array.from({ length: rank }, (_, index) => index);
  const between = axes.slice(batchDims, axis);
  const data = scope.transpose(scope.value(0), [
    ...axes.slice(0, batchDims),
    axis,
    ...between,
    ...axes.slice(axis + 1),
  ]);
  const taken = scope.node('GatherND', [data, indices], { batch_dims: batchDims });
  // The indices' own axes come first in the result; they belong where the axis was.
  const own = scope.rank(1) - batchDims;
  const result = Array.from({ length: rank - 1 + own }, (_, index) => index);
  const after = result.slice(batchDims + own);
  return scope.transpose(taken, [
    ...result.slice(0, batchDims),
    ...after.slice(0, between.length),
    ...result.slice(batchDims, batchDims + own),
    ...after.slice(between.length),
  ]);
}

const batchOfGather: BatchRule = ({ inputs: [data, indices, axes], attributes }) => {
  const [chosen] = axesFrom(axes) ?? [];
  if (data === undefined || indices === undefined || chosen === undefined) return null;
  const axis = chosen < 0 ? chosen + data.dims.length : chosen;
  const declared = attributes.int('batch_dims', 0);
  const batchDims = declared < 0 ? declared + indices.dims.length : declared;
  if (batchDims > 0) return data.batchAxis === 0 && indices.batchAxis === 0 ? [0] : null;
  if (indices.batchAxis !== null) return data.batchAxis === null ? [axis + indices.batchAxis] : null;
  if (data.batchAxis === null || data.batchAxis === axis) return null;
  return [data.batchAxis < axis ? data.batchAxis : data.batchAxis + indices.dims.length - 1];
};

const foldGather: FoldRule = ({ inputs: [data, indices] }) => {
  const chosen = foldedNumbers(indices?.folded ?? null);
  if (data?.folded?.shape.length !== 1 || chosen === null || !indices?.folded) return null;
  const { elements } = data.folded;
  const taken = chosen.map((index) => elements[index < 0 ? index + elements.length : index]);
  const found = taken.filter((element) => element !== undefined);
  return found.length === taken.length ? { shape: indices.folded.shape, elements: found } : null;
};

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/gather-elements-6.html */
function gatherElements(scope: LayerScope): Value {
  const axis = scope.axis(scope.attributes.int('axis'), scope.rank(0));
  return scope.node('GatherElements', [scope.value(0), scope.asInt64(1)], { axis });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/gather-nd-8.html */
function gatherNd(scope: LayerScope): Value {
  const batchDims = scope.attributes.int('batch_dims', 0);
  const taken = scope.node('GatherND', [scope.value(0), scope.asInt64(1)], { batch_dims: batchDims });
  if (scope.opset >= 8 || batchDims < 2) return taken;
  // Opset 5 joins the batch dimensions in the result.
  const shape = scope.node('Shape', [taken], { start: batchDims });
  return scope.node('Reshape', [taken, scope.node('Concat', [scope.graph.ints([-1]), shape], { axis: 0 })]);
}

/**
 * Replaces slices along an axis; ONNX does so along the first, so that the axis is brought there and back.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/scatter-update-3.html
 */
function scatterUpdate(scope: LayerScope): Value {
  const rank = scope.rank(0);
  const axis = scope.axis(scope.number(3, 'axis'), rank);
  const indexRank = scope.rank(1);
  const indices = scope.unsqueeze(scope.asInt64(1), indexRank);
  if (axis === 0) return scope.node('ScatterND', [scope.value(0), indices, scope.value(2)]);
  const axes = Array.from({ length: rank }, (_, index) => index);
  const toFront = [axis, ...axes.filter((other) => other !== axis)];
  const updateAxes = Array.from({ length: rank + indexRank - 1 }, (_, index) => index);
  const indexAxes = updateAxes.slice(axis, axis + indexRank);
  const updates = scope.transpose(scope.value(2), [
    ...indexAxes,
    ...updateAxes.filter((other) => !indexAxes.includes(other)),
  ]);
  const written = scope.node('ScatterND', [scope.transpose(scope.value(0), toFront), indices, updates]);
  return scope.transpose(
    written,
    axes.map((other) => toFront.indexOf(other)),
  );
}

const onnxReductions = new Map<string, string>(
  Object.entries({
    none: 'none',
    sum: 'add',
    add: 'add',
    prod: 'mul',
    multiply: 'mul',
    mul: 'mul',
    min: 'min',
    max: 'max',
  }),
);

function reductionOf(scope: LayerScope): string {
  const name = scope.attributes.text('reduction', 'none').toLowerCase();
  const reduction = onnxReductions.get(name);
  if (reduction === undefined) throw scope.unsupported(`reduction="${name}"`);
  return reduction;
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/scatter-elements-update-12.html */
function scatterElementsUpdate(scope: LayerScope): Value {
  const axis = scope.axis(scope.number(3, 'axis'), scope.rank(0));
  const reduction = reductionOf(scope);
  if (reduction !== 'none' && !scope.attributes.flag('use_init_val', true)) {
    throw scope.unsupported('use_init_val="false" with a reduction');
  }
  return scope.node('ScatterElements', [scope.value(0), scope.asInt64(1), scope.value(2)], { axis, reduction });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/scatter-nd-update-15.html */
function scatterNdUpdate(scope: LayerScope): Value {
  const reduction = reductionOf(scope);
  return scope.node('ScatterND', [scope.value(0), scope.asInt64(1), scope.value(2)], { reduction });
}

/** Both lie by image, along any axis but the one that is gathered. */
const batchOfElements: BatchRule = ({ inputs: [data, indices], attributes }) => {
  if (data === undefined || data.batchAxis === null || data.batchAxis !== indices?.batchAxis) return null;
  const axis = attributes.int('axis');
  return (axis < 0 ? axis + data.dims.length : axis) === data.batchAxis ? null : [data.batchAxis];
};

/** Reading and writing by index. */
export const gathers: OperationTable = {
  Gather: { translate: gather, batch: batchOfGather, fold: foldGather },
  GatherElements: { translate: gatherElements, batch: batchOfElements },
  GatherND: { translate: gatherNd },
  ScatterElementsUpdate: { translate: scatterElementsUpdate },
  ScatterNDUpdate: { translate: scatterNdUpdate },
  ScatterUpdate: { translate: scatterUpdate },
};

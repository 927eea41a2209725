import type { Value } from '../../onnx/index.js';
import { axesFrom } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, FoldRule, Operation, OperationTable } from '../translate/operation.js';

/**
 * Reduces along the axes of the second input; without axes, nothing is reduced.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/reduction/reduce-mean-1.html
 * and its neighbours.
 */
function reduce(name: string): Operation {
  return { translate: (scope) => reduceWith(scope, name, scope.value(0)), batch: batchOfReduction };
}

/** A reduction along the axes of the second input. */
export function reduceWith(scope: LayerScope, name: string, value: Value): Value {
  const keep = scope.attributes.flag('keep_dims', false);
  if (name === 'ReduceMean' && keep && isSpatialMean(scope)) return scope.node('GlobalAveragePool', [value]);
  const axes = scope.asInt64(1);
  const list = scope.input(1).dims?.length === 0 ? scope.reshape(axes, [1]) : axes;
  return scope.node(name, [value, list], { keepdims: keep ? 1 : 0, noop_with_empty_axes: 1 });
}

/** The mean of each channel's plane, for which the runtime has a faster operator. */
function isSpatialMean(scope: LayerScope): boolean {
  const axes = foldedNumbers(scope.input(1).folded)?.map((axis) => (axis < 0 ? axis + 4 : axis));
  const real = scope.input(0).type === 'float32';
  return real && scope.dims(0).length === 4 && axes?.length === 2 && axes.includes(2) && axes.includes(3);
}

const batchOfReduction: BatchRule = ({ inputs: [data, axes], attributes }) => {
  const reduced = axesFrom(axes);
  if (data === undefined || data.batchAxis === null || reduced === null) return null;
  const batchAxis = data.batchAxis;
  const positive = reduced.map((axis) => (axis < 0 ? axis + data.dims.length : axis));
  if (positive.includes(batchAxis)) return null;
  const removed = attributes.flag('keep_dims', false) ? 0 : positive.filter((axis) => axis < batchAxis).length;
  return [batchAxis - removed];
};

/** What all reductions have in common. */
export const reductionRules = { batch: batchOfReduction };

/** Reductions of a whole list, as in counting the elements of a shape. */
function foldList(combine: (left: number, right: number) => number): FoldRule {
  return ({ inputs: [data], attributes }) => {
    const numbers = foldedNumbers(data?.folded ?? null);
    if (numbers === null || data?.folded?.shape.length !== 1 || numbers.length === 0) return null;
    const value = numbers.reduce(combine);
    return { shape: attributes.flag('keep_dims', false) ? [1] : [], elements: [value] };
  };
}

/** Booleans have no reduction of their own in ONNX: all is the minimum, any the maximum. */
export function logicalReduction(name: 'ReduceMin' | 'ReduceMax'): Operation {
  return {
    translate: (scope) => {
      const whole = scope.cast(scope.value(0), scope.input(0).type, 'int32');
      return scope.cast(reduceWith(scope, name, whole), 'int32', scope.outputType());
    },
    batch: batchOfReduction,
  };
}

/** Reductions along axes. */
export const reductions: OperationTable = {
  ReduceL1: reduce('ReduceL1'),
  ReduceL2: reduce('ReduceL2'),
  ReduceLogicalAnd: logicalReduction('ReduceMin'),
  ReduceLogicalOr: logicalReduction('ReduceMax'),
  ReduceMax: { ...reduce('ReduceMax'), fold: foldList(Math.max) },
  ReduceMean: reduce('ReduceMean'),
  ReduceMin: { ...reduce('ReduceMin'), fold: foldList(Math.min) },
  ReduceProd: { ...reduce('ReduceProd'), fold: foldList((left, right) => left * right) },
  ReduceSum: { ...reduce('ReduceSum'), fold: foldList((left, right) => left + right) },
};

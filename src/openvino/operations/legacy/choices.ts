import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation, OperationTable } from '../../translate/operation.js';
import { quantization } from '../quantization.js';
import { logicalReduction, reduceWith, reductionRules } from '../reductions.js';
import { emitNonMaxSuppression } from '../non-max-suppression.js';
import { batchOfOneHot } from '../selections.js';
import { asList } from '../shapes.js';

/** Depth and values are attributes; indices beyond the depth are nowhere. */
function oneHot(scope: LayerScope): Value {
  const { attributes } = scope;
  const type = scope.outputType();
  const values = [truth(scope, 'off_value', 0), truth(scope, 'on_value', 1)];
  const depth = scope.graph.int(attributes.int('depth'));
  const hot = scope.node('OneHot', [scope.asInt64(0), depth, scope.floats(values)], {
    axis: attributes.int('axis', -1),
  });
  return scope.cast(hot, 'float32', type);
}

/** A number, or one of the words True and False. */
function truth(scope: LayerScope, name: string, fallback: number): number {
  const text = scope.attributes.text(name, String(fallback)).toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true' ? 1 : 0;
  return scope.attributes.float(name, fallback);
}

/** One value in a given shape. */
function fill(scope: LayerScope): Value {
  const value = scope.reshape(scope.value(1), [1]);
  return scope.node('Expand', [value, asList(scope, 0)]);
}

function nonMaxSuppression(scope: LayerScope): Value[] {
  return emitNonMaxSuppression(scope, {
    centre: scope.attributes.flag('center_point_box', false),
    sorted: scope.attributes.flag('sort_result_descending', true),
    mostBoxes: 2 ** 31 - 1,
    overlap: 1,
  });
}

const reduction = (name: string): Operation => ({
  translate: (scope) => reduceWith(scope, name, scope.value(0)),
  ...reductionRules,
});

/** Layers of v3 to v7 that choose, count, fill or reduce. */
export const legacyChoices: OperationTable = {
  Fill: { translate: fill },
  NonMaxSuppression: { translate: nonMaxSuppression },
  OneHot: { translate: oneHot, batch: batchOfOneHot },
  ...(quantization['FakeQuantize'] === undefined ? {} : { Quantize: quantization['FakeQuantize'] }),
  ReduceAnd: logicalReduction('ReduceMin'),
  ReduceLogSum: reduction('ReduceLogSum'),
  ReduceLogSumExp: reduction('ReduceLogSumExp'),
  ReduceOr: logicalReduction('ReduceMax'),
  ReduceSumSquare: reduction('ReduceSumSquare'),
};

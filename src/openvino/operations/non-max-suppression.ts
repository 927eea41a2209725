import type { Value } from '../../onnx/index.js';
import type { LayerScope } from '../translate/layer-scope.js';
import { asList } from './shapes.js';
import { emitTopK } from './top-k.js';

/**
 * NonMaxSuppression of every opset. Boxes come out by class and score in ONNX; with `sort_result_descending` they are
 * ordered by score across classes and images. Outputs that a fixed size was declared for are filled up with -1.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sort/non-max-suppression-9.html
 */
export function nonMaxSuppression(scope: LayerScope): Value[] {
  const { attributes } = scope;
  return emitNonMaxSuppression(scope, {
    centre: attributes.choice('box_encoding', ['corner', 'center'], 'corner') === 'center',
    sorted: attributes.flag('sort_result_descending', true),
    mostBoxes: 0,
    overlap: 0,
  });
}

/** What the attributes of a suppression say. */
export interface Suppression {
  /** Boxes are given by their centres. */
  readonly centre: boolean;
  /** By score, rather than by class. */
  readonly sorted: boolean;
  /** Boxes of a class, where no input tells. */
  readonly mostBoxes: number;
  /** How much boxes may overlap, where no input tells. */
  readonly overlap: number;
}

/** Selected boxes, their scores, and how many they are; as many of these outputs as the layer has. */
export function emitNonMaxSuppression(scope: LayerScope, { centre, sorted, mostBoxes, overlap }: Suppression): Value[] {
  if (scope.inputs.length > 5 && scope.number(5, 'sigma of soft NMS') !== 0) throw scope.unsupported('soft NMS');
  const optional = (index: number): Value | null => (scope.inputs.length > index ? asVector(scope, index) : null);
  const limit = scope.inputs.length > 2 ? asList(scope, 2) : scope.graph.ints([mostBoxes]);
  const selected = scope.node(
    'NonMaxSuppression',
    [scope.value(0), scope.value(1), limit, optional(3) ?? scope.floats([overlap]), optional(4)],
    {
      center_point_box: centre ? 1 : 0,
    },
  );
  const scores = scope.node('GatherND', [scope.value(1), selected]);
  const [rows, rowScores] = sorted ? sortByScore(scope, selected, scores) : [selected, scores];
  const count = scope.node('Shape', [rows], { start: 0, end: 1 });
  const column = scope.unsqueeze(rowScores, 1);
  const positions = scope.cast(scope.slice(rows, 1, 0, 2), 'int64', 'float32');
  const scored = scope.node('Concat', [positions, column], { axis: 1 });
  const outputs = [
    scope.cast(filled(scope, rows, count, 0, scope.graph.int(-1)), 'int64', scope.outputType(0)),
    filled(scope, scored, count, 1, scope.scalar(-1)),
    scope.cast(count, 'int64', scope.outputType(2)),
  ];
  return outputs.slice(0, scope.layer.outputs.length);
}

function asVector(scope: LayerScope, index: number): Value {
  return scope.input(index).dims?.length === 0 ? scope.reshape(scope.value(index), [1]) : scope.value(index);
}

function sortByScore(scope: LayerScope, rows: Value, scores: Value): [Value, Value] {
  const count = scope.node('Shape', [rows], { start: 0, end: 1 });
  const [sorted, order] = emitTopK(scope, scores, count, 0, 1);
  return [scope.node('Gather', [rows, order], { axis: 0 }), sorted];
}

/** Rows up to the declared number of them. */
function filled(scope: LayerScope, rows: Value, count: Value, output: number, fill: Value): Value {
  const declared = scope.outputDims(output)?.[0];
  if (typeof declared !== 'number') return rows;
  const missing = scope.node('Sub', [scope.graph.ints([declared]), count]);
  const zero = scope.graph.ints([0]);
  const pads = scope.node('Concat', [zero, zero, missing, zero], { axis: 0 });
  return scope.node('Pad', [rows, pads, fill]);
}

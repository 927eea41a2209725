import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation } from '../../translate/operation.js';
import { emitTopK } from '../top-k.js';
import { withBorders } from './box-deltas.js';

/**
 * Drops overlapping boxes of each class and keeps the best, as PaddleDetection's models end.
 *
 * Outputs: rows `[n, 6]` with class, score, x1, y1, x2, y2; the box that each row is, `[n, 1]`; their number `[1]`.
 *
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sort/multiclass-non-max-suppression-8.html
 */
function translate(scope: LayerScope): Value[] {
  const { attributes, graph } = scope;
  if (scope.inputs.length > 2) throw scope.unsupported('boxes that are not shared by the classes (a third input)');
  if (attributes.float('nms_eta', 1) !== 1) throw scope.unsupported('nms_eta other than 1');
  const [images, count] = scope.dims(1);
  if (images !== 1 || typeof count !== 'number')
    throw scope.unsupported('a batch, or a number of classes, that varies');
  const background = attributes.int('background_class', -1);
  const classes = Array.from({ length: count }, (_, label) => label).filter((label) => label !== background);
  const all = scope.node('Gather', [scope.squeeze(scope.value(1), 0), graph.ints(classes)], { axis: 0 });
  const [scores, priors] = emitTopK(scope, all, candidateCount(scope), 1, 1);
  const boxes = scope.node('Gather', [scope.squeeze(scope.value(0), 0), priors], { axis: 0 });
  const offset = attributes.flag('normalized', true) ? 0 : 1;
  const selected = scope.node('NonMaxSuppression', [
    withBorders(scope, boxes, offset),
    scope.unsqueeze(scores, 1),
    graph.ints([2 ** 31 - 1]),
    scope.floats([Math.min(attributes.float('iou_threshold', 0), 1)]),
    scope.floats([justBelow(attributes.float('score_threshold', 0))]),
  ]);
  const place = best(scope, scores, scope.node('Gather', [selected, graph.ints([0, 2])], { axis: 1 }));
  const labels = scope.floats(classes);
  const column = (value: Value): Value => scope.unsqueeze(value, 1);
  const stack = scope.node('Gather', [place, graph.int(0)], { axis: 1 });
  const rows = scope.node(
    'Concat',
    [
      column(scope.node('Gather', [labels, stack], { axis: 0 })),
      column(scope.node('GatherND', [scores, place])),
      scope.node('GatherND', [boxes, place]),
    ],
    { axis: 1 },
  );
  const indices = column(scope.node('GatherND', [priors, place]));
  const found = scope.node('Shape', [rows], { start: 0, end: 1 });
  return [rows, scope.cast(indices, 'int64', scope.outputType(1)), scope.cast(found, 'int64', scope.outputType(2))];
}

/** Candidates of a class: all boxes, or `nms_top_k` of them. */
function candidateCount(scope: LayerScope): Value {
  const boxes = scope.node('Shape', [scope.value(0)], { start: 1, end: 2 });
  const most = scope.attributes.int('nms_top_k', -1);
  return most < 0 ? boxes : scope.node('Min', [boxes, scope.graph.ints([most])]);
}

/** Places of the best `keep_top_k`, by score, or in the order of classes as they came. */
function best(scope: LayerScope, scores: Value, places: Value): Value {
  const { attributes, graph } = scope;
  const keep = attributes.int('keep_top_k', -1);
  const found = scope.node('GatherND', [scores, places]);
  const total = scope.node('Shape', [found], { start: 0, end: 1 });
  const count = keep < 0 ? total : scope.node('Min', [total, graph.ints([keep])]);
  const [, byScore] = emitTopK(scope, found, count, 0, 1);
  const word = attributes.has('sort_result_type') ? 'sort_result_type' : 'sort_result';
  const byClass = attributes.choice(word, ['class', 'classid', 'score', 'none'], 'none').startsWith('class');
  const order = byClass ? emitTopK(scope, byScore, count, 0, 0)[0] : byScore;
  return scope.node('Gather', [places, order], { axis: 0 });
}

/** The next smaller number in single precision: scores may be equal to the threshold, where ONNX wants them above. */
function justBelow(value: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  const [pattern = 0] = bits;
  if (value === 0) return -1e-30;
  bits[0] = value > 0 ? pattern - 1 : pattern + 1;
  return new Float32Array(bits.buffer)[0]!;
}

/** MulticlassNms of opset 8 and 9. */
export const multiclassNms: Operation = { translate };

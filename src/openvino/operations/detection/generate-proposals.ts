import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation } from '../../translate/operation.js';
import { emitTopK } from '../top-k.js';
import { applyDeltas, filledRows, lastSlice, plus, proposalGrowth, withBorders } from './box-deltas.js';

/** What the two operations that propose regions differ in. */
interface Proposing {
  /** Borders belong to boxes when they are moved and measured. */
  readonly offset: number;
  /** The same when their overlap is measured. */
  readonly overlapOffset: number;
  /** Input 0: height, width, and further numbers of the image, float32 [3] or [4]. */
  readonly info: Value;
  /** Boxes that are too small get the score 0, or are left out. */
  readonly small: 'zero' | 'out';
}

/** Proposals, best first. */
interface Proposals {
  /** float32 [rows, 4]. */
  readonly boxes: Value;
  /** float32 [rows]. */
  readonly scores: Value;
}

/** Below every score. */
const nothing = -3e38;

function propose(scope: LayerScope, { offset, overlapOffset, info, small }: Proposing): Proposals {
  const { attributes, graph } = scope;
  const anchors = scope.reshape(scope.value(1), [-1, 4]);
  // Deltas lie by anchor, coordinate, row and column; anchors by row, column and anchor.
  const [height, width] = scope.dims(2).slice(-2);
  if (typeof height !== 'number' || typeof width !== 'number')
    throw scope.unsupported('the size of its map is not known');
  const deltas = scope.reshape(
    scope.transpose(scope.reshape(scope.value(2), [-1, 4, height, width]), [2, 3, 0, 1]),
    [-1, 4],
  );
  const plain = scope.reshape(scope.transpose(scope.reshape(scope.value(3), [-1, height, width]), [1, 2, 0]), [-1]);
  const moved = applyDeltas(scope, anchors, deltas, { offset, largestGrowth: proposalGrowth });
  const size = scope.node('Gather', [info, graph.ints([1, 0, 1, 0])], { axis: 0 });
  const boxes = scope.node('Max', [scope.node('Min', [moved, plus(scope, size, -offset)]), scope.scalar(0)]);
  const large = largeEnough(scope, boxes, info, offset);
  const scores = small === 'zero' ? scope.node('Where', [large, plain, scope.scalar(0)]) : plain;
  const total = scope.node('Shape', [scores]);
  const before = scope.node('Min', [total, graph.ints([attributes.int('pre_nms_count')])]);
  const [best, order] = emitTopK(scope, scores, before, 0, 1);
  const candidates = scope.node('Gather', [boxes, order], { axis: 0 });
  const kept = scope.node('Gather', [large, order], { axis: 0 });
  const counted = small === 'zero' ? best : scope.node('Where', [kept, best, scope.scalar(nothing)]);
  const selected = scope.node('NonMaxSuppression', [
    scope.unsqueeze(withBorders(scope, candidates, overlapOffset), 0),
    scope.unsqueeze(counted, 0, 1),
    graph.ints([attributes.int('post_nms_count')]),
    scope.floats([Math.min(attributes.float('nms_threshold'), 1)]),
    small === 'zero' ? null : scope.floats([nothing / 2]),
  ]);
  const rows = scope.node('Gather', [selected, graph.int(2)], { axis: 1 });
  return {
    boxes: scope.node('Gather', [candidates, rows], { axis: 0 }),
    scores: scope.node('Gather', [best, rows], { axis: 0 }),
  };
}

/** Whether boxes are at least as wide and as high as `min_size`, in pixels of the original image; bool [boxes]. */
function largeEnough(scope: LayerScope, boxes: Value, info: Value, offset: number): Value {
  const size = plus(scope, scope.node('Sub', [lastSlice(scope, boxes, 2, 4), lastSlice(scope, boxes, 0, 2)]), offset);
  const fits = scope.node('LessOrEqual', [leastSize(scope, info), size]);
  const both = scope.node('ReduceMin', [scope.cast(fits, 'bool', 'int32'), scope.graph.ints([1])], { keepdims: 0 });
  return scope.cast(both, 'int32', 'bool');
}

/** Least width and height. Detectron's own operation does not scale them. */
function leastSize(scope: LayerScope, info: Value): Value {
  const least = scope.scalar(scope.attributes.float('min_size'));
  if (scope.layer.type !== 'GenerateProposals') return least;
  // Three numbers give one scale for both axes, four give that of the height before that of the width.
  const scales = scope.dims(0).at(-1) === 4 ? [3, 2] : [2, 2];
  return scope.node('Mul', [scope.node('Gather', [info, scope.graph.ints(scales)], { axis: 0 }), least]);
}

/**
 * Outputs: `[post_nms_count, 4]` and scores `[post_nms_count]`, zeros behind the last.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/experimental-detectron-generate-proposals-single-image-6.html
 */
export const proposalsOfDetectron: Operation = {
  translate: (scope) => {
    const info = scope.reshape(scope.value(0), [-1]);
    const { boxes, scores } = propose(scope, { offset: 1, overlapOffset: 0, info, small: 'zero' });
    const count = scope.attributes.int('post_nms_count');
    return [filledRows(scope, boxes, count, [4]), filledRows(scope, scores, count, [])];
  },
};

/**
 * Outputs: as many rows as were found, their scores, and how many they are.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/generate-proposals-9.html
 */
export const generateProposals: Operation = {
  translate: (scope) => {
    const [images] = scope.dims(2);
    if (images !== 1) throw scope.unsupported(`a batch of ${images ?? '?'} images`);
    if (scope.attributes.float('nms_eta', 1) !== 1) throw scope.unsupported('nms_eta other than 1');
    const offset = scope.attributes.flag('normalized', true) ? 0 : 1;
    const info = scope.reshape(scope.value(0), [-1]);
    const { boxes, scores } = propose(scope, { offset, overlapOffset: offset, info, small: 'out' });
    return [boxes, scores, scope.cast(scope.node('Shape', [scores]), 'int64', scope.outputType(2))];
  },
};

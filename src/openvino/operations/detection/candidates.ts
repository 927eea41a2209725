import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import { emitTopK } from '../top-k.js';
import type { SsdHead } from './ssd-head.js';

/** Boxes and scores as NonMaxSuppression takes them. */
export interface Candidates {
  /** float32 [S, count, 4], with a stack for each image, or for each class of each image. */
  readonly boxes: Value;
  /** float32 [S, classes or 1, count]. */
  readonly scores: Value;
  /** int64 [S, count]: which prior a candidate is; null where candidates are the priors in their order. */
  readonly priors: Value | null;
  readonly count: number;
  /** Scores must be above it; null for none. */
  readonly threshold: number | null;
  /** Whether stacks are classes of images. */
  readonly perClass: boolean;
}

/** The best `top_k` priors of each class. Which they are differs between classes, so each class is a stack. */
export function chooseByClass(scope: LayerScope, head: SsdHead, boxes: Value): Candidates {
  const { graph } = scope;
  const { priorCount, shared, classes } = head;
  const chosen = scope.node('Gather', [head.confidences, graph.ints(classes)], { axis: 2 });
  const scores = scope.transpose(chosen, [0, 2, 1]);
  const count = head.top > -1 ? Math.min(head.top, priorCount) : priorCount;
  const common = { count, threshold: head.confidence };
  if (count === priorCount && shared) {
    return { ...common, boxes: scope.squeeze(boxes, 2), scores, priors: null, perClass: false };
  }
  const [best, priors] = emitTopK(scope, scores, graph.ints([count]), 2, 1);
  return {
    ...common,
    boxes: scope.reshape(gatherBoxes(scope, head, boxes, priors, count), [-1, count, 4]),
    scores: scope.reshape(best, [-1, 1, count]),
    priors: scope.reshape(priors, [-1, count]),
    perClass: true,
  };
}

/** The boxes of chosen priors of each class, as many values as [N, classes, count, 4]. */
function gatherBoxes(scope: LayerScope, head: SsdHead, boxes: Value, priors: Value, count: number): Value {
  if (head.shared) {
    const flat = scope.reshape(priors, [-1, head.classes.length * count, 1]);
    return scope.node('GatherND', [scope.squeeze(boxes, 2), flat], { batch_dims: 1 });
  }
  const chosen = scope.node('Gather', [boxes, scope.graph.ints(head.classes)], { axis: 2 });
  const byClass = scope.transpose(chosen, [0, 2, 1, 3]);
  return scope.node('GatherND', [byClass, scope.unsqueeze(priors, 3)], { batch_dims: 2 });
}

/**
 * As MXNet does it: each prior counts for its best class, when that reaches the threshold, and `top_k` is of an image.
 */
export function chooseByPrior(scope: LayerScope, head: SsdHead, boxes: Value): Candidates {
  const { graph } = scope;
  const { priorCount, classes } = head;
  const chosen = scope.node('Gather', [head.confidences, graph.ints(classes)], { axis: 2 });
  const best = scope.node('ReduceMax', [chosen, graph.ints([2])], { keepdims: 0 });
  const bestClass = scope.node('ArgMax', [chosen], { axis: 2, keepdims: 0 });
  const count = head.top > -1 ? Math.min(head.top, priorCount) : priorCount;
  const [scores, priors] = emitTopK(scope, best, graph.ints([count]), 1, 1);
  const positions = scope.node('GatherElements', [bestClass, priors], { axis: 1 });
  const enough = scope.node('GreaterOrEqual', [scores, scope.scalar(head.confidence)]);
  const every = graph.constant(
    BigInt64Array.from(classes, (_, index) => BigInt(index)),
    [1, classes.length, 1],
  );
  const own = scope.node('And', [
    scope.node('Equal', [scope.unsqueeze(positions, 1), every]),
    scope.unsqueeze(enough, 1),
  ]);
  const place = scope.unsqueeze(priors, 2);
  const picked = head.shared
    ? scope.node('GatherND', [scope.squeeze(boxes, 2), place], { batch_dims: 1 })
    : ownBoxes(scope, head, boxes, place, positions);
  return {
    boxes: picked,
    scores: scope.node('Where', [own, scope.unsqueeze(scores, 1), scope.scalar(-1)]),
    priors,
    count,
    // Scores that do not count are -1, the others are not negative.
    threshold: -0.5,
    perClass: false,
  };
}

/** Of each chosen prior the box of its own class. */
function ownBoxes(scope: LayerScope, head: SsdHead, boxes: Value, place: Value, positions: Value): Value {
  const chosen = scope.node('Gather', [boxes, scope.graph.ints(head.classes)], { axis: 2 });
  const both = scope.node('Concat', [place, scope.unsqueeze(positions, 2)], { axis: 2 });
  return scope.node('GatherND', [chosen, both], { batch_dims: 1 });
}

import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { BatchRule, Operation } from '../../translate/operation.js';
import { emitTopK } from '../top-k.js';
import { chooseByClass, chooseByPrior, type Candidates } from './candidates.js';
import { decodeBoxes, readHead, type SsdHead } from './ssd-head.js';

/**
 * The last layer of an SSD: decodes boxes, drops overlapping ones of each class, keeps the best. Composed of ONNX
 * operators; the order of rows is OpenVINO's: by image, class and score.
 *
 * Output: `[1, 1, images * rows, 7]` with image, class, score, x1, y1, x2, y2; the row behind the last has image -1.
 *
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/detectionoutput-8.html
 */
export function emitDetectionOutput(scope: LayerScope, normalizedByDefault: boolean): Value {
  const head = readHead(scope, normalizedByDefault);
  const boxes = decodeBoxes(scope, head);
  const candidates = head.byPrior ? chooseByPrior(scope, head, boxes) : chooseByClass(scope, head, boxes);
  const found = suppress(scope, head, candidates);
  const kept = keepBest(scope, head, found);
  return padRows(scope, head, rowsOf(scope, head, kept));
}

/** Detections as columns, one entry each, ordered by image, class and score. */
interface Found {
  /** int64 [D]. */
  readonly image: Value;
  /** Position among the classes that are looked at, int64 [D]. */
  readonly position: Value;
  /** int64 [D]. */
  readonly prior: Value;
  /** float32 [D]. */
  readonly score: Value;
  /** float32 [D, 4]. */
  readonly box: Value;
}

function suppress(scope: LayerScope, head: SsdHead, candidates: Candidates): Found {
  const { graph } = scope;
  const { boxes, scores, priors, count, threshold, perClass } = candidates;
  const selected = scope.node('NonMaxSuppression', [
    boxes,
    scores,
    graph.ints([count]),
    scope.floats([Math.min(head.overlap, 1)]),
    threshold === null ? null : scope.floats([threshold]),
  ]);
  const column = (index: number): Value => scope.node('Gather', [selected, graph.int(index)], { axis: 1 });
  const stack = column(0);
  const place = scope.node('Gather', [selected, graph.ints([0, 2])], { axis: 1 });
  const classes = graph.int(head.classes.length);
  return {
    image: perClass ? scope.node('Div', [stack, classes]) : stack,
    position: perClass ? scope.node('Mod', [stack, classes]) : column(1),
    prior: priors === null ? column(2) : scope.node('GatherND', [priors, place]),
    score: scope.node('GatherND', [scores, selected]),
    box: scope.node('GatherND', [boxes, place]),
  };
}

/**
 * Of each image the best `keep_top_k`, equal scores by the order of priors. Scores are laid out by image, prior and
 * class, where the best are found; the detections that are not among them are taken out, the others stay in order.
 */
function keepBest(scope: LayerScope, head: SsdHead, found: Found): Found {
  const { graph } = scope;
  const width = head.priorCount * head.classes.length;
  if (head.keep < 0 || head.keep >= width) return found;
  const size = graph.int(width);
  const inImage = scope.node('Add', [scope.node('Mul', [found.prior, graph.int(head.classes.length)]), found.position]);
  const place = scope.node('Add', [scope.node('Mul', [found.image, size]), inImage]);
  const shape = scope.node('Concat', [head.imageCount, graph.ints([width])], { axis: 0 });
  const total = scope.node('Mul', [head.imageCount, graph.ints([width])]);
  const lowest = scope.node('Expand', [scope.scalar(-3.4e38), total]);
  const laid = scope.node('ScatterElements', [lowest, place, found.score], { axis: 0 });
  const [, best] = emitTopK(scope, scope.node('Reshape', [laid, shape]), graph.ints([head.keep]), 1, 1);
  const nothing = scope.node('Expand', [scope.scalar(0), shape]);
  const ones = scope.node('Expand', [scope.scalar(1), scope.node('Shape', [best])]);
  const marks = scope.node('ScatterElements', [nothing, best, ones], { axis: 1 });
  const marked = scope.node('Gather', [scope.reshape(marks, [-1]), place], { axis: 0 });
  const keep = scope.cast(marked, 'float32', 'bool');
  const kept = (value: Value): Value => scope.node('Compress', [value, keep], { axis: 0 });
  return {
    image: kept(found.image),
    position: kept(found.position),
    prior: kept(found.prior),
    score: kept(found.score),
    box: kept(found.box),
  };
}

/** Detections as rows of 7. */
function rowsOf(scope: LayerScope, head: SsdHead, found: Found): Value {
  const labels = scope.floats(head.classes.map((label) => (head.byPrior ? label - 1 : label)));
  const columns = [
    scope.cast(found.image, 'int64', 'float32'),
    scope.node('Gather', [labels, found.position], { axis: 0 }),
    found.score,
  ].map((column) => scope.unsqueeze(column, 1));
  const box = head.clipAfter ? scope.node('Clip', [found.box, scope.scalar(0), scope.scalar(1)]) : found.box;
  return scope.node('Concat', [...columns, box], { axis: 1 });
}

/** As many rows as the model declares: the detections, one row with image -1, zeros. */
function padRows(scope: LayerScope, head: SsdHead, rows: Value): Value {
  const { graph } = scope;
  const perImage = rowsPerImage(head);
  const total = scope.node('Mul', [head.imageCount, graph.ints([perImage])]);
  const end = scope.floats([-1, 0, 0, 0, 0, 0, 0], [1, 7]);
  const zeros = scope.node('Expand', [scope.scalar(0), scope.node('Concat', [total, graph.ints([7])], { axis: 0 })]);
  const all = scope.node('Concat', [rows, end, zeros], { axis: 0 });
  const cut = scope.node('Slice', [all, graph.ints([0]), total, graph.ints([0])]);
  return scope.reshape(cut, [1, 1, -1, 7]);
}

function rowsPerImage({ keep, top, classCount, priorCount }: SsdHead): number {
  if (keep > 0) return keep;
  return top > 0 ? top * classCount : classCount * priorCount;
}

/** Boxes and confidences lie by image; prior boxes are the same for all, or lie by image too. */
export const batchOfDetections: BatchRule = ({ inputs }) => {
  const byImage = inputs.every(({ batchAxis }, index) => batchAxis === 0 || (index === 2 && batchAxis === null));
  return byImage ? [2] : null;
};

/** DetectionOutput of opset 1 and 8. */
export const detectionOutput: Operation = {
  translate: (scope) => emitDetectionOutput(scope, false),
  batch: batchOfDetections,
};

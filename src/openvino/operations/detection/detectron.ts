import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation, OperationTable } from '../../translate/operation.js';
import { emitTopK } from '../top-k.js';
import { applyDeltas, plus, withBorders } from './box-deltas.js';
import { proposalsOfDetectron } from './generate-proposals.js';
import { emitRoiAlign } from './regions.js';

/**
 * Boxes around each cell of a map.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/experimental-detectron-prior-grid-generator-6.html
 */
function priorGrid(scope: LayerScope): Value {
  const { attributes } = scope;
  const known = (input: number, axis: 2 | 3): number => {
    const length = scope.dims(input)[axis];
    if (typeof length !== 'number') throw scope.unsupported(`the size of input ${input} is not known`);
    return length;
  };
  const rows = attributes.int('h', 0) || known(1, 2);
  const columns = attributes.int('w', 0) || known(1, 3);
  const stepX = attributes.float('stride_x', 0) || known(2, 3) / columns;
  const stepY = attributes.float('stride_y', 0) || known(2, 2) / rows;
  const centres = Array.from({ length: rows * columns }, (_, cell) => {
    const x = ((cell % columns) + 0.5) * stepX;
    const y = (Math.floor(cell / columns) + 0.5) * stepY;
    return [x, y, x, y];
  });
  const grid = scope.floats(centres.flat(), [rows, columns, 1, 4]);
  const boxes = scope.node('Add', [grid, scope.value(0)]);
  return attributes.flag('flatten', true) ? scope.reshape(boxes, [-1, 4]) : boxes;
}

/**
 * The best regions by their probability.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/sort/experimental-detectron-top-krois-6.html
 */
function bestRegions(scope: LayerScope): Value {
  const scores = scope.value(1);
  const count = scope.node('Min', [
    scope.node('Shape', [scores]),
    scope.graph.ints([scope.attributes.int('max_rois', 0)]),
  ]);
  const [, order] = emitTopK(scope, scores, count, 0, 1);
  return scope.node('Gather', [scope.value(0), order], { axis: 0 });
}

/**
 * Regions cut from that level of a pyramid whose cells suit their size; zeros for those without an area.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/experimental-detectron-roi-feature-extractor-6.html
 */
function regionFeatures(scope: LayerScope): Value[] {
  const { attributes, graph } = scope;
  const size = attributes.int('output_size');
  const scales = attributes.ints('pyramid_scales');
  const aligned = attributes.flag('aligned', false);
  const rois = scope.value(0);
  const channels = scope.dims(1)[1];
  if (typeof channels !== 'number') throw scope.unsupported('the number of its channels is not known');
  const levels = levelsOf(scope, rois, scales.length);
  const count = scope.node('Shape', [rois], { start: 0, end: 1 });
  const shape = scope.node('Concat', [count, graph.ints([channels, size, size])], { axis: 0 });
  let features = scope.node('Expand', [scope.scalar(0), shape]);
  for (const [level, cell] of scales.entries()) {
    const own = scope.node('NonZero', [scope.node('Equal', [levels, scope.scalar(level)])]);
    const place = scope.transpose(own, [1, 0]);
    const regions = scope.node('GatherND', [rois, place]);
    const zeros = scope.node('Mul', [scope.reshape(place, [-1]), graph.int(0)]);
    const cut = emitRoiAlign(scope, scope.value(1 + level), {
      rois: aligned ? atLeast(scope, regions, cell) : regions,
      images: zeros,
      largest: false,
      height: size,
      width: size,
      points: attributes.int('sampling_ratio'),
      scale: 1 / cell,
      halfPixel: aligned,
    });
    features = scope.node('ScatterND', [features, place, cut]);
  }
  return [features, scope.node('Identity', [rois])];
}

/** The level of each region: the second for 224 x 224 pixels, the next for twice the size; none without an area. */
function levelsOf(scope: LayerScope, rois: Value, count: number): Value {
  const low = scope.slice(rois, 1, 0, 2);
  const sides = scope.node('Sub', [scope.slice(rois, 1, 2, 4), low]);
  const area = scope.node('ReduceProd', [sides, scope.graph.ints([1])], { keepdims: 0 });
  const side = scope.node('Div', [scope.node('Sqrt', [scope.node('Max', [area, scope.scalar(0)])]), scope.scalar(224)]);
  const doublings = scope.node('Div', [scope.node('Log', [plus(scope, side, 1e-6)]), scope.scalar(Math.LN2)]);
  const level = scope.node('Clip', [
    scope.node('Floor', [plus(scope, doublings, 2)]),
    scope.scalar(0),
    scope.scalar(count - 1),
  ]);
  return scope.node('Where', [scope.node('Greater', [area, scope.scalar(0)]), level, scope.scalar(count)]);
}

/** Regions that are no smaller than one cell. */
function atLeast(scope: LayerScope, regions: Value, cell: number): Value {
  const low = scope.slice(regions, 1, 0, 2);
  const high = scope.node('Max', [scope.slice(regions, 1, 2, 4), plus(scope, low, cell)]);
  return scope.node('Concat', [low, high], { axis: 1 });
}

/**
 * The last layer of a two-stage detector: moves boxes for each class, drops overlapping ones, keeps the best. Rows are
 * in the order of classes, or in that of scores where there were too many; zeros behind the last.
 *
 * Outputs: boxes `[rows, 4]`, classes `[rows]`, scores `[rows]`.
 *
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/experimental-detectron-detection-output-6.html
 */
function detectionOutput(scope: LayerScope): Value[] {
  const { attributes, graph } = scope;
  if (attributes.flag('class_agnostic_box_regression', false)) {
    throw scope.unsupported('class_agnostic_box_regression="true"');
  }
  const classes = attributes.int('num_classes');
  const most = attributes.int('max_detections_per_image');
  const boxes = boxesByClass(scope, classes);
  const scores = scope.transpose(scope.slice(validScores(scope), 1, 1, classes), [1, 0]);
  const selected = scope.node('NonMaxSuppression', [
    withBorders(scope, boxes, 1),
    scope.unsqueeze(scores, 1),
    graph.ints([attributes.int('post_nms_count')]),
    scope.floats([Math.min(attributes.float('nms_threshold'), 1)]),
    scope.floats([attributes.float('score_threshold')]),
  ]);
  const place = scope.node('Gather', [selected, graph.ints([0, 2])], { axis: 1 });
  const found = scope.node('GatherND', [scores, place]);
  const labels = scope.node('Add', [scope.node('Gather', [selected, graph.int(0)], { axis: 1 }), graph.int(1)]);
  const order = orderOf(scope, found, most);
  // Positions behind the last detection lead to rows of zeros.
  const ordered = (rows: Value, row: readonly number[]): Value => {
    const size = row.reduce((product, length) => product * length, most);
    const zeros = scope.floats(new Array<number>(size).fill(0), [most, ...row]);
    return scope.node('Gather', [scope.node('Concat', [rows, zeros], { axis: 0 }), order], { axis: 0 });
  };
  return [
    ordered(scope.node('GatherND', [boxes, place]), [4]),
    scope.cast(ordered(scope.cast(labels, 'int64', 'float32'), []), 'float32', scope.outputType(1)),
    ordered(found, []),
  ];
}

/** Moved boxes, float32 [classes - 1, regions, 4]: the first class is the background. */
function boxesByClass(scope: LayerScope, classes: number): Value {
  const { attributes } = scope;
  const weights = attributes.floats('deltas_weights');
  const deltas = scope.node('Div', [
    scope.reshape(scope.value(1), [-1, classes, 4]),
    scope.floats([0, 1, 2, 3].map((index) => weights[index] ?? 1)),
  ]);
  const moved = applyDeltas(scope, scope.unsqueeze(scope.value(0), 1), deltas, {
    offset: 1,
    largestGrowth: attributes.float('max_delta_log_wh'),
  });
  const byClass = scope.transpose(scope.slice(moved, 1, 1, classes), [1, 0, 2]);
  return scope.node('Max', [byClass, scope.scalar(0)]);
}

/** Scores, 0 for regions without an area. */
function validScores(scope: LayerScope): Value {
  const rois = scope.value(0);
  const sides = scope.node('Sub', [scope.slice(rois, 1, 2, 4), scope.slice(rois, 1, 0, 2)]);
  const shortest = scope.node('ReduceMin', [sides, scope.graph.ints([1])], { keepdims: 1 });
  return scope.node('Where', [scope.node('Greater', [shortest, scope.scalar(0)]), scope.value(2), scope.scalar(0)]);
}

/** Positions of the first `most` detections, and of rows behind them where there are fewer. */
function orderOf(scope: LayerScope, scores: Value, most: number): Value {
  const { graph } = scope;
  const count = scope.node('Shape', [scores], { start: 0, end: 1 });
  const positions = scope.node('Range', [graph.int(0), scope.squeeze(count, 0), graph.int(1)]);
  const asTheyAre = scope.node('Neg', [scope.cast(positions, 'int64', 'float32')]);
  const tooMany = scope.node('Greater', [count, graph.ints([most])]);
  const keys = scope.node('Where', [tooMany, scores, asTheyAre]);
  const last = scope.floats(new Array<number>(most).fill(-Infinity));
  const [, order] = emitTopK(scope, scope.node('Concat', [keys, last], { axis: 0 }), graph.ints([most]), 0, 1);
  return order;
}

/** Sizes are taken from the two maps, and boxes are the same for all images. */
const gridForAll: Operation['batch'] = ({ inputs: [priors] }) => (priors?.batchAxis === null ? [null] : null);

/** The layers of Detectron's Faster and Mask R-CNN. */
export const detectron: OperationTable = {
  ExperimentalDetectronDetectionOutput: { translate: detectionOutput },
  ExperimentalDetectronGenerateProposalsSingleImage: proposalsOfDetectron,
  ExperimentalDetectronPriorGridGenerator: { translate: priorGrid, batch: gridForAll },
  ExperimentalDetectronROIFeatureExtractor: { translate: regionFeatures },
  ExperimentalDetectronTopKROIs: { translate: bestRegions },
};

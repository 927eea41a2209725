import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation } from '../../translate/operation.js';
import { emitTopK } from '../top-k.js';

/** How boxes are counted: Caffe's borders belong to the box, TensorFlow's do not. */
interface Convention {
  readonly tensorflow: boolean;
  /** What a width is longer than the difference of its ends. */
  readonly extra: number;
}

/**
 * Region proposals of Faster R-CNN: anchors moved by the network's offsets, cut at the image, the best after
 * suppression.
 *
 * Outputs: `[rows, 5]` with image, x1, y1, x2, y2, the row behind the last having image -1, and their scores `[rows]`.
 *
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/proposal-4.html
 */
function translate(scope: LayerScope): Value[] {
  const { attributes, graph } = scope;
  const [images, channels = 0, height = 0, width = 0] = scope.staticDims(0);
  if (images !== 1) throw scope.unsupported(`a batch of ${images ?? '?'} images`);
  const tensorflow = attributes.text('framework', '').toLowerCase() === 'tensorflow';
  const convention = { tensorflow, extra: tensorflow ? 0 : 1 };
  const perCell = channels / 2;
  const info = scope.reshape(scope.value(2), [-1]);
  const boxes = decode(scope, convention, info, { height, width, perCell });
  const scores = scope.node('Mul', [foreground(scope, perCell), largeEnough(scope, convention, info, boxes)]);
  const before = Math.min(attributes.int('pre_nms_topn'), perCell * height * width);
  const [best, order] = emitTopK(scope, scores, graph.ints([before]), 0, 1);
  const candidates = scope.node('Gather', [boxes, order], { axis: 0 });
  const kept = suppress(scope, convention, candidates, best);
  return outputs(
    scope,
    info,
    scope.node('Gather', [candidates, kept], { axis: 0 }),
    scope.node('Gather', [best, kept]),
  );
}

/** Scores of the second half of the channels, by row, column and anchor, float32 [boxes]. */
function foreground(scope: LayerScope, perCell: number): Value {
  const half = scope.slice(scope.value(0), 1, perCell, 2 * perCell);
  return scope.reshape(scope.transpose(half, [0, 2, 3, 1]), [-1]);
}

interface Cells {
  readonly height: number;
  readonly width: number;
  readonly perCell: number;
}

/** Boxes in pixels, by row, column and anchor, float32 [boxes, 4]. */
function decode(scope: LayerScope, convention: Convention, info: Value, cells: Cells): Value {
  const { attributes } = scope;
  const { height, width, perCell } = cells;
  const split = scope.reshape(scope.value(1), [perCell, 4, height, width]);
  const deltas = scope.reshape(scope.transpose(split, [2, 3, 0, 1]), [-1, 4]);
  const move = scope.node('Div', [
    scope.slice(deltas, 1, 0, 2),
    scope.scalar(attributes.float('box_coordinate_scale', 1)),
  ]);
  const growth = scope.node('Div', [scope.slice(deltas, 1, 2, 4), scope.scalar(attributes.float('box_size_scale', 1))]);
  const anchors = anchorsOfMap(scope, convention, cells);
  const whole = scope.floats(anchors, [anchors.length / 4, 4]);
  const start = convention.tensorflow ? clip(scope, whole, info, 0) : whole;
  const low = scope.slice(start, 1, 0, 2);
  const size = scope.node('Add', [
    scope.node('Sub', [scope.slice(start, 1, 2, 4), low]),
    scope.scalar(convention.extra),
  ]);
  const centre = scope.node('Add', [low, scope.node('Mul', [size, scope.scalar(0.5)])]);
  const moved = scope.node('Add', [scope.node('Mul', [move, size]), centre]);
  const half = scope.node('Mul', [scope.node('Mul', [scope.node('Exp', [growth]), size]), scope.scalar(0.5)]);
  const corners = [scope.node('Sub', [moved, half]), scope.node('Add', [moved, half])];
  const boxes = scope.node('Concat', corners, { axis: 1 });
  return attributes.flag('clip_before_nms', true) ? clip(scope, boxes, info, convention.extra) : boxes;
}

/** Boxes cut at the image, whose last pixel is at its size minus `extra`. */
function clip(scope: LayerScope, boxes: Value, info: Value, extra: number): Value {
  const limits = scope.node('Sub', [imageSize(scope, info), scope.scalar(extra)]);
  return scope.node('Max', [scope.node('Min', [boxes, limits]), scope.scalar(0)]);
}

/** Width, height, width, height of the image. */
function imageSize(scope: LayerScope, info: Value): Value {
  return scope.node('Gather', [info, scope.graph.ints([1, 0, 1, 0])], { axis: 0 });
}

/** 1 for boxes of at least `min_size` in pixels of the original image, 0 for others. */
function largeEnough(scope: LayerScope, { extra }: Convention, info: Value, boxes: Value): Value {
  const { graph } = scope;
  const size = scope.node('Add', [
    scope.node('Sub', [scope.slice(boxes, 1, 2, 4), scope.slice(boxes, 1, 0, 2)]),
    scope.scalar(extra),
  ]);
  // Three numbers give one scale for both axes, four give that of the height before that of the width.
  const scale = scope.node('Gather', [info, graph.ints(scope.dims(2).at(-1) === 3 ? [2, 2] : [3, 2])], { axis: 0 });
  const least = scope.node('Mul', [scale, scope.scalar(scope.attributes.float('min_size'))]);
  const fits = scope.cast(scope.node('LessOrEqual', [least, size]), 'bool', 'float32');
  return scope.node('ReduceMin', [fits, graph.ints([1])], { keepdims: 0 });
}

/** Positions among the candidates, best first. */
function suppress(scope: LayerScope, { extra }: Convention, boxes: Value, scores: Value): Value {
  const { attributes, graph } = scope;
  // A box that is `extra` longer has the area and the overlaps that are asked for.
  const longer = extra === 0 ? boxes : scope.node('Add', [boxes, scope.floats([0, 0, extra, extra])]);
  const selected = scope.node('NonMaxSuppression', [
    scope.unsqueeze(longer, 0),
    scope.unsqueeze(scores, 0, 1),
    graph.ints([attributes.int('post_nms_topn')]),
    scope.floats([Math.min(attributes.float('nms_thresh'), 1)]),
  ]);
  return scope.node('Gather', [selected, graph.int(2)], { axis: 1 });
}

function outputs(scope: LayerScope, info: Value, boxes: Value, scores: Value): Value[] {
  const { attributes, graph } = scope;
  const rows = attributes.int('post_nms_topn');
  let ends = attributes.flag('clip_after_nms', false) ? clip(scope, boxes, info, 0) : boxes;
  if (attributes.flag('normalize', false)) ends = scope.node('Div', [ends, imageSize(scope, info)]);
  const count = scope.node('Shape', [scores], { start: 0, end: 1 });
  const image = scope.node('Expand', [scope.scalar(0), scope.node('Concat', [count, graph.ints([1])], { axis: 0 })]);
  const rois = scope.node('Concat', [image, ends], { axis: 1 });
  const end = scope.floats([-1, 0, 0, 0, 0], [1, 5]);
  const zeros = scope.floats(new Array<number>(rows * 5).fill(0), [rows, 5]);
  const filled = scope.slice(scope.node('Concat', [rois, end, zeros], { axis: 0 }), 0, 0, rows);
  const noScores = scope.floats(new Array<number>(rows).fill(0));
  return [filled, scope.slice(scope.node('Concat', [scores, noScores], { axis: 0 }), 0, 0, rows)];
}

/** Anchors of all cells: x1, y1, x2, y2 by row, column and anchor. */
function anchorsOfMap(scope: LayerScope, convention: Convention, { height, width }: Cells): number[] {
  const stride = scope.attributes.int('feat_stride');
  const anchors = anchorsOfCell(scope, convention);
  const all: number[] = [];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (convention.tensorflow ? row : column) * stride;
      const y = (convention.tensorflow ? column : row) * stride;
      for (const [x1, y1, x2, y2] of anchors) all.push(x + x1, y + y1, x + x2, y + y2);
    }
  }
  return all;
}

/** Anchors of the first cell, ratio by ratio and scale by scale. */
function anchorsOfCell(scope: LayerScope, { tensorflow, extra }: Convention): [number, number, number, number][] {
  const { attributes } = scope;
  const base = attributes.int('base_size');
  const centre = 0.5 * (base - extra) - (tensorflow ? base / 2 : 0);
  const round = (value: number): number => (tensorflow ? value : Math.round(value));
  return attributes.floats('ratio').flatMap((ratio) => {
    const ratioWidth = round(Math.sqrt((base * base) / ratio));
    const ratioHeight = round(ratioWidth * ratio);
    return attributes.floats('scale').map((scale): [number, number, number, number] => {
      const halfWidth = 0.5 * (ratioWidth * scale - extra);
      const halfHeight = 0.5 * (ratioHeight * scale - extra);
      return [centre - halfWidth, centre - halfHeight, centre + halfWidth, centre + halfHeight];
    });
  });
}

/** Region proposals. */
export const proposal: Operation = { translate };

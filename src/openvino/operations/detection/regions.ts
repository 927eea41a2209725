import { float, type Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { OperationTable } from '../../translate/operation.js';

/** The map that regions are cut from, `[1, channels, height, width]`. */
interface FeatureMap {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

function mapOf(scope: LayerScope): FeatureMap {
  const [images, channels = 0, height = 0, width = 0] = scope.staticDims(0);
  if (images !== 1) throw scope.unsupported(`a batch of ${images ?? '?'} images`);
  return { channels, height, width };
}

/** Corners of the regions: a column of x1, y1, x2 or y2, `[regions, 1]`. */
function corner(scope: LayerScope, index: 0 | 1 | 2 | 3): Value {
  return scope.slice(scope.value(1), 1, index + 1, index + 2);
}

/**
 * Maximum (`max`, ONNX's own) or bilinear sampling (`bilinear`) of regions `[regions, 5]` of image, x1, y1, x2, y2.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/roi-pooling-1.html
 */
function roiPooling(scope: LayerScope): Value {
  const { attributes } = scope;
  const height = attributes.int(attributes.has('pooled_h') ? 'pooled_h' : 'output_size');
  const width = attributes.int(attributes.has('pooled_w') ? 'pooled_w' : 'output_size');
  if (attributes.choice('method', ['max', 'bilinear'], 'max') === 'max') {
    return scope.node('MaxRoiPool', [scope.value(0), scope.value(1)], {
      pooled_shape: [height, width],
      spatial_scale: float(attributes.float('spatial_scale')),
    });
  }
  const x = pointsBetween(scope, corner(scope, 0), corner(scope, 2), width);
  const y = pointsBetween(scope, corner(scope, 1), corner(scope, 3), height);
  return sample(scope, scope.value(0), mapOf(scope), { x, y, width, height });
}

/** Points from one end to the other, `[regions, count]`; the middle where there is only one. */
function pointsBetween(scope: LayerScope, start: Value, end: Value, count: number): Value {
  const shares = Array.from({ length: count }, (_, index) => (count === 1 ? 0.5 : index / (count - 1)));
  const along = scope.node('Mul', [scope.node('Sub', [end, start]), scope.floats(shares, [1, count])]);
  return scope.node('Add', [start, along]);
}

/** Points at which regions are read, as shares 0..1 of the map: all pairs of an x and a y. */
interface Points {
  /** [regions, width] */
  readonly x: Value;
  /** [regions, height] */
  readonly y: Value;
  readonly width: number;
  readonly height: number;
}

/** Bilinear samples `[regions, channels, height, width]`; 0 for points outside the map. */
function sample(scope: LayerScope, map: Value, { channels }: Pick<FeatureMap, 'channels'>, points: Points): Value {
  const { x, y, width, height } = points;
  const row = scope.unsqueeze(x, 1);
  const column = scope.unsqueeze(y, 2);
  const ones = scope.floats(new Array<number>(width * height).fill(1), [1, height, width]);
  const xs = scope.node('Mul', [row, ones]);
  const ys = scope.node('Mul', [column, ones]);
  const pair = scope.node('Concat', [scope.unsqueeze(xs, 3), scope.unsqueeze(ys, 3)], { axis: 3 });
  const grid = scope.node('Sub', [scope.node('Mul', [pair, scope.scalar(2)]), scope.scalar(1)]);
  // There is one image, so the points of all regions form one tall grid.
  const tall = scope.reshape(grid, [1, -1, width, 2]);
  const read = scope.node('GridSample', [map, tall], { mode: 'linear', padding_mode: 'border', align_corners: 1 });
  const regions = scope.transpose(scope.reshape(read, [channels, -1, height, width]), [1, 0, 2, 3]);
  const inside = (value: Value): Value =>
    scope.node('And', [
      scope.node('GreaterOrEqual', [value, scope.scalar(0)]),
      scope.node('LessOrEqual', [value, scope.scalar(1)]),
    ]);
  const valid = scope.node('And', [inside(xs), inside(ys)]);
  return scope.node('Where', [scope.unsqueeze(valid, 1), regions, scope.scalar(0)]);
}

/**
 * Position-sensitive pooling: each cell of a region reads channels of its own.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/psroi-pooling-1.html
 */
function psRoiPooling(scope: LayerScope): Value {
  const mode = scope.attributes.choice('mode', ['average', 'bilinear'], 'average');
  return mode === 'average' ? psAverage(scope) : psBilinear(scope);
}

/**
 * The mean of each cell is a product of the map with a 0/1 matrix for its columns, and one for its rows.
 */
function psAverage(scope: LayerScope): Value {
  const { height, width } = mapOf(scope);
  const cells = scope.attributes.int('group_size', 1);
  const channels = scope.attributes.int('output_dim');
  const scale = scope.scalar(scope.attributes.float('spatial_scale'));
  const scaled = (index: 0 | 1 | 2 | 3, more: number): Value => {
    const away = scope.node('Floor', [scope.node('Add', [corner(scope, index), scope.scalar(0.5)])]);
    return scope.node('Mul', [scope.node('Add', [away, scope.scalar(more)]), scale]);
  };
  const columns = cellMask(scope, scaled(0, 0), scaled(2, 1), cells, width);
  const rows = cellMask(scope, scaled(1, 0), scaled(3, 1), cells, height);
  // [cells, cells, channels * height, width] x [1, cells, width, regions] -> sums over columns.
  const split = scope.reshape(scope.value(0), [channels, cells, cells, height, width]);
  const maps = scope.reshape(scope.transpose(split, [1, 2, 0, 3, 4]), [cells, cells, channels * height, width]);
  const byColumn = scope.node('MatMul', [maps, scope.unsqueeze(scope.transpose(columns, [1, 2, 0]), 0)]);
  const open = scope.reshape(byColumn, [cells, cells, channels, height, -1]);
  const rowWeights = scope.unsqueeze(scope.transpose(rows, [1, 2, 0]), 1, 2);
  const sums = scope.node('ReduceSum', [scope.node('Mul', [open, rowWeights]), scope.graph.ints([3])], { keepdims: 0 });
  const length = (mask: Value): Value => scope.node('ReduceSum', [mask, scope.graph.ints([2])], { keepdims: 0 });
  const area = scope.node('Mul', [scope.unsqueeze(length(rows), 2), scope.unsqueeze(length(columns), 1)]);
  const areas = scope.unsqueeze(scope.transpose(area, [1, 2, 0]), 2);
  const means = scope.node('Div', [sums, scope.node('Max', [areas, scope.scalar(1)])]);
  return scope.transpose(means, [3, 2, 0, 1]);
}

/** 1 for the positions of each cell of each region along one axis, float32 [regions, cells, length]. */
function cellMask(scope: LayerScope, start: Value, end: Value, cells: number, length: number): Value {
  const size = scope.node('Div', [scope.node('Sub', [end, start]), scope.scalar(cells)]);
  const border = (offset: number): Value => {
    const steps = scope.floats(
      Array.from({ length: cells }, (_, cell) => cell + offset),
      [1, cells],
    );
    return scope.node('Add', [start, scope.node('Mul', [size, steps])]);
  };
  const first = scope.node('Clip', [scope.node('Floor', [border(0)]), scope.scalar(0), scope.scalar(length - 1)]);
  const last = scope.node('Clip', [scope.node('Ceil', [border(1)]), scope.scalar(0), scope.scalar(length)]);
  const positions = scope.floats(
    Array.from({ length }, (_, index) => index),
    [1, 1, length],
  );
  const inside = scope.node('And', [
    scope.node('GreaterOrEqual', [positions, scope.unsqueeze(first, 2)]),
    scope.node('Less', [positions, scope.unsqueeze(last, 2)]),
  ]);
  return scope.cast(inside, 'bool', 'float32');
}

/** The mean over the bins of bilinear samples, each bin from channels of its own. */
function psBilinear(scope: LayerScope): Value {
  const { attributes } = scope;
  const cells = attributes.int('group_size', 1);
  const channels = attributes.int('output_dim');
  const [binsX, binsY] = [attributes.int('spatial_bins_x', 1), attributes.int('spatial_bins_y', 1)];
  mapOf(scope);
  const scale = scope.scalar(attributes.float('spatial_scale'));
  const scaled = (index: 0 | 1 | 2 | 3): Value => scope.node('Mul', [corner(scope, index), scale]);
  const [left, top, right, bottom] = [scaled(0), scaled(1), scaled(2), scaled(3)];
  const bin = (start: Value, end: Value, index: number, count: number): Value => {
    const size = scope.node('Sub', [end, start]);
    const at = (share: number): Value => scope.node('Add', [start, scope.node('Mul', [size, scope.scalar(share)])]);
    return pointsBetween(scope, at(index / count), at((index + 1) / count), cells);
  };
  const samples: Value[] = [];
  for (let row = 0; row < binsY; row++) {
    for (let column = 0; column < binsX; column++) {
      const first = (row * binsX + column) * channels;
      const part = scope.slice(scope.value(0), 1, first, first + channels);
      const x = bin(left, right, column, binsX);
      const y = bin(top, bottom, row, binsY);
      samples.push(sample(scope, part, { channels }, { x, y, width: cells, height: cells }));
    }
  }
  return scope.node('Mean', samples);
}

/**
 * Bilinear samples at several points of each cell, averaged or the largest taken. `half_pixel_for_nn` takes half a pixel
 * from corners on the map, as ONNX's `half_pixel` does; `half_pixel` adds it on the image before.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/roi-align-9.html
 */
function roiAlign(scope: LayerScope): Value {
  const { attributes } = scope;
  const aligned = attributes.choice('aligned_mode', ['asymmetric', 'half_pixel_for_nn', 'half_pixel'], 'asymmetric');
  const rois = scope.value(1);
  return emitRoiAlign(scope, scope.value(0), {
    rois: aligned === 'half_pixel' ? scope.node('Add', [rois, scope.scalar(0.5)]) : rois,
    images: scope.asInt64(2),
    largest: attributes.choice('mode', ['avg', 'max']) === 'max',
    height: attributes.int('pooled_h'),
    width: attributes.int('pooled_w'),
    points: attributes.int('sampling_ratio'),
    scale: attributes.float('spatial_scale'),
    halfPixel: aligned !== 'asymmetric',
  });
}

/** How regions are sampled. */
export interface RoiSampling {
  /** float32 [regions, 4]: x1, y1, x2, y2. */
  readonly rois: Value;
  /** int64 [regions]: which image a region is of. */
  readonly images: Value;
  readonly largest: boolean;
  readonly height: number;
  readonly width: number;
  /** Points of a cell along each axis; 0 for as many as it is long on the map. */
  readonly points: number;
  readonly scale: number;
  readonly halfPixel: boolean;
}

/** Sampled regions, float32 [regions, channels, height, width]. */
export function emitRoiAlign(scope: LayerScope, map: Value, sampling: RoiSampling): Value {
  const { rois, images, largest, height, width, points, scale, halfPixel } = sampling;
  if (largest && points === 0) throw scope.unsupported('mode="max" with sampling_ratio="0"');
  // ONNX Runtime takes the largest of weighted corners; OpenVINO that of samples, and 0: each point is a cell first.
  const cells = largest ? points : 1;
  const samples = scope.node('RoiAlign', [map, rois, images], {
    mode: 'avg',
    output_height: height * cells,
    output_width: width * cells,
    sampling_ratio: largest ? 1 : points,
    spatial_scale: float(scale),
    coordinate_transformation_mode: halfPixel ? 'half_pixel' : 'output_half_pixel',
  });
  if (!largest) return samples;
  const window = { kernel_shape: [points, points], strides: [points, points] };
  return scope.node('Relu', [scope.node('MaxPool', [samples], window)]);
}

/** Poolings of regions. */
export const regions: OperationTable = {
  PSROIPooling: { translate: psRoiPooling },
  ROIAlign: { translate: roiAlign },
  ROIPooling: { translate: roiPooling },
};

import type { Value } from '../../onnx/index.js';
import { along, axesFrom, imagesFirst, keepsBatch } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, OperationTable } from '../translate/operation.js';
import { extent, padsOf } from './padding.js';

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/pad-12.html */
function pad(scope: LayerScope): Value {
  const mode = scope.attributes.choice('pad_mode', ['constant', 'edge', 'reflect', 'symmetric'], 'constant');
  if (mode === 'symmetric') return emitSymmetricPad(scope, scope.numbers(1, 'padding'), scope.numbers(2, 'padding'));
  const pads = scope.node('Concat', [scope.asInt64(1), scope.asInt64(2)], { axis: 0 });
  const filled = mode === 'constant' && scope.inputs.length > 3;
  const fill = filled ? scope.cast(scope.value(3), scope.input(3).type, scope.input(0).type) : null;
  return scope.node('Pad', filled ? [scope.value(0), pads, fill] : [scope.value(0), pads], { mode });
}

/** Mirrors with the border repeated, which ONNX cannot: each axis is read by a list of positions. */
export function emitSymmetricPad(scope: LayerScope, begin: readonly number[], end: readonly number[]): Value {
  let value = scope.value(0);
  for (const [axis, before] of begin.entries()) {
    const after = end[axis] ?? 0;
    if (before === 0 && after === 0) continue;
    const length = scope.dims(0)[axis];
    if (typeof length !== 'number') throw scope.unsupported(`it mirrors axis ${axis}, whose length is not known`);
    const positions = Array.from({ length: before + length + after }, (_, index) => {
      const offset = (((index - before) % (2 * length)) + 2 * length) % (2 * length);
      return offset < length ? offset : 2 * length - 1 - offset;
    });
    value = scope.node('Gather', [value, scope.graph.ints(positions)], { axis });
  }
  return value;
}

/** Nothing may be added along the batch. */
const batchOfPad: BatchRule = (traced) => {
  const [begin, end] = [1, 2].map((index) => foldedNumbers(traced.inputs[index]?.folded ?? null));
  if (!begin || !end) return null;
  return along(() => begin.map((_, axis) => axis).filter((axis) => begin[axis] !== 0 || end[axis] !== 0))(traced);
};

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/depth-to-space-1.html */
function depthToSpace(scope: LayerScope): Value {
  const mode = scope.attributes.choice('mode', ['blocks_first', 'depth_first'], 'blocks_first');
  const size = scope.attributes.int('block_size', 1);
  if (scope.rank(0) !== 4) throw scope.unsupported(`input of rank ${scope.rank(0)}`);
  return scope.node('DepthToSpace', [scope.value(0)], {
    blocksize: size,
    mode: mode === 'blocks_first' ? 'DCR' : 'CRD',
  });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/space-to-depth-1.html */
function spaceToDepth(scope: LayerScope): Value {
  const mode = scope.attributes.choice('mode', ['blocks_first', 'depth_first'], 'blocks_first');
  const size = scope.attributes.int('block_size', 1);
  const [, channels, height, width] = scope.dims(0);
  if (scope.rank(0) !== 4) throw scope.unsupported(`input of rank ${scope.rank(0)}`);
  if (mode === 'blocks_first') return scope.node('SpaceToDepth', [scope.value(0)], { blocksize: size });
  if (typeof channels !== 'number' || typeof height !== 'number' || typeof width !== 'number') {
    throw scope.unsupported('the size of its input is not known');
  }
  const split = scope.reshape(scope.value(0), [-1, channels, height / size, size, width / size, size]);
  const ordered = scope.transpose(split, [0, 1, 3, 5, 2, 4]);
  return scope.reshape(ordered, [-1, channels * size * size, height / size, width / size]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/shuffle-channels-1.html */
function shuffleChannels(scope: LayerScope): Value {
  const rank = scope.rank(0);
  const axis = scope.axis(scope.attributes.int('axis', 1), rank);
  const group = scope.attributes.int('group', 1);
  const channels = scope.dims(0)[axis];
  if (typeof channels !== 'number') throw scope.unsupported('the number of its channels is not known');
  // Zeros copy the lengths before the axis; those behind it are joined.
  const before = new Array<number>(axis).fill(0);
  const split = scope.reshape(scope.value(0), [...before, group, channels / group, -1]);
  const order = Array.from({ length: axis + 3 }, (_, index) => index);
  const turned = scope.transpose(split, [...order.slice(0, axis), axis + 1, axis, axis + 2]);
  return scope.node('Reshape', [turned, scope.node('Shape', [scope.value(0)])]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/reorg-yolo-1.html */
function reorgYolo(scope: LayerScope): Value {
  const stride = scope.attributes.int('stride');
  const [, channels, height, width] = scope.dims(0);
  if (typeof channels !== 'number' || typeof height !== 'number' || typeof width !== 'number') {
    throw scope.unsupported('the size of its input is not known');
  }
  // Darknet's layer reads the input as channels / stride^2 planes that are stride times larger on both axes.
  const planes = channels / (stride * stride);
  const split = scope.reshape(scope.value(0), [-1, planes, height, stride, width, stride]);
  const ordered = scope.transpose(split, [0, 3, 5, 1, 2, 4]);
  return scope.reshape(ordered, [-1, channels * stride * stride, height / stride, width / stride]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/roll-7.html */
function roll(scope: LayerScope): Value {
  const shifts = scope.numbers(1, 'shift');
  const axes = scope.numbers(2, 'axes').map((axis) => scope.axis(axis, scope.rank(0)));
  let value = scope.value(0);
  for (const [index, axis] of axes.entries()) {
    const shift = shifts.length === 1 ? shifts[0]! : (shifts[index] ?? 0);
    const length = scope.dims(0)[axis];
    if (typeof length !== 'number') throw scope.unsupported(`it rolls axis ${axis}, whose length is not known`);
    const cut = (((-shift % length) + length) % length) | 0;
    if (cut === 0) continue;
    const parts = [scope.slice(value, axis, cut, length), scope.slice(value, axis, 0, cut)];
    value = scope.node('Concat', parts, { axis });
  }
  return scope.node('Identity', [value]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/reverse-1.html */
function reverse(scope: LayerScope): Value {
  const listed = scope.numbers(1, 'axes');
  const mask = scope.attributes.choice('mode', ['index', 'mask']) === 'mask';
  const axes = mask ? listed.flatMap((flag, axis) => (flag === 0 ? [] : [axis])) : listed;
  if (axes.length === 0) return scope.node('Identity', [scope.value(0)]);
  const every = (value: number): Value => scope.graph.ints(axes.map(() => value));
  return scope.node('Slice', [scope.value(0), every(-1), every(-(2 ** 31)), scope.graph.ints(axes), every(-1)]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/reverse-sequence-1.html */
function reverseSequence(scope: LayerScope): Value {
  return scope.node('ReverseSequence', [scope.value(0), scope.asInt64(1)], {
    batch_axis: scope.axis(scope.attributes.int('batch_axis', 0), scope.rank(0)),
    time_axis: scope.axis(scope.attributes.int('seq_axis', 1), scope.rank(0)),
  });
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/batch-to-space-2.html */
function batchToSpace(scope: LayerScope): Value {
  const blocks = scope.numbers(1, 'block shape');
  const [begin, end] = [scope.numbers(2, 'crops'), scope.numbers(3, 'crops')];
  const dims = scope.staticDims(0);
  const rank = dims.length;
  const batch = (dims[0] ?? 1) / blocks.reduce((product, block) => product * block, 1);
  const split = scope.reshape(scope.value(0), [...blocks.slice(1), batch, ...dims.slice(1)]);
  const order = [rank - 1, ...dims.slice(1).flatMap((_, index) => [rank + index, index])];
  const lengths = dims.map((length, axis) => (axis === 0 ? batch : length * (blocks[axis] ?? 1)));
  const whole = scope.reshape(scope.transpose(split, order), lengths);
  const ends = lengths.map((length, axis) => length - (end[axis] ?? 0));
  return scope.node('Slice', [whole, scope.graph.ints(begin), scope.graph.ints(ends)]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/space-to-batch-2.html */
function spaceToBatch(scope: LayerScope): Value {
  const blocks = scope.numbers(1, 'block shape');
  const [begin, end] = [scope.numbers(2, 'pads'), scope.numbers(3, 'pads')];
  const lengths = scope.staticDims(0).map((length, axis) => length + (begin[axis] ?? 0) + (end[axis] ?? 0));
  const rank = lengths.length;
  const padded = scope.node('Pad', [scope.value(0), scope.graph.ints([...begin, ...end])]);
  const parts = lengths.slice(1).flatMap((length, index) => {
    const block = blocks[index + 1] ?? 1;
    return [length / block, block];
  });
  const split = scope.reshape(padded, [lengths[0] ?? 1, ...parts]);
  const spatial = Array.from({ length: rank - 1 }, (_, index) => index);
  const order = [...spatial.map((index) => 2 * index + 2), 0, ...spatial.map((index) => 2 * index + 1)];
  const batch = blocks.reduce((product, block) => product * block, lengths[0] ?? 1);
  return scope.reshape(scope.transpose(split, order), [
    batch,
    ...lengths.slice(1).map((length, index) => length / (blocks[index + 1] ?? 1)),
  ]);
}

/** https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/image/grid-sample-9.html */
function gridSample(scope: LayerScope): Value {
  const modes = { bilinear: 'linear', bicubic: 'cubic', nearest: 'nearest' } as const;
  const mode = scope.attributes.choice('mode', ['bilinear', 'bicubic', 'nearest'], 'bilinear');
  return scope.node('GridSample', [scope.value(0), scope.value(1)], {
    mode: modes[mode],
    padding_mode: scope.attributes.choice('padding_mode', ['zeros', 'border', 'reflection'], 'zeros'),
    align_corners: scope.attributes.flag('align_corners', false) ? 1 : 0,
  });
}

/**
 * Windows of the map, laid behind each other on the channels: by row, column and channel.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/movement/extract-image-patches-3.html
 */
function extractPatches(scope: LayerScope): Value {
  const { attributes } = scope;
  const kernel = attributes.ints('sizes');
  const window = { kernel, strides: attributes.ints('strides'), dilations: attributes.ints('rates') };
  const plane = scope.dims(0).slice(2);
  const pads = padsOf(scope, plane, window);
  if (plane.includes(null)) throw scope.unsupported('the size of its input is not known');
  const around = [0, 0, ...pads.begin, 0, 0, ...pads.end];
  const data = around.some((pad) => pad > 0)
    ? scope.node('Pad', [scope.value(0), scope.graph.ints(around)])
    : scope.value(0);
  // How far a window's first value moves over the padded map.
  const reach = plane.map(
    (length, axis) => (length ?? 0) + (pads.begin[axis] ?? 0) + (pads.end[axis] ?? 0) - extent(window, axis) + 1,
  );
  const steps = scope.graph.ints(window.strides);
  const [rows = 1, columns = 1] = kernel;
  const parts = Array.from({ length: rows * columns }, (_, cell) => {
    const start = [Math.floor(cell / columns), cell % columns].map((at, axis) => at * (window.dilations[axis] ?? 1));
    const ends = start.map((at, axis) => at + (reach[axis] ?? 0));
    return scope.node('Slice', [
      data,
      scope.graph.ints(start),
      scope.graph.ints(ends),
      scope.graph.ints([2, 3]),
      steps,
    ]);
  });
  return parts.length === 1 ? parts[0]! : scope.node('Concat', parts, { axis: 1 });
}

/** Both lie by image. */
const batchOfSampling: BatchRule = ({ inputs }) => (inputs.every((input) => input.batchAxis === 0) ? [0] : null);

/** Operations that move values without computing with them. */
export const movements: OperationTable = {
  BatchToSpace: { translate: batchToSpace },
  DepthToSpace: { translate: depthToSpace, batch: imagesFirst },
  ExtractImagePatches: { translate: extractPatches, batch: imagesFirst },
  GridSample: { translate: gridSample, batch: batchOfSampling },
  Identity: { translate: (scope) => scope.node('Identity', [scope.value(0)]), batch: keepsBatch },
  Pad: { translate: pad, batch: batchOfPad },
  ReorgYolo: { translate: reorgYolo, batch: imagesFirst },
  Reverse: { translate: reverse },
  ReverseSequence: { translate: reverseSequence },
  Roll: { translate: roll, batch: along(({ inputs: [, , axes] }) => axesFrom(axes)) },
  ShuffleChannels: { translate: shuffleChannels, batch: imagesFirst },
  SpaceToBatch: { translate: spaceToBatch },
  SpaceToDepth: { translate: spaceToDepth, batch: imagesFirst },
};

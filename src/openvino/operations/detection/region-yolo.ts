import type { Value } from '../../../onnx/index.js';
import { imagesFirst } from '../../translate/batch-rules.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { Operation } from '../../translate/operation.js';

/**
 * The activations of a YOLO head (v2 with `do_softmax`, v3 without): sigmoid of the two offsets, of the objectness and,
 * in v3, of the class scores; in v2 those are a softmax. Anchors are for whoever reads the output.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/region-yolo-1.html
 */
function translate(scope: LayerScope): Value {
  const { attributes } = scope;
  const softmax = attributes.flag('do_softmax', true);
  const coordinates = attributes.int('coords');
  const classes = attributes.int('classes');
  const regions = softmax ? attributes.int('num') : attributes.ints('mask', []).length;
  const [, channels, height, width] = scope.dims(0);
  if (typeof height !== 'number' || typeof width !== 'number')
    throw scope.unsupported('the size of its input is not known');
  const each = coordinates + classes + 1;
  if (channels !== regions * each)
    throw scope.error(`has ${channels ?? '?'} channels for ${regions} regions of ${each}`);
  const data = scope.reshape(scope.value(0), [-1, regions, each, height, width]);
  const part = (start: number, end: number): Value => scope.slice(data, 2, start, end);
  const parts = [scope.node('Sigmoid', [part(0, 2)])];
  if (coordinates > 2) parts.push(part(2, coordinates));
  if (softmax) {
    parts.push(scope.node('Sigmoid', [part(coordinates, coordinates + 1)]));
    parts.push(scope.node('Softmax', [part(coordinates + 1, each)], { axis: 2 }));
  } else {
    parts.push(scope.node('Sigmoid', [part(coordinates, each)]));
  }
  const joined = scope.node('Concat', parts, { axis: 2 });
  return scope.reshape(joined, [-1, ...outputShape(scope, [regions * each, height, width])]);
}

/** Without its first axis, the batch: as the input, or joined from `axis` to `end_axis`. */
function outputShape(scope: LayerScope, dims: readonly number[]): number[] {
  if (!scope.attributes.flag('do_softmax', true)) return [...dims];
  const start = scope.axis(scope.attributes.int('axis', 1), 4);
  const end = scope.axis(scope.attributes.int('end_axis', 3), 4);
  if (start === 0) throw scope.unsupported('axis="0", which joins the images');
  const joined = dims.slice(start - 1, end).reduce((product, length) => product * length, 1);
  return [...dims.slice(0, start - 1), joined, ...dims.slice(end)];
}

/** The head of YOLO v2 and v3. */
export const regionYolo: Operation = { translate, batch: imagesFirst };

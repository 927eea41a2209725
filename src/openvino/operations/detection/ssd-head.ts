import type { Value } from '../../../onnx/index.js';
import type { LayerScope } from '../../translate/layer-scope.js';

/** What an SSD's last layer has to work with. */
export interface SsdHead {
  /** float32 [N, priors, places, 4]: offsets, with one place for all classes or one a class. */
  readonly offsets: Value;
  /** float32 [N, priors, classes]. */
  readonly confidences: Value;
  /** float32 [N or 1, priors, 1, 4]: x1, y1, x2, y2 in 0..1; refined ones [N, priors, places, 4]. */
  readonly priors: Value;
  /** float32 [N or 1, priors, 1, 4], or null where offsets are in units of the box. */
  readonly variances: Value | null;
  /** int64 [1]: the number of images. */
  readonly imageCount: Value;
  readonly priorCount: number;
  readonly classCount: number;
  /** The classes that are looked at: all but the background. */
  readonly classes: readonly number[];
  readonly shared: boolean;
  readonly centreSize: boolean;
  readonly clipBefore: boolean;
  readonly clipAfter: boolean;
  /** Candidates of a class (or of an image) before suppression; -1 for all. */
  readonly top: number;
  /** Detections of an image; -1 for all. */
  readonly keep: number;
  readonly confidence: number;
  readonly overlap: number;
  /** As MXNet does it: each prior counts for its best class only, and labels begin behind the background. */
  readonly byPrior: boolean;
}

/** Reads inputs and attributes of a DetectionOutput. */
export function readHead(scope: LayerScope, normalizedByDefault: boolean): SsdHead {
  const { attributes } = scope;
  const normalized = attributes.flag('normalized', normalizedByDefault);
  const priorSize = normalized ? 4 : 5;
  const priorCount = lastLength(scope, 2) / priorSize;
  const classCount = attributes.has('num_classes') ? attributes.int('num_classes') : lastLength(scope, 1) / priorCount;
  if (!Number.isInteger(priorCount) || !Number.isInteger(classCount)) {
    throw scope.error('has inputs whose lengths do not fit each other');
  }
  const shared = attributes.flag('share_location', true);
  const background = attributes.int('background_label_id', 0);
  const byPrior = attributes.flag('decrease_label_id', false);
  const encoded = attributes.flag('variance_encoded_in_target', false);
  const places = shared ? 1 : classCount;
  const [keep = -1] = attributes.ints('keep_top_k', [-1]);
  const all = Array.from({ length: classCount }, (_, label) => label);
  const base = {
    offsets: scope.reshape(scope.value(0), [-1, priorCount, places, 4]),
    confidences: scope.reshape(scope.value(1), [-1, priorCount, classCount]),
    priors: readPriors(scope, priorCount, normalized),
    variances: encoded ? null : readPlane(scope, 1, priorCount, 4),
    imageCount: scope.node('Shape', [scope.value(0)], { start: 0, end: 1 }),
    priorCount,
    classCount,
    classes: all.filter((label) => label !== background && !(byPrior && label === 0)),
    shared,
    centreSize:
      attributes.choice(
        'code_type',
        ['caffe.priorboxparameter.corner', 'caffe.priorboxparameter.center_size'],
        'caffe.priorboxparameter.corner',
      ) === 'caffe.priorboxparameter.center_size',
    clipBefore: attributes.flag('clip_before_nms', false) || attributes.flag('clip', false),
    clipAfter: attributes.flag('clip_after_nms', false),
    top: attributes.int('top_k', -1),
    keep,
    confidence: attributes.float('confidence_threshold', scope.opset === 0 ? -3.4e38 : 0),
    overlap: attributes.float('nms_threshold'),
    byPrior,
  };
  return scope.inputs.length > 4 ? refine(scope, base, background) : base;
}

function lastLength(scope: LayerScope, index: number): number {
  const length = scope.dims(index).at(-1);
  if (typeof length !== 'number') throw scope.unsupported(`the length of input ${index} is not known`);
  return length;
}

/** A plane of the input with the prior boxes: boxes are the first, variances the second. */
function readPlane(scope: LayerScope, plane: number, priorCount: number, size: number): Value {
  const planes = scope.reshape(scope.value(2), [0, -1, priorCount * size]);
  const one = scope.slice(planes, 1, plane, plane + 1);
  return scope.reshape(one, [-1, priorCount, 1, size]);
}

/** Boxes that are not in 0..1 have five values, the image's number first, and are in pixels of `input_...`. */
function readPriors(scope: LayerScope, priorCount: number, normalized: boolean): Value {
  if (normalized) return readPlane(scope, 0, priorCount, 4);
  const boxes = scope.slice(readPlane(scope, 0, priorCount, 5), 3, 1, 5);
  const width = scope.attributes.int('input_width', 1);
  const height = scope.attributes.int('input_height', 1);
  return width === 1 && height === 1 ? boxes : scope.node('Div', [boxes, scope.floats([width, height, width, height])]);
}

/**
 * RefineDet's two further inputs: priors that are no object count as background, and the others are moved first
 * (https://arxiv.org/abs/1711.06897).
 */
function refine(scope: LayerScope, head: SsdHead, background: number): SsdHead {
  const objectness = scope.slice(scope.reshape(scope.value(3), [-1, head.priorCount, 2]), 2, 1, 2);
  const nothing = scope.node('Less', [objectness, scope.scalar(scope.attributes.float('objectness_score', 0))]);
  const empty = scope.floats(
    Array.from({ length: head.classCount }, (_, label) => (label === background ? 1 : 0)),
    [1, 1, head.classCount],
  );
  const places = head.shared ? 1 : head.classCount;
  const moves = scope.reshape(scope.value(4), [-1, head.priorCount, places, 4]);
  return {
    ...head,
    confidences: scope.node('Where', [nothing, empty, head.confidences]),
    priors: decodeBoxes(scope, { ...head, offsets: moves }),
  };
}

/** Boxes from prior boxes and offsets, float32 [N, priors, places, 4] in 0..1. */
export function decodeBoxes(scope: LayerScope, head: SsdHead): Value {
  const { offsets, variances, priors } = head;
  const scaled = variances === null ? offsets : scope.node('Mul', [variances, offsets]);
  const boxes = head.centreSize ? moveAndScale(scope, priors, scaled) : scope.node('Add', [priors, scaled]);
  return head.clipBefore ? scope.node('Clip', [boxes, scope.scalar(0), scope.scalar(1)]) : boxes;
}

/** Offsets are of the centre, in sizes of the box, and of the logarithm of the size. */
function moveAndScale(scope: LayerScope, priors: Value, offsets: Value): Value {
  const low = scope.slice(priors, 3, 0, 2);
  const high = scope.slice(priors, 3, 2, 4);
  const size = scope.node('Sub', [high, low]);
  const centre = scope.node('Div', [scope.node('Add', [low, high]), scope.scalar(2)]);
  const moved = scope.node('Add', [scope.node('Mul', [scope.slice(offsets, 3, 0, 2), size]), centre]);
  const growth = scope.node('Exp', [scope.slice(offsets, 3, 2, 4)]);
  const half = scope.node('Div', [scope.node('Mul', [growth, size]), scope.scalar(2)]);
  return scope.node('Concat', [scope.node('Sub', [moved, half]), scope.node('Add', [moved, half])], { axis: 3 });
}

import { float, type Value } from '../../onnx/index.js';
import { keepsBatch } from '../translate/batch-rules.js';
import { foldedNumbers } from '../translate/folding.js';
import type { LayerScope } from '../translate/layer-scope.js';
import type { BatchRule, OperationTable } from '../translate/operation.js';

type Coordinates = 'half_pixel' | 'pytorch_half_pixel' | 'asymmetric' | 'tf_half_pixel_for_nn' | 'align_corners';
type NearestMode = 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil' | 'simple';

/** A resize along some axes, in Interpolate-4's terms. */
export interface Interpolation {
  readonly axes: readonly number[];
  /** New lengths, or factors; one an axis, or a value that is computed while the model runs. */
  readonly target: {
    readonly kind: 'sizes' | 'scales';
    readonly known: readonly number[] | null;
    readonly value: () => Value;
  };
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: Coordinates;
  readonly nearest: NearestMode;
  readonly antialias: boolean;
  readonly cubeCoefficient: number;
}

/**
 * Interpolate-4 and -11. `linear_onnx` and `linear` are both ONNX's linear, which differ only where `linear` shrinks
 * with antialias; Pillow's modes are ONNX's with antialias.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/image/interpolate-11.html
 */
function interpolate(scope: LayerScope): Value {
  if (scope.opset < 4) return interpolateOne(scope);
  const { attributes } = scope;
  const word = attributes.choice('mode', [
    'nearest',
    'linear',
    'linear_onnx',
    'cubic',
    'bilinear_pillow',
    'bicubic_pillow',
  ]);
  const pillow = word.endsWith('pillow');
  const kind = attributes.choice('shape_calculation_mode', ['sizes', 'scales']);
  // Opset 4 has sizes, scales and axes; opset 11 has one input for both.
  const [targetInput, axesInput] = scope.opset >= 11 ? [1, 2] : [kind === 'sizes' ? 1 : 2, 3];
  const rank = scope.rank(0);
  const axes =
    scope.inputs.length > axesInput
      ? scope.numbers(axesInput, 'axes').map((axis) => scope.axis(axis, rank))
      : Array.from({ length: rank }, (_, axis) => axis);
  const target = scope.input(targetInput);
  const constant = target.constant === null ? null : scope.numbers(targetInput, kind);
  return emitInterpolation(scope, padded(scope, scope.value(0), rank), {
    axes,
    target: {
      kind,
      known: foldedNumbers(target.folded) ?? constant,
      value: () => (kind === 'sizes' ? scope.asInt64(targetInput) : scope.value(targetInput)),
    },
    mode: word.startsWith('bicubic') || word === 'cubic' ? 'cubic' : word === 'nearest' ? 'nearest' : 'linear',
    coordinates: pillow
      ? 'half_pixel'
      : attributes.choice(
          'coordinate_transformation_mode',
          ['half_pixel', 'pytorch_half_pixel', 'asymmetric', 'tf_half_pixel_for_nn', 'align_corners'],
          'half_pixel',
        ),
    nearest: attributes.choice(
      'nearest_mode',
      ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil', 'simple'],
      'round_prefer_floor',
    ),
    antialias: pillow || attributes.flag('antialias', false),
    cubeCoefficient: attributes.float('cube_coeff', -0.75),
  });
}

/**
 * Interpolate-1, which OpenVINO turns into Interpolate-4: coordinates are `asymmetric` unless corners are aligned, and
 * `nearest` takes the value before.
 * https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/image/interpolate-1.html
 */
function interpolateOne(scope: LayerScope): Value {
  const { attributes } = scope;
  const mode = attributes.choice('mode', ['nearest', 'linear', 'linear_onnx', 'cubic']);
  const rank = scope.rank(0);
  const axes = attributes.ints('axes').map((axis) => scope.axis(axis, rank));
  const linear = mode === 'linear' || mode === 'linear_onnx';
  const plain = [...attributes.ints('pads_begin', [0]), ...attributes.ints('pads_end', [0])].every((pad) => pad === 0);
  const plane = rank === 4 && axes.length === 2 && axes.includes(2) && axes.includes(3);
  return emitInterpolation(scope, padded(scope, scope.value(0), rank), {
    axes,
    target: { kind: 'sizes', known: foldedNumbers(scope.input(1).folded), value: () => scope.asInt64(1) },
    mode: linear ? 'linear' : mode,
    coordinates: attributes.flag('align_corners', true)
      ? 'align_corners'
      : linear && plain && !plane
        ? 'half_pixel'
        : 'asymmetric',
    nearest: 'simple',
    antialias: attributes.flag('antialias', false),
    cubeCoefficient: -0.75,
  });
}

/** Zeros around the data, where `pads_begin` and `pads_end` ask for them. */
function padded(scope: LayerScope, data: Value, rank: number): Value {
  const [begin, end] = ['pads_begin', 'pads_end'].map((name) => {
    const pads = scope.attributes.ints(name, [0]);
    return Array.from({ length: rank }, (_, axis) => pads[axis] ?? 0);
  });
  if (![...(begin ?? []), ...(end ?? [])].some((pad) => pad > 0)) return data;
  return scope.node('Pad', [data, scope.graph.ints([...(begin ?? []), ...(end ?? [])])]);
}

/** A resize as one ONNX Resize, or, for kinds of `nearest` that it does not have, as reading by positions. */
export function emitInterpolation(scope: LayerScope, data: Value, interpolation: Interpolation): Value {
  const { axes, target, mode } = interpolation;
  // Lengths that stay: the batch must not be pinned to the one image that the model was exported with.
  const lengths = paddedLengths(scope);
  const kept = axes.map(
    (axis, index) => target.known !== null && stays(target.kind, target.known[index], lengths[axis], axis, scope),
  );
  const moving = axes.filter((_, index) => kept[index] !== true);
  if (moving.length === 0) return scope.node('Identity', [data]);
  const known = target.known?.filter((_, index) => kept[index] !== true) ?? null;
  if (mode === 'nearest') {
    const direct = nearestInOnnx(interpolation, moving, known, lengths);
    if (direct === null) return readNearest(scope, data, interpolation, moving, known, lengths);
    return resize(scope, data, interpolation, moving, known, direct);
  }
  const coordinates = interpolation.coordinates;
  if (coordinates === 'tf_half_pixel_for_nn') throw scope.unsupported(`coordinates "${coordinates}" in mode "${mode}"`);
  return resize(scope, data, interpolation, moving, known, { coordinates });
}

/** Lengths of the data's axes after padding; null where not known. */
function paddedLengths(scope: LayerScope): readonly (number | null)[] {
  const begin = scope.attributes.ints('pads_begin', [0]);
  const end = scope.attributes.ints('pads_end', [0]);
  return scope.dims(0).map((length, axis) => (length === null ? null : length + (begin[axis] ?? 0) + (end[axis] ?? 0)));
}

function stays(
  kind: 'sizes' | 'scales',
  value: number | undefined,
  length: number | null | undefined,
  axis: number,
  scope: LayerScope,
): boolean {
  if (kind === 'scales') return value === 1;
  return value === (axis === scope.input(0).batchAxis ? 1 : length);
}

interface OnnxModes {
  readonly coordinates: string;
  readonly nearest?: string;
}

function resize(
  scope: LayerScope,
  data: Value,
  interpolation: Interpolation,
  axes: readonly number[],
  known: readonly number[] | null,
  modes: OnnxModes,
): Value {
  const { target, mode, antialias, cubeCoefficient } = interpolation;
  const sizes = target.kind === 'sizes';
  const value = known === null ? target.value() : sizes ? scope.graph.ints(known) : scope.floats(known);
  return scope.node('Resize', sizes ? [data, null, null, value] : [data, null, value], {
    axes,
    mode,
    coordinate_transformation_mode: modes.coordinates,
    nearest_mode: mode === 'nearest' ? (modes.nearest ?? 'round_prefer_floor') : undefined,
    antialias: antialias && mode !== 'nearest' ? 1 : undefined,
    cubic_coeff_a: mode === 'cubic' ? float(cubeCoefficient) : undefined,
  });
}

/** ONNX's modes that read the same positions, or null. */
function nearestInOnnx(
  { coordinates, nearest, target }: Interpolation,
  axes: readonly number[],
  known: readonly number[] | null,
  lengths: readonly (number | null)[],
): OnnxModes | null {
  if (coordinates === 'tf_half_pixel_for_nn') {
    // floor(x + 1/2) is rounding x half up, with x the half_pixel coordinate.
    return nearest === 'floor' ? { coordinates: 'half_pixel', nearest: 'round_prefer_ceil' } : null;
  }
  if (nearest !== 'simple') return { coordinates, nearest };
  // `simple` rounds up where the axis shrinks, down elsewhere.
  const shrinks = axes.map((axis, index) => {
    const value = known?.[index];
    const length = lengths[axis] ?? null;
    if (value === undefined) return null;
    if (target.kind === 'scales') return value < 1;
    return length === null ? null : value < length;
  });
  if (shrinks.every((shrinking) => shrinking === false)) return { coordinates, nearest: 'floor' };
  if (shrinks.every((shrinking) => shrinking === true)) return { coordinates, nearest: 'ceil' };
  return null;
}

/** Reads each axis at positions that are computed here. */
function readNearest(
  scope: LayerScope,
  data: Value,
  interpolation: Interpolation,
  axes: readonly number[],
  known: readonly number[] | null,
  lengths: readonly (number | null)[],
): Value {
  let value = data;
  for (const [index, axis] of axes.entries()) {
    const length = lengths[axis] ?? null;
    const asked = known?.[index];
    if (length === null || asked === undefined) throw scope.unsupported('nearest mode "simple" with unknown sizes');
    const count = interpolation.target.kind === 'sizes' ? asked : Math.floor(asked * length);
    const scale = interpolation.target.kind === 'sizes' ? count / length : asked;
    const positions = Array.from({ length: count }, (_, x) =>
      nearestPosition(
        originalCoordinate(x, scale, count, length, interpolation.coordinates),
        scale,
        length,
        interpolation,
      ),
    );
    value = scope.node('Gather', [value, scope.graph.ints(positions)], { axis });
  }
  return value;
}

/** The formulas of Interpolate-4. */
function originalCoordinate(x: number, scale: number, count: number, length: number, mode: Coordinates): number {
  switch (mode) {
    case 'half_pixel':
      return (x + 0.5) / scale - 0.5;
    case 'pytorch_half_pixel':
      return count > 1 ? (x + 0.5) / scale - 0.5 : 0;
    case 'asymmetric':
      return x / scale;
    case 'tf_half_pixel_for_nn':
      return (x + 0.5) / scale;
    case 'align_corners':
      return count === 1 ? 0 : (x * (length - 1)) / (count - 1);
  }
}

function nearestPosition(x: number, scale: number, length: number, { nearest }: Interpolation): number {
  const rounded = {
    round_prefer_floor: Math.ceil(x - 0.5),
    round_prefer_ceil: Math.floor(x + 0.5),
    floor: Math.floor(x),
    ceil: Math.ceil(x),
    simple: scale < 1 ? Math.ceil(x) : Math.trunc(x),
  }[nearest];
  return Math.min(Math.max(rounded, 0), length - 1);
}

/** Spatial axes only, or all axes with those before the plane left as they are. */
const batchOfInterpolation: BatchRule = (traced) => {
  const [data] = traced.inputs;
  const [dims] = traced.outputDims;
  if (data?.batchAxis === null || data === undefined || dims === undefined) return null;
  return dims[data.batchAxis] === data.dims[data.batchAxis] ? keepsBatch(traced) : null;
};

/** Resizing. */
export const interpolations: OperationTable = {
  Interpolate: { translate: interpolate, batch: batchOfInterpolation },
};

import type { Value } from '../../../onnx/index.js';
import { along, keepsBatch, reshapes } from '../../translate/batch-rules.js';
import type { LayerScope } from '../../translate/layer-scope.js';
import type { BatchRule, Operation, OperationTable } from '../../translate/operation.js';
import { emitInterpolation } from '../interpolations.js';
import { emitSymmetricPad } from '../movements.js';
import { emitTopK } from '../top-k.js';
import { declaredShape, shapes } from '../shapes.js';

/** Any layer that only gives its values another shape: the file declares it. */
function reshape(scope: LayerScope): Value {
  const shape = declaredShape(scope);
  if (shape === null) throw scope.unsupported('the shape of its output is not declared');
  return scope.reshape(scope.value(0), shape);
}

function permute(scope: LayerScope): Value {
  return scope.transpose(scope.value(0), scope.attributes.ints('order'));
}

const batchOfPermute: BatchRule = ({ inputs: [data], attributes }) => {
  if (data === undefined || data.batchAxis === null) return null;
  const axis = attributes.ints('order').indexOf(data.batchAxis);
  return axis < 0 ? null : [axis];
};

/** Parts are as long as the outputs are declared. */
function split(scope: LayerScope): Value[] {
  const axis = scope.axis(scope.attributes.int('axis', 1), scope.rank(0));
  const count = scope.layer.outputs.length;
  const lengths = Array.from({ length: count }, (_, output) => scope.outputDims(output)?.[axis]);
  const known = lengths.filter((length) => typeof length === 'number');
  if (known.length !== count) throw scope.unsupported('the lengths of its parts are not declared');
  if (count === 1) return [scope.node('Identity', [scope.value(0)])];
  return scope.graph.nodes('Split', [scope.value(0), scope.graph.ints(known)], { axis }, count);
}

/** Cuts what the declared output leaves out: `offset` says where along each `axis` it begins, or `crop_begin` does. */
function crop(scope: LayerScope): Value {
  const axes = scope.attributes.ints('axis');
  const offsets = scope.attributes.ints(scope.attributes.has('crop_begin') ? 'crop_begin' : 'offset');
  let value = scope.value(0);
  for (const [index, axis] of axes.entries()) {
    const start = offsets[index] ?? 0;
    const length = scope.outputDims()?.[axis];
    if (typeof length !== 'number' || scope.dims(0)[axis] === length) continue;
    value = scope.slice(value, axis, start, start + length);
  }
  return scope.node('Identity', [value]);
}

function tile(scope: LayerScope): Value {
  const axis = scope.axis(scope.attributes.int('axis'), scope.rank(0));
  const repeats = Array.from({ length: scope.rank(0) }, (_, index) =>
    index === axis ? scope.attributes.int('tiles') : 1,
  );
  return scope.node('Tile', [scope.value(0), scope.graph.ints(repeats)]);
}

function gather(scope: LayerScope): Value {
  return scope.node('Gather', [scope.value(0), scope.asInt64(1)], { axis: scope.attributes.int('axis', 0) });
}

function pad(scope: LayerScope): Value {
  const { attributes } = scope;
  const mode = attributes.choice('pad_mode', ['constant', 'edge', 'reflect', 'symmetric'], 'constant');
  if (mode === 'symmetric') {
    return emitSymmetricPad(scope, attributes.ints('pads_begin'), attributes.ints('pads_end'));
  }
  const pads = scope.graph.ints([...attributes.ints('pads_begin'), ...attributes.ints('pads_end')]);
  const fill = mode === 'constant' ? [scope.scalar(attributes.float('pad_value', 0))] : [];
  return scope.node('Pad', [scope.value(0), pads, ...fill], { mode });
}

/** Lengths of the plane as the output is declared. */
function planeOf(scope: LayerScope): readonly number[] {
  const plane = (scope.outputDims() ?? []).slice(2).filter((length) => length !== null);
  if (plane.length !== scope.rank(0) - 2) throw scope.unsupported('the size of its output is not declared');
  return plane;
}

/** Nearest or linear, by the centres of pixels. */
function resample(scope: LayerScope): Value {
  const type = scope.attributes.text('type').toLowerCase();
  const linear = type.endsWith('linear');
  if (!linear && !type.endsWith('nearest')) throw scope.unsupported(`type="${type}"`);
  return resize(scope, {
    mode: linear ? 'linear' : 'nearest',
    coordinates: 'half_pixel',
    antialias: linear && scope.attributes.flag('antialias', false),
  });
}

/** Bilinear, by the corners of pixels or by their first corner. */
function interp(scope: LayerScope): Value {
  if (['pad_beg', 'pad_end'].some((name) => scope.attributes.int(name, 0) !== 0)) {
    throw scope.unsupported('pad_beg or pad_end other than 0');
  }
  const coordinates = scope.attributes.flag('align_corners', true) ? 'align_corners' : 'asymmetric';
  return resize(scope, { mode: 'linear', coordinates, antialias: false });
}

function resize(
  scope: LayerScope,
  how: Pick<Parameters<typeof emitInterpolation>[2], 'mode' | 'coordinates' | 'antialias'>,
): Value {
  const plane = planeOf(scope);
  return emitInterpolation(scope, scope.value(0), {
    ...how,
    axes: plane.map((_, index) => index + 2),
    target: { kind: 'sizes', known: plane, value: () => scope.graph.ints(plane) },
    nearest: 'round_prefer_ceil',
    cubeCoefficient: -0.75,
  });
}

/** Positions of the largest values, and, if asked, the values. */
function argMax(scope: LayerScope): Value {
  const { attributes } = scope;
  if (!attributes.has('axis')) throw scope.unsupported('without an axis');
  const axis = scope.axis(attributes.int('axis'), scope.rank(0));
  const count = scope.graph.ints([attributes.int('top_k', 1)]);
  const [values, indices] = emitTopK(scope, scope.value(0), count, axis, 1);
  if (attributes.flag('out_max_val', false)) return values;
  return scope.cast(indices, 'int64', scope.outputType());
}

const reshapeLike: Operation = { translate: reshape, batch: reshapes, ...foldOf(shapes['Reshape']) };

function foldOf(operation: Operation | undefined): Pick<Operation, 'fold'> {
  return operation?.fold === undefined ? {} : { fold: operation.fold };
}

const alongAxis = along(({ attributes }) => [attributes.int('axis', 1)]);

/** Layers of v3 to v7 that move values. */
export const legacyShapes: OperationTable = {
  ...shapes,
  ArgMax: { translate: argMax, batch: alongAxis },
  Crop: {
    translate: crop,
    batch: (traced) => (traced.inputs[0]?.batchAxis === 0 && !traced.attributes.ints('axis').includes(0) ? [0] : null),
  },
  Flatten: reshapeLike,
  Gather: { translate: gather },
  Interp: { translate: interp, batch: keepsBatch },
  Pad: { translate: pad },
  Permute: { translate: permute, batch: batchOfPermute },
  Resample: { translate: resample, batch: keepsBatch },
  Reshape: reshapeLike,
  ...(shapes['ShapeOf'] === undefined ? {} : { Shape: shapes['ShapeOf'] }),
  Slice: { translate: split, batch: alongAxis },
  Split: { translate: split, batch: alongAxis },
  Squeeze: reshapeLike,
  Tile: { translate: tile, batch: alongAxis },
  Unsqueeze: reshapeLike,
};

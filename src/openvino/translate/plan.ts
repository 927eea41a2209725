import type { IrLayer, IrModel } from '../ir/model.js';
import { readConstant, numbersOf, type Weights } from '../ir/weights.js';
import { sizeOf } from '../../onnx/index.js';
import { LayerAttributes } from './attributes.js';
import { constantOf, isParameter, parameterShape } from './endpoints.js';
import { largestFolded, reshapeFolded, type Folded } from './folding.js';
import type { Operation, TracedInput, TracedLayer } from './operation.js';

/** What is known of a layer's output before the graph is built. */
export interface PlannedOutput {
  /** The axis along which the images of a run lie, or null. */
  readonly batchAxis: number | null;
  /** As declared, for one image; -1 for a dimension that varies. */
  readonly dims: readonly number[];
  readonly folded: Folded | null;
}

/** What is known of a model before its graph is built. */
export interface Plan {
  readonly outputs: ReadonlyMap<IrLayer, readonly PlannedOutput[]>;
  /** Whether the model takes any number of images a run, though it was exported for one. */
  readonly anyBatch: boolean;
  /** The layer that keeps it from that, or null. */
  readonly obstacle: IrLayer | null;
}

/** Finds the operation of a layer. */
export type FindOperation = (layer: IrLayer) => Operation | null;

/**
 * Follows the batch from the input through all layers, and computes what depends on shapes alone: those two belong
 * together, since shapes contain the batch. A model exported for one image becomes one for any number, unless a layer
 * cannot be.
 */
export function planModel(model: IrModel, weights: Weights, find: FindOperation): Plan {
  const parameters = model.layers.filter(isParameter);
  const [only] = parameters;
  const shape = only === undefined ? [] : parameterShape(only);
  if (parameters.length === 1 && shape.length >= 2 && shape[0] === 1) {
    const traced = trace(model, weights, find, 0);
    if (traced.obstacle === null) return { ...traced, anyBatch: true };
    return { ...trace(model, weights, find, null), anyBatch: false, obstacle: traced.obstacle };
  }
  return { ...trace(model, weights, find, null), anyBatch: false };
}

/** One pass over the layers; stops at the first that the batch cannot pass. */
function trace(
  model: IrModel,
  weights: Weights,
  find: FindOperation,
  batchAxis: number | null,
): Pick<Plan, 'outputs' | 'obstacle'> {
  const outputs = new Map<IrLayer, readonly PlannedOutput[]>();
  for (const layer of model.layers) {
    const inputs = (model.sources.get(layer) ?? []).map(
      ({ layer: source, output }): TracedInput =>
        outputs.get(source)?.[output] ?? { batchAxis: null, dims: [], folded: null },
    );
    const outputDims = layer.outputs.map((port) => port.dims ?? []);
    const traced = { layer, attributes: new LayerAttributes(layer, model.file), inputs, outputDims };
    const axes =
      isParameter(layer) || batchAxis === null
        ? outputDims.map(() => (isParameter(layer) ? batchAxis : null))
        : axesOf(traced, find(layer));
    if (axes === null) return { outputs, obstacle: layer };
    const folded = foldLayer(traced, find(layer), model, weights);
    outputs.set(
      layer,
      outputDims.map((dims, index) => ({ batchAxis: axes[index] ?? null, dims, folded: index === 0 ? folded : null })),
    );
  }
  return { outputs, obstacle: null };
}

/** Along which axis the batch leaves a layer; null when it cannot. */
function axesOf(traced: TracedLayer, operation: Operation | null): readonly (number | null)[] | null {
  const { inputs, outputDims, layer } = traced;
  if (inputs.every((input) => input.batchAxis === null)) {
    return operation?.sized === undefined ? outputDims.map(() => null) : operation.sized(traced);
  }
  if (layer.type === 'Result') return resultTakesBatch(inputs[0]) ? [] : null;
  return operation?.batch?.(traced) ?? null;
}

/** Outputs lie by image along the first axis, except those of DetectionOutput, whose rows say which image they are of. */
export function resultTakesBatch(input: Pick<TracedInput, 'batchAxis' | 'dims'> | undefined): boolean {
  if (input === undefined || input.batchAxis === null) return true;
  if (input.batchAxis === 0 && input.dims[0] === 1) return true;
  return input.batchAxis === 2 && input.dims.length === 4 && input.dims[3] === 7;
}

function foldLayer(traced: TracedLayer, operation: Operation | null, model: IrModel, weights: Weights): Folded | null {
  const { layer, inputs, outputDims } = traced;
  const constant = constantOf(layer, model.file);
  if (constant !== null) {
    if (sizeOf(constant.shape) > largestFolded) return null;
    const { values } = readConstant(weights, constant.blob, constant.type, constant.shape, constant.where);
    return { shape: constant.shape, elements: Array.from(numbersOf(values)) };
  }
  if (operation?.fold === undefined) return null;
  const isShape = layer.type === 'ShapeOf' || layer.type === 'Shape';
  if (!isShape && !inputs.some((input) => input.folded !== null)) return null;
  const folded = operation.fold(traced);
  // What does not have the declared size was folded by a rule that does not fit; it is computed in the graph.
  const [dims] = outputDims;
  if (folded === null || dims === undefined) return null;
  return reshapeFolded(folded, dims.includes(-1) ? folded.shape : dims);
}

import type { Value } from '../../onnx/index.js';
import type { IrLayer } from '../ir/model.js';
import type { LayerAttributes } from './attributes.js';
import type { Folded } from './folding.js';
import type { LayerScope } from './layer-scope.js';

/** What is known of a layer's input when the way of the batch is traced. */
export interface TracedInput {
  /** The axis along which the images of a run lie, or null. */
  readonly batchAxis: number | null;
  /** As declared, for one image; -1 for a dimension that varies. */
  readonly dims: readonly number[];
  readonly folded: Folded | null;
}

/** A layer in front of the batch tracer and the folder. */
export interface TracedLayer {
  readonly layer: IrLayer;
  readonly attributes: LayerAttributes;
  readonly inputs: readonly TracedInput[];
  /** Of each output, as declared. */
  readonly outputDims: readonly (readonly number[])[];
}

/**
 * Tells along which axis the images lie in each output, or null when the layer cannot be run for several images at
 * once. It is asked only when the batch reaches the layer.
 */
export type BatchRule = (traced: TracedLayer) => readonly (number | null)[] | null;

/** Computes outputs that are known before the model runs: shapes, sizes, axes. Null where they are not. */
export type FoldRule = (traced: TracedLayer) => Folded | null;

/** How one type of operation becomes ONNX. */
export interface Operation {
  /** Adds nodes for the layer and returns its outputs in order. */
  readonly translate: (scope: LayerScope) => Value | readonly Value[];
  /** Without it, a model that has such a layer keeps the batch it was exported with. */
  readonly batch?: BatchRule;
  /**
   * The same, for layers whose result is as large as an input says: asked where no input has the batch, since a size may
   * be the number of images.
   */
  readonly sized?: BatchRule;
  readonly fold?: FoldRule;
}

/** Operations by the type written in the model. */
export type OperationTable = Readonly<Record<string, Operation>>;

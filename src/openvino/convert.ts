import { readModelHeader } from '../onnx/index.js';
import type { TensorInfo } from '../onnx/tensor-types.js';
import type { IrModel } from './ir/model.js';
import type { Weights } from './ir/weights.js';
import { metadataOf } from './metadata.js';
import { operationOf } from './operations/index.js';
import { translateModel } from './translate/translate-model.js';

/** A model as ONNX. */
export interface ConvertedModel {
  /** A whole `.onnx` file. */
  readonly bytes: Uint8Array;
  /** Version of ONNX's operator set. */
  readonly opset: number;
  /** Version of the IR that it was made of: 3 to 11. */
  readonly version: number;
  /**
   * Inputs with their types and shapes. A length that varies is a name, such as `N` for the number of images; one that
   * nothing is known of is `''`.
   */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** What the model says of itself, as it stands in the file: `model_info.labels`, `conversion_parameters.framework`... */
  readonly metadata: Readonly<Record<string, string>>;
  /** The layer that keeps a model, exported for one image, from taking several a run; null where nothing does. */
  readonly obstacle: string | null;
}

/**
 * Translates a model that was read: the one way from IR to ONNX.
 *
 * @param outputLayers names of the outputs to keep; all where absent
 * @throws DatumError (`model`) that names every layer that cannot be translated, and says what to do.
 */
export function convertIr(model: IrModel, weights: Weights, outputLayers?: readonly string[]): ConvertedModel {
  const metadata = metadataOf(model);
  const { bytes, obstacle } = translateModel(model, weights, operationOf, { outputLayers, metadata });
  const { inputs, outputs, opsets } = readModelHeader(bytes, model.file);
  return { bytes, opset: opsets[''] ?? 1, version: model.version, inputs, outputs, metadata, obstacle };
}

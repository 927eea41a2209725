/**
 * The translator by itself: OpenVINO models as ONNX, on every platform.
 *
 * ```ts
 * import { convertModel } from 'datum-explain/openvino';
 * const { bytes } = convertModel(await xmlFile.text(), new Uint8Array(await binFile.arrayBuffer()));
 * ```
 */
import { convertIr, type ConvertedModel } from './convert.js';
import { readModel } from './ir/read-model.js';

export { DatumError, type ErrorKind } from '../errors.js';
export type { TensorInfo } from '../onnx/tensor-types.js';
export type { ConvertedModel } from './convert.js';

/** How a model is converted. */
export interface ConvertOptions {
  /** Names of the outputs to keep, of layers within the model too; all outputs of the model where absent. */
  readonly outputLayers?: readonly string[] | undefined;
  /** What errors call the model: the name of its `.xml`; `the model` where absent. */
  readonly name?: string | undefined;
}

/**
 * Converts an OpenVINO model (IR v3 to v7, v10 and v11) to ONNX. Shapes are those that the model declares; one exported
 * for a single image takes any number a run, where its layers allow that. Halves are widened to single precision.
 * Nothing is run or checked by a runtime.
 *
 * Source: https://docs.openvino.ai/2024/documentation/openvino-ir-format.html
 *
 * @param xml the text of the `.xml`
 * @param weights the bytes of the `.bin`; empty for a model without weights
 * @throws DatumError (`model`) where the text is no such model, the weights do not fit it, an output is not there, or
 *   operations cannot be translated: all of them are named, each with its layer.
 */
export function convertModel(xml: string, weights: Uint8Array, options: ConvertOptions = {}): ConvertedModel {
  const { name = 'the model', outputLayers } = options;
  return convertIr(readModel(xml, name), { file: `the weights of ${name}`, bytes: weights }, outputLayers);
}

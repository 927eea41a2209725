import { convertIr, type ConvertedModel } from '../../openvino/convert.js';
import { readModel } from '../../openvino/ir/read-model.js';
import { readBytes, readText, weightsBeside } from './files.js';

/**
 * Reads the files of an OpenVINO model and translates it to ONNX.
 *
 * @param description the `.xml`
 * @param weights the `.bin`
 * @throws DatumError (`model`) where a file cannot be read, is no such model, or cannot be translated.
 */
export async function convertFile(
  description: string,
  weights = weightsBeside(description),
  outputLayers?: readonly string[],
): Promise<ConvertedModel> {
  const model = readModel(await readText(description), description);
  return convertIr(model, { file: weights, bytes: await readBytes(weights) }, outputLayers);
}

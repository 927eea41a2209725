import { methodNamed } from '../explain/methods.js';
import { completeMethod } from '../explain/plugin.js';
import { checkedImage } from '../image/checked-image.js';
import { encodePng } from '../image/png.js';
import type { RgbImage } from '../image/types.js';
import { functionModel as functionCore, type FunctionModelOptions } from '../models/function-model.js';
import { beginToExplain, type ExplainOptions, type ExplanationRun, type ImagePlatform } from './explain.js';
import { measureOn, type MeasureOptions, type Measurement } from './measure.js';
import { LibraryModel, type ModelOf } from './model.js';

/** An open model: what it is, and what it says of images. */
export type Model = ModelOf<RgbImage>;

/** Images of pixels, on any platform. */
const pixels: ImagePlatform<RgbImage> = {
  open: (image) => Promise.resolve().then(() => ({ path: null, pixels: checkedImage(image) })),
  encodePng,
  loadMethod: async (method) =>
    typeof method === 'string' ? methodNamed(method, 'give a value') : completeMethod(method),
};

/**
 * A model out of a function. The function is called in this thread, once to see its outputs, and then as often as masks
 * are scored.
 *
 * @throws DatumError (`model`, `interpreter`) where it fails, or where its outputs cannot be read.
 */
export async function functionModel(options: FunctionModelOptions): Promise<Model> {
  return new LibraryModel(await functionCore(options), pixels.open);
}

/**
 * Explains an image: which pixels made the model answer what it answered. The run begins at once.
 *
 * @param image decoded pixels, as `imageFromPixels` makes them
 * @returns a run to `await`, to loop over (snapshots), or to stop; it rejects with a DatumError for options that make no
 *   sense, or a model that fails.
 */
export function explain(model: Model, image: RgbImage, options: ExplainOptions = {}): ExplanationRun {
  return beginToExplain(pixels, model, image, options);
}

/**
 * Measures a map over an image, whoever made it: deletion, insertion, where the decision flips, and whether it points at
 * the object.
 *
 * @throws DatumError (`usage`) for a map that is none or a target that there is not; `model`, `interpreter`.
 */
export async function measure(model: Model, image: RgbImage, options: MeasureOptions): Promise<Measurement> {
  return measureOn(pixels, model, image, options);
}

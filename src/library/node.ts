import { beginToExplain, type ExplainOptions, type ExplanationRun } from './explain.js';
import { files, type ImageSource } from './images.js';
import { measureOn, type MeasureOptions, type Measurement } from './measure.js';
import type { Model } from './open-model.js';

/**
 * Explains an image: which pixels made the model answer what it answered. The run begins at once.
 *
 * RISE: Petsiuk, Das, Saenko 2018; for boxes D-RISE: Petsiuk et al. 2021. How this tool estimates: docs/method.md.
 *
 * @returns a run to `await`, to loop over (snapshots), or to stop; it rejects with a DatumError for an image that
 *   cannot be read, options that make no sense, or a model that fails.
 */
export function explain(model: Model, image: ImageSource, options: ExplainOptions = {}): ExplanationRun {
  return beginToExplain(files, model, image, options);
}

/**
 * Measures a map over an image, whoever made it: deletion, insertion, where the decision flips, and whether it points at
 * the object.
 *
 * Deletion and insertion: Petsiuk et al. 2018; pointing game: Zhang et al. 2016.
 *
 * @throws DatumError (`usage`) for a map that is none or a target that there is not; `image`, `model`, `interpreter`.
 */
export async function measure(model: Model, image: ImageSource, options: MeasureOptions): Promise<Measurement> {
  return measureOn(files, model, image, options);
}

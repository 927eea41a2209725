import type { RgbImage } from '../image/index.js';
import type { OpenModel } from '../models/open-model.js';
import type { Explanation, Snapshot } from '../results/explanation.js';
import { explain as explainPixels, explainProgressively as explainPixelsProgressively } from './explain.js';
import type { ExplainOptions } from './explain.js';
import { openImage } from './open-image.js';

/**
 * Explains an image with RISE: which pixels made the model answer what it answered.
 *
 * @param image path of an image, or a decoded one.
 * @throws DatumError for an image that cannot be read, options that make no sense, or a model that fails.
 */
export async function explain(
  model: OpenModel,
  image: string | RgbImage,
  options: ExplainOptions = {},
): Promise<Explanation> {
  return explainPixels(model, await openImage(image), options);
}

/**
 * Explains an image and yields its maps while they form; returns the finished explanation. Snapshots are for the eye:
 * the result does not depend on when they are taken.
 */
export async function* explainProgressively(
  model: OpenModel,
  image: string | RgbImage,
  options: ExplainOptions = {},
): AsyncGenerator<Snapshot, Explanation, void> {
  return yield* explainPixelsProgressively(model, await openImage(image), options);
}

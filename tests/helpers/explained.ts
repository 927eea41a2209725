import type { OpenModel } from '../../src/models/open-model.js';
import type { MeasuredExplanation } from '../../src/results/explanation.js';
import type { RgbImage } from '../../src/image/index.js';
import { openImage } from '../../src/runs/open-image.js';
import { explainImage, type ImageRequest } from '../../src/runs/explain.js';
import type { RunEvent } from '../../src/runs/run-plan.js';

/** Explains and measures an image, for tests that want the result alone, or are told what happens meanwhile. */
export async function explained(
  model: OpenModel,
  image: string | RgbImage,
  request: ImageRequest,
  watch: (event: RunEvent) => void = () => undefined,
): Promise<MeasuredExplanation> {
  const run = explainImage(model, await openImage(image), request);
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
    watch(next.value);
  }
}

/** Explaining without the library's face: what tests of the runs look at is inside. */
import type { RiseInput } from '../../src/explain/rise/options.js';
import type { RgbImage } from '../../src/image/index.js';
import type { OpenModel } from '../../src/models/open-model.js';
import type { Explanation, Snapshot } from '../../src/results/explanation.js';
import { openImage } from '../../src/runs/open-image.js';
import { explainImage } from '../../src/runs/explain.js';

/** How an image is explained: the method's options, and how the run behaves. */
export interface ExplainOptions extends RiseInput {
  /** Maps at the image's size even above 4 megapixels. */
  readonly fullSize?: boolean | undefined;
  /** Milliseconds between snapshots of `explainProgressively`; 1000 where absent. */
  readonly snapshotInterval?: number | undefined;
  /** Called as masks are scored. */
  readonly onProgress?: ((done: number, most: number) => void) | undefined;
  /** Ends the run early: the explanation so far is returned, marked `interrupted`. */
  readonly signal?: AbortSignal | undefined;
}

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
  const snapshots = explainProgressively(model, image, { ...options, snapshotInterval: Infinity });
  for (;;) {
    const next = await snapshots.next();
    if (next.done === true) return next.value;
  }
}

/**
 * Explains an image and yields its maps while they form; returns the finished explanation. Snapshots are for the eye:
 * the result does not depend on when they are taken.
 */
export async function* explainProgressively(
  model: OpenModel,
  image: string | RgbImage,
  { fullSize, snapshotInterval = 1000, onProgress, signal, ...given }: ExplainOptions = {},
): AsyncGenerator<Snapshot, Explanation, void> {
  const run = explainImage(model, await openImage(image), { given, fullSize, snapshotInterval, signal });
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value.explanation;
    if (next.value.kind === 'snapshot') yield next.value.snapshot;
    else onProgress?.(next.value.done, next.value.most);
  }
}

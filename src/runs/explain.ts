import type { Method } from '../explain/method.js';
import type { RiseInput } from '../explain/rise/options.js';
import type { TargetKind } from '../explain/targets/kind.js';
import type { RgbImage } from '../image/index.js';
import type { OpenModel } from '../models/open-model.js';
import type { Explanation, MeasuredExplanation, Snapshot } from '../results/explanation.js';
import { ask, type OpenedImage } from './answer.js';
import { withDiagnosis } from './diagnose.js';
import { planExplanation } from './plan.js';
import { runPlan, type RunEvent, type RunOptions } from './run-plan.js';

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
 * @param image decoded; files are opened by `runs/open-image.ts`.
 * @throws DatumError for options that make no sense, or a model that fails.
 */
export async function explain(
  model: OpenModel,
  image: RgbImage | OpenedImage,
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
  image: RgbImage | OpenedImage,
  { fullSize, snapshotInterval = 1000, onProgress, signal, ...given }: ExplainOptions = {},
): AsyncGenerator<Snapshot, Explanation, void> {
  const opened = 'pixels' in image ? image : { path: null, pixels: image };
  const run = explainImage(model, opened, { given, fullSize, snapshotInterval, signal });
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value.explanation;
    if (next.value.kind === 'snapshot') yield next.value.snapshot;
    else onProgress?.(next.value.done, next.value.most);
  }
}

/** An image to explain, and how. */
export interface ImageRequest extends RunOptions {
  /** The method's options that were given; others have their defaults. */
  readonly given: Readonly<Record<string, unknown>>;
  /** RISE where absent. */
  readonly method?: Method | undefined;
  /** Labels and boxes where absent. */
  readonly kinds?: readonly TargetKind[] | undefined;
  /** Whether to look for signs that the model is fed or read wrongly; they become notes. */
  readonly diagnose?: boolean | undefined;
}

/**
 * Explains and measures an opened image: asks the model, plans, runs. What images, datasets and the live page have in
 * common is `runPlan`.
 *
 * @throws DatumError for options that make no sense, or a model that fails.
 */
export async function* explainImage(
  model: OpenModel,
  image: OpenedImage,
  { given, method, kinds, diagnose = false, ...run }: ImageRequest,
): AsyncGenerator<RunEvent, MeasuredExplanation, void> {
  const answer = await ask(model, image, { given, method, kinds, signal: run.signal });
  const plan = planExplanation(answer, model.info, { contrasts: (run.metrics ?? 'none') !== 'none' });
  const measured = yield* runPlan(model, answer, plan, run);
  return diagnose ? withDiagnosis(model, measured) : measured;
}

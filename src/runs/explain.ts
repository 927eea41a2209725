import type { Method } from '../explain/method.js';
import type { TargetKind } from '../explain/targets/kind.js';
import type { OpenModel } from '../models/open-model.js';
import type { MeasuredExplanation } from '../results/explanation.js';
import { ask, type OpenedImage } from './answer.js';
import { withDiagnosis } from './diagnose.js';
import { planExplanation } from './plan.js';
import { runPlan, type RunEvent, type RunOptions } from './run-plan.js';

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
  return diagnose ? withDiagnosis(model, measured, run.signal) : measured;
}

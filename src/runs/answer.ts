import type { Detection, Prediction } from '../annotations/index.js';
import { DatumError, option } from '../errors.js';
import { resolveOptions, type Method, type MethodOptions } from '../explain/method.js';
import { riseMethod } from '../explain/rise/method.js';
import type { AnsweredImage, TargetKind } from '../explain/targets/kind.js';
import { TARGET_KINDS } from '../explain/targets/kinds.js';
import { Scorer } from '../explain/scorer.js';
import { PredictionView } from '../explain/targets/prediction-view.js';
import type { ScoringOptions } from '../explain/targets/target.js';
import type { Placement, RgbImage } from '../image/index.js';
import type { OpenModel } from '../models/open-model.js';
import type { Scene } from '../models/scene.js';
import { refuseUselessOptions } from './useless-options.js';

/** An image, decoded once for all that is done with it. */
export interface OpenedImage {
  /** Absolute; null where it did not come from a file. */
  readonly path: string | null;
  readonly pixels: RgbImage;
}

/** Where a blurred image keeps more of the scores, blurring hides too little of what they depend on. */
const MOST_LEFT = 0.5;

/** What is asked of a model. */
export interface Question {
  /** The method's options that were given; others have their defaults. */
  readonly given: Readonly<Record<string, unknown>>;
  /** All options, resolved, where they are not to be resolved anew: a run goes on as it was begun. */
  readonly resolved?: MethodOptions | undefined;
  /** How to explain; RISE where absent. */
  readonly method?: Method | undefined;
  /** What is explained of an answer: labels and boxes where absent. */
  readonly kinds?: readonly TargetKind[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the model says of the whole image, before any mask. */
export interface Answer extends AnsweredImage {
  readonly image: OpenedImage;
  readonly scene: Scene;
  /** The model's answer to the fill alone. */
  readonly filled: Prediction;
  /** The share of the scores that blurring leaves, where that is so much that hidden pixels are zeros instead; else null. */
  readonly blurLeaves: number | null;
  /** Time of one run. */
  readonly milliseconds: number;
  /** What a script gave otherwise than it should, and how it was taken. */
  readonly forgiven: readonly string[];
  /** When the question was asked, as of `performance.now()`. */
  readonly started: number;
  readonly method: Method;
  readonly kinds: readonly TargetKind[];
  readonly options: MethodOptions;
  readonly scoring: ScoringOptions;
}

/**
 * What becomes of a failure where a signal has aborted: a runtime that ends early may do so by throwing anything.
 *
 * @throws DatumError (`interrupted`) with a sentence where it has; else what was thrown.
 */
export function whereInterrupted(signal: AbortSignal | undefined, sentence: string): (thrown: unknown) => never {
  return (cause) => {
    if (signal?.aborted !== true) throw cause;
    throw new DatumError('interrupted', sentence, { cause });
  };
}

/**
 * Asks a model about a whole image.
 *
 * @throws DatumError for options that make no sense, a model that fails, or a signal that aborts before it has answered.
 */
export async function ask(model: OpenModel, image: OpenedImage, question: Question): Promise<Answer> {
  const started = performance.now();
  const { given, method = riseMethod, kinds = TARGET_KINDS, signal } = question;
  const options =
    question.resolved ?? resolveOptions(method, { ...model.info.facts.thresholds, ...given }, model.info.task);
  const fill = options.fill === 'auto' ? 'blur' : options.fill;
  const scene = await model.scene(image.pixels, fill);
  const [{ prediction, milliseconds, forgiven }, { prediction: filled }] = await Promise.all([
    model.predict(scene, signal),
    model.predictFill(scene, signal),
  ]).catch(whereInterrupted(signal, 'interrupted before the first mask was scored.'));
  checkFinite(prediction, model);
  checkFinite(filled, model, true);
  refuseUselessOptions(given, prediction, model.info);
  const { placement } = scene;
  const nms = options.nmsIouThresh ?? model.info.nms;
  const answer: Answer = {
    image,
    scene,
    placement,
    prediction,
    filled,
    milliseconds,
    forgiven,
    started,
    method,
    kinds,
    options: { ...options, fill },
    blurLeaves: null,
    labels: model.info.labels,
    scoring: { match: options.match, iouThreshold: options.iouThresh, nms },
    detections: new PredictionView(prediction)
      .detections(options.detConfThresh, nms)
      .filter((detection) => isInside(detection, placement)),
  };
  const left = options.fill === 'auto' ? shareLeft(answer) : 0;
  if (left <= MOST_LEFT) return answer;
  const zeros = await model.scene(image.pixels, 'zero');
  const zeroed = await model
    .predictFill(zeros, signal)
    .catch(whereInterrupted(signal, 'interrupted before the first mask was scored.'));
  return {
    ...answer,
    scene: zeros,
    filled: zeroed.prediction,
    options: { ...options, fill: 'zero' },
    blurLeaves: left,
  };
}

/** The share of the targets' scores that the blurred image still has; 0 where there is nothing to explain. */
function shareLeft({ prediction, filled, ...answer }: Answer): number {
  const { kinds, options, scoring } = answer;
  const targets = kinds.flatMap((kind) => kind.select({ prediction, ...answer }, options).targets);
  const scorer = new Scorer(
    targets.map(({ target }) => target),
    scoring,
    kinds,
  );
  const [whole, left] = [prediction, filled].map((one) =>
    scorer.scoresOf(one).reduce((sum, score) => sum + Math.max(0, score), 0),
  );
  return whole !== undefined && left !== undefined && whole > 0 ? left / whole : 0;
}

function isInside({ x, y, width: w, height: h }: Detection, { area }: Placement): boolean {
  return x < area.x + area.width && y < area.y + area.height && x + w > area.x && y + h > area.y;
}

/**
 * @throws DatumError (`model`) for an answer with NaN or infinity in it.
 */
export function checkFinite({ scores, proposals }: Prediction, model: OpenModel, hidden = false): void {
  const values = [
    scores,
    proposals?.boxes,
    proposals?.objectness,
    proposals?.classes.kind === 'single' ? proposals.classes.scores : proposals?.classes.data,
  ];
  for (const array of values) {
    const bad = array?.find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      throw new DatumError(
        'model',
        hidden
          ? `${model.info.name} answers ${bad} for an image that is hidden as a whole, as a preprocessing that divides by the image's own deviation does: hide with something else (${option('fill', 'blur')}).`
          : `${model.info.name} answers ${bad} for the whole image, its outputs being infinite or no numbers: check its preprocessing (${option('mean')}, ${option('std')}, ${option('scale')}), and that its numbers do not overflow.`,
      );
    }
  }
}

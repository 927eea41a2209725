import { detectionsOf, type Prediction } from '../../../annotations/index.js';
import type { Preprocessing } from '../../contract/types.js';
import { alternativesTo, type PreprocessingChange } from './alternatives.js';
import { shareInside, type AnswerContext, type Symptom } from './symptoms.js';

/** What a trial shows the model: the image, its mirror image, or a plain gray of its size. */
export type TrialSubject = 'image' | 'mirrored' | 'plain';

/** Runs the model once under another preprocessing; the prediction may be reused by the next run. */
export type TrialRun = (preprocessing: Preprocessing, subject: TrialSubject) => Promise<Prediction>;

/** What looks wrong with a model's answers; `describeDiagnosis` says it in a sentence. */
export interface Diagnosis {
  readonly symptom: Symptom;
  /** Name of the interpreter that the answers are read by. */
  readonly interpreter: string;
  /** Boxes with lower scores are not explained. */
  readonly confidence: number;
  /** What to compare with; null where no alternative is clearly better. */
  readonly advice: Advice | null;
}

/** Another preprocessing, under which the model is surer of the image. */
export interface Advice {
  /** The options that make it, such as `{ color: 'bgr', scale: 1 }`. */
  readonly options: PreprocessingChange;
  /** How sure the model is of the image and of nothing else, about 0..1: under these options, and as it is fed now. */
  readonly sure: number;
  readonly now: number;
}

/**
 * How much surer the model must be under an alternative: a wrong guess costs the user more than none. Classifiers that are
 * fed rightly were up to 12 times as sure of a photo turned on its side under a wrong preprocessing, mostly below 8;
 * those fed in 0..1 instead of 0..255, or the other way round, were 14 times as sure and more under the right one.
 */
const MARGIN = 0.3;
const FACTOR = 8;
/** How much better an alternative must be than a simpler one. */
const CLEARLY = 1.15;

/**
 * Finds a possible cause of a symptom by trying the usual color orders and normalisations on the same image. One is
 * better when the model is surer of the image and of its mirror image, and not as sure of a plain gray: wrong scales
 * often make a model sure of one class whatever it is shown.
 *
 * @param interpreter name of the one that reads the answers.
 * @returns null where the symptom alone proves nothing, and no alternative is clearly better.
 */
export async function diagnose(
  symptom: Symptom,
  current: Preprocessing,
  context: AnswerContext,
  run: TrialRun,
  interpreter: string,
): Promise<Diagnosis | null> {
  const now = await quality(current, context, run);
  let best: { readonly change: PreprocessingChange; readonly value: number } = { change: {}, value: 0 };
  for (const { preprocessing, change } of alternativesTo(current)) {
    const value = await quality(preprocessing, context, run);
    // The first ones are the simplest: a later one must be clearly better.
    if (value > best.value * CLEARLY) best = { change, value };
  }
  const better = best.value > now + MARGIN && best.value > now * FACTOR;
  if (!better && !TELLING.includes(symptom)) return null;
  return {
    symptom,
    interpreter,
    confidence: context.confidence,
    advice: better ? { options: best.change, sure: best.value, now } : null,
  };
}

/** Symptoms that are worth telling though no alternative is better. */
const TELLING: readonly Symptom[] = [
  'all-zero',
  'all-alike',
  'constant-scores',
  'no-boxes',
  'boxes-outside',
  'scores-above-one',
];

/** How sure the model is of the image and of nothing else, about 0..1. */
async function quality(preprocessing: Preprocessing, context: AnswerContext, run: TrialRun): Promise<number> {
  const shown = evidenceIn(await run(preprocessing, 'image'), context);
  if (shown.size === 0) return 0;
  const mirrored = evidenceIn(await run(preprocessing, 'mirrored'), context);
  const plain = evidenceIn(await run(preprocessing, 'plain'), context);
  let best = 0;
  for (const [label, score] of shown) {
    best = Math.max(best, Math.min(score, mirrored.get(label) ?? 0) - (plain.get(label) ?? 0));
  }
  return best;
}

/** Classes worth telling apart in one answer. */
const TOP = 5;
/** Detections below are noise. */
const FLOOR = 0.05;

/** The scores of the best classes, or of the best objects of each class within the image. */
function evidenceIn({ scores, proposals }: Prediction, { area, nms }: AnswerContext): Map<number, number> {
  const found: [number, number][] =
    scores !== null
      ? Array.from(scores, (score, label): [number, number] => [label, score])
      : proposals === null
        ? []
        : detectionsOf(proposals, FLOOR, nms).map((box) => [box.label, box.score * shareInside(box, area)]);
  const evidence = new Map<number, number>();
  for (const [label, score] of found) {
    // Neither NaN nor what is no probability is evidence.
    if (score > 0 && score <= 1.01) evidence.set(label, Math.max(score, evidence.get(label) ?? 0));
  }
  if (scores === null) return evidence;
  return new Map([...evidence].sort((a, b) => b[1] - a[1]).slice(0, TOP));
}

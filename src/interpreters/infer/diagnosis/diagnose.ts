import { detectionsOf, type Prediction } from '../../../annotations/index.js';
import type { Preprocessing } from '../../contract/types.js';
import { alternativesTo } from './alternatives.js';
import { shareInside, type AnswerContext, type Symptom } from './symptoms.js';

/** What a trial shows the model: the picture, its mirror image, or a plain grey of its size. */
export type TrialSubject = 'picture' | 'mirrored' | 'plain';

/** Runs the model once under another preprocessing; the prediction may be reused by the next run. */
export type TrialRun = (preprocessing: Preprocessing, subject: TrialSubject) => Promise<Prediction>;

export interface Diagnosis {
  readonly symptom: Symptom;
  /** What looks wrong, a possible cause and what to look at, in one sentence. */
  readonly message: string;
  /** The flags to compare with, such as `--color bgr --scale 1`; null where no alternative is clearly better. */
  readonly flags: string | null;
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
 * Finds a possible cause of a symptom by trying the usual colour orders and normalisations on the same picture. One is
 * better when the model is surer of the picture and of its mirror image, and not as sure of a plain grey: wrong scales
 * often make a model sure of one class whatever it is shown.
 *
 * @param read the interpreter's name, for the message.
 * @returns null where the symptom alone proves nothing, and no alternative is clearly better.
 */
export async function diagnose(
  symptom: Symptom,
  current: Preprocessing,
  context: AnswerContext,
  run: TrialRun,
  read: string,
): Promise<Diagnosis | null> {
  const now = await quality(current, context, run);
  let best = { flags: '', value: 0 };
  for (const { preprocessing, flags } of alternativesTo(current)) {
    const value = await quality(preprocessing, context, run);
    // The first ones are the simplest: a later one must be clearly better.
    if (value > best.value * CLEARLY) best = { flags, value };
  }
  const better = best.value > now + MARGIN && best.value > now * FACTOR;
  const seen = SYMPTOMS[symptom](read, context);
  if (better) {
    const gain = `${text(best.value)} sure of this picture instead of ${text(now)}`;
    const message = `${seen}: the model may be fed wrongly, so compare with ${best.flags}, under which it is ${gain}.`;
    return { symptom, message, flags: best.flags };
  }
  const otherwise = OTHERWISE[symptom];
  if (otherwise === null) return null;
  return {
    symptom,
    message: `${seen}, and no other usual colour order, scale or mean makes the model much surer of this picture: ${otherwise}.`,
    flags: null,
  };
}

const SYMPTOMS: Readonly<Record<Symptom, (read: string, context: AnswerContext) => string>> = {
  'constant-scores': () => 'the scores hardly change, whatever is masked',
  'as-without-picture': () => 'the scores are much the same with the picture and without it',
  'no-boxes': (_, { confidence }) => `the model finds no object with a score of at least ${confidence}`,
  'boxes-outside': (read) => `most boxes, read as ${read}, lie outside the picture`,
  'scores-above-one': (read) => `the scores, read as ${read}, are no probabilities: some lie outside 0..1`,
};

const OTHERWISE: Readonly<Record<Symptom, string | null>> = {
  'constant-scores':
    'it may be fed wrongly in another way (compare other values of --layout and --input-size), or the picture may show nothing that it knows',
  'as-without-picture': null,
  'no-boxes':
    'a lower --conf, or another -i, --resize or --input-size may find some, or the picture may show nothing that it knows',
  'boxes-outside': 'the outputs may have another layout, so compare other ones with -i, or read them with a script',
  'scores-above-one': 'the outputs may have another layout, so compare other ones with -i, or read them with a script',
};

function text(value: number): string {
  return `${Math.round(100 * Math.max(0, Math.min(1, value)))} %`;
}

/** How sure the model is of the picture and of nothing else, about 0..1. */
async function quality(preprocessing: Preprocessing, context: AnswerContext, run: TrialRun): Promise<number> {
  const shown = evidenceIn(await run(preprocessing, 'picture'), context);
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

/** The scores of the best classes, or of the best objects of each class within the picture. */
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

import { detectionsOf, type Prediction } from '../../annotations/index.js';
import type { Preprocessing } from '../types.js';
import { alternativesTo } from './alternatives.js';
import { shareInside, type AnswerContext, type Symptom } from './symptoms.js';

/** What a trial shows the model: the picture, its mirror image, or a plain grey of its size. */
export type TrialSubject = 'picture' | 'mirrored' | 'plain';

/** Runs the model once under another preprocessing; the prediction may be reused by the next run. */
export type TrialRun = (preprocessing: Preprocessing, subject: TrialSubject) => Promise<Prediction>;

export interface Diagnosis {
  readonly symptom: Symptom;
  /** What looks wrong, the likely cause and what to do, in one or two sentences. */
  readonly message: string;
  /** The flags to set, such as `--color bgr --scale 1`; null where no alternative is clearly better. */
  readonly flags: string | null;
}

/** How much surer the model must be under an alternative: a guess would cost the user more than none. */
const MARGIN = 0.15;
const FACTOR = 1.5;
/** How much better an alternative must be than a simpler one. */
const CLEARLY = 1.15;

/**
 * Finds the likely cause of a symptom by trying the usual colour orders and normalisations on the same picture. One is
 * better when the model is surer of the picture and of its mirror image, and not as sure of a plain grey: wrong scales
 * often make a model sure of one class whatever it is shown.
 *
 * @param read the interpreter's name, for the message.
 */
export async function diagnose(
  symptom: Symptom,
  current: Preprocessing,
  context: AnswerContext,
  run: TrialRun,
  read: string,
): Promise<Diagnosis> {
  const now = await quality(current, context, run);
  let best = { flags: '', value: 0 };
  for (const { preprocessing, flags } of alternativesTo(current)) {
    const value = await quality(preprocessing, context, run);
    // The first ones are the simplest: a later one must be clearly better.
    if (value > best.value * CLEARLY) best = { flags, value };
  }
  const better = best.value > now + MARGIN && best.value > now * FACTOR;
  const advice = better
    ? `with ${best.flags} it is ${text(best.value)} sure of this picture instead of ${text(now)}: set these flags`
    : `no other colour order, scale or mean makes it surer of this picture (${text(now)} now): ${OTHERWISE[symptom]}`;
  return { symptom, message: `${SYMPTOMS[symptom](read, context)}; ${advice}.`, flags: better ? best.flags : null };
}

const SYMPTOMS: Readonly<Record<Symptom, (read: string, context: AnswerContext) => string>> = {
  'constant-scores': () => 'the scores hardly change, whatever is masked',
  'no-boxes': (_, { confidence }) => `the model finds no object with a score of at least ${confidence}`,
  'boxes-outside': (read) => `most boxes, read as ${read}, lie outside the picture`,
  'scores-above-one': (read) => `the scores, read as ${read}, are no probabilities: some lie outside 0..1`,
};

const OTHERWISE: Readonly<Record<Symptom, string>> = {
  'constant-scores': 'check --layout and --input-size, or the picture may show nothing that the model knows',
  'no-boxes': 'lower --conf, check -i, --resize and --input-size, or the picture may show nothing that the model knows',
  'boxes-outside': 'the outputs probably have another layout, so choose it with -i, or read them with a script',
  'scores-above-one': 'the outputs probably have another layout, so choose it with -i, or read them with a script',
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

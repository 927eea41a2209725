import type { Preprocessing } from '../../contract/types.js';
import { alternativesTo, type PreprocessingChange } from './alternatives.js';
import { ALIKE, rulesFor, type Tried } from './rules.js';
import type { AnswerContext, Symptom } from './symptoms.js';
import { classifierResponse, detectorResponse, type Response, type TrialRun } from './trials.js';

export type { TrialRun, TrialSubject } from './trials.js';

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

/** Another preprocessing, under which the model's answers make more sense. */
export interface Advice {
  /** The options that make it, such as `{ color: 'bgr', scale: 1 }`. */
  readonly options: PreprocessingChange;
  /** How sure the model is of the image, 0..1: under these options, and as it is fed now. */
  readonly sure: number;
  readonly now: number;
  /** How sure it is of what shows nothing under these options, 0..1. */
  readonly idle: number;
}

/** What is known of a model whose answers are looked into. */
export interface Examined {
  /** How it is fed. */
  readonly preprocessing: Preprocessing;
  /** Parts of that which the user gave. */
  readonly given?: readonly (keyof Preprocessing)[];
  /** How it would be fed if the user said nothing. */
  readonly inferred?: Preprocessing | undefined;
  /** Name of the interpreter that reads it. */
  readonly interpreter: string;
  readonly task: 'classification' | 'detection';
}

/**
 * Looks for a better preprocessing by trying the usual color orders and normalisations on the same image, its mirror
 * image, and what shows nothing. Five runs where the model is sure of the image and of nothing else; some fifty where it
 * is not.
 *
 * The rules and their limits were set by what 14 models answered to up to 48 photos under ten preprocessings each
 * (docs/interpreters.md): `npm run bench -- advice`.
 *
 * @param symptom what looks wrong already; null where nothing does.
 * @returns null where nothing looks wrong, or where the symptom alone proves nothing and no alternative is clearly better.
 */
export async function diagnose(
  symptom: Symptom | null,
  model: Examined,
  context: AnswerContext,
  run: TrialRun,
): Promise<Diagnosis | null> {
  const detects = model.task === 'detection';
  const respond = (preprocessing: Preprocessing): Promise<Response> =>
    detects ? detectorResponse(preprocessing, run, context) : classifierResponse(preprocessing, run);
  const now = await respond(model.preprocessing);
  const rules = rulesFor(now, detects);
  const found = (seen: Symptom, advice: Advice | null): Diagnosis => ({
    symptom: seen,
    interpreter: model.interpreter,
    confidence: context.confidence,
    advice,
  });
  if (rules.isOdd(now)) {
    const tried: Tried[] = [];
    for (const alternative of alternativesTo(model.preprocessing, model.given, model.inferred)) {
      tried.push({ ...alternative, response: await respond(alternative.preprocessing) });
    }
    const better = rules.choose(now, tried);
    if (better !== null) {
      const { sure, idle } = better.response;
      return found(symptom ?? rules.symptom, { options: better.change, sure, now: now.sure, idle });
    }
  }
  const tells = symptom !== null && TELLING.includes(symptom);
  return tells && (symptom !== 'constant-scores' || now.alike >= ALIKE) ? found(symptom, null) : null;
}

/** Symptoms that are worth telling though no alternative is better. */
const TELLING: readonly Symptom[] = [
  'all-zero',
  'all-alike',
  'constant-scores',
  'no-boxes',
  'boxes-everywhere',
  'boxes-outside',
  'scores-above-one',
];

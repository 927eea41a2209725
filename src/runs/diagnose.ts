import type { Note } from '../explain/note.js';
import { mirrorImage, noiseImage, plainImage, shuffledImage, type RgbImage } from '../image/index.js';
import { describeDiagnosis } from '../interpreters/infer/diagnosis/describe-diagnosis.js';
import { diagnose, type Diagnosis, type TrialSubject } from '../interpreters/infer/diagnosis/diagnose.js';
import { symptomOf, type Symptom } from '../interpreters/infer/diagnosis/symptoms.js';
import type { OpenModel } from '../models/open-model.js';
import type { ExplainedTarget, MeasuredExplanation } from '../results/explanation.js';

/** Fewer masked runs do not tell whether scores change. */
const ENOUGH = 64;
/** Scores that move less than this share of themselves say nothing about the image. */
const CONSTANT_SHARE = 0.1;
/** What a plain trial shows. */
const GRAY: readonly [number, number, number] = [128, 128, 128];

/**
 * Looks for signs that a model is read or fed wrongly (scores that hardly change, no boxes, boxes outside the image,
 * scores above 1, the same answer to anything) and tries other color orders and normalizations on the same image. Five
 * runs of the model, and some fifty where its answer is no clear one.
 *
 * @returns null where nothing looks wrong, where the run is too short to tell, or where the user's own script prepares
 * the image.
 */
export async function diagnoseExplanation(
  model: OpenModel,
  { explanation, image, prediction }: Pick<MeasuredExplanation, 'explanation' | 'image' | 'prediction'>,
  signal?: AbortSignal,
): Promise<Diagnosis | null> {
  if (model.hasOwnPreprocessing) return null;
  const { targets, run, method, placement } = explanation;
  const { options } = method;
  const context = {
    area: placement.area,
    confidence: options.detConfThresh,
    nms: options.nmsIouThresh ?? model.info.nms,
  };
  const symptom = symptomOf(prediction, context) ?? constantScores(targets, run.samples);
  // A place that the user names is explained whatever is found there.
  if (symptom === 'no-boxes' && targets.length > 0) return null;
  const { preprocessing, facts, interpreter, input } = model.info;
  // Each is made when it is first tried: of a large image they take long, and nothing can interrupt that.
  const subjects = onceEach<TrialSubject, RgbImage>({
    image: () => image,
    mirrored: () => mirrorImage(image),
    plain: () => plainImage(input.width, input.height, GRAY),
    shuffled: () => shuffledImage(image),
    // Scaled down by half, it is less than the strongest noise there is: as strong as photos are.
    noise: () => noiseImage(2 * input.width, 2 * input.height),
  });
  return diagnose(
    symptom,
    {
      preprocessing,
      given: facts.preprocessing.given,
      inferred: model.info.inferredPreprocessing,
      interpreter,
      task: prediction.scores === null ? 'detection' : 'classification',
    },
    context,
    async (tried, subject) => {
      signal?.throwIfAborted();
      return (await model.tryPreprocessing(subjects(subject), tried)).prediction;
    },
  );
}

/** Makes each thing once, when it is first asked for. */
function onceEach<Name extends string, Thing>(makers: Readonly<Record<Name, () => Thing>>): (name: Name) => Thing {
  const made = new Map<Name, Thing>();
  return (name) => {
    const thing = made.get(name) ?? makers[name]();
    made.set(name, thing);
    return thing;
  };
}

/** What a target says of whether its scores change. */
export type ScoredTarget = Pick<ExplainedTarget, 'kind' | 'verdictByMasks' | 'belief'>;

/**
 * Whether the scores of all classes stay the same with all of the image, with parts of it, and with none. A map can be
 * right all the same, where what little change there is follows the masks: then nobody may say that nothing changes.
 */
export function constantScores(targets: readonly ScoredTarget[], samples: number): Symptom | null {
  if (samples < ENOUGH || targets.length === 0) return null;
  if (!targets.every(({ kind, belief }) => kind === 'label' && isConstant(belief))) return null;
  if (targets.every(({ verdictByMasks }) => verdictByMasks === 'noise')) return 'constant-scores';
  return targets.some(({ verdictByMasks }) => verdictByMasks === 'lost') ? null : 'as-without-image';
}

function isConstant({ baseline, low, high, filled }: ScoredTarget['belief']): boolean {
  const most = Math.max(baseline, high, filled);
  return most > 0 && most - Math.min(baseline, low, filled) <= CONSTANT_SHARE * most;
}

/** Adds what looks wrong with the model's answers, and the options that may mend it, to the notes of an explanation. */
export async function withDiagnosis(
  model: OpenModel,
  measured: MeasuredExplanation,
  signal?: AbortSignal,
): Promise<MeasuredExplanation> {
  const { explanation } = measured;
  if (explanation.run.stopped === 'interrupted') return measured;
  const diagnosis = await diagnoseExplanation(model, measured, signal).catch((error: unknown) => {
    // What is explained already is kept, as where masks were interrupted.
    if (signal?.aborted === true) return null;
    throw error;
  });
  if (diagnosis === null) return measured;
  const note: Note = { kind: 'advice', sentence: describeDiagnosis(diagnosis) };
  return { ...measured, explanation: { ...explanation, notes: [...explanation.notes, note] } };
}

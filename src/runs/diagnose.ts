import { mirrorImage, plainImage, type RgbImage } from '../image/index.js';
import { diagnose, type Diagnosis, type TrialSubject } from '../interpreters/diagnosis/diagnose.js';
import { symptomOf, type Symptom } from '../interpreters/diagnosis/symptoms.js';
import type { Model } from '../models/model.js';
import type { Answer } from './explain.js';
import type { Explanation } from './explanation.js';

/** Scores that move less than this over masked runs, or than this share of themselves, say nothing about the picture. */
const CONSTANT = 0.01;
const CONSTANT_SHARE = 0.05;
/** What a plain trial shows. */
const GREY: readonly [number, number, number] = [128, 128, 128];

/**
 * Looks for signs that a model is read or fed wrongly (scores that hardly change, no boxes, boxes outside the picture,
 * scores above 1) and, where there is one, tries other colour orders and normalisations on the same picture. Some
 * thirty runs of the model; none where nothing looks wrong.
 *
 * @returns null where nothing looks wrong, or where the user's own script prepares the picture.
 */
export async function diagnoseExplanation(
  model: Model,
  { targets, method: { options } }: Pick<Explanation, 'targets' | 'method'>,
  { picture, scene, prediction }: Pick<Answer, 'picture' | 'scene' | 'prediction'>,
): Promise<Diagnosis | null> {
  if (model.hasOwnPreprocessing) return null;
  const context = {
    area: scene.placement.area,
    confidence: options.detConfThresh,
    nms: options.nmsIouThresh ?? model.info.nms,
  };
  const symptom = symptomOf(prediction, context) ?? constantScores(targets);
  if (symptom === null || (symptom === 'no-boxes' && targets.length > 0)) return null;
  const subjects: Readonly<Record<TrialSubject, RgbImage>> = {
    picture,
    mirrored: await mirrorImage(picture),
    plain: plainImage(picture.width, picture.height, GREY),
  };
  return diagnose(
    symptom,
    model.info.preprocessing,
    context,
    async (preprocessing, subject) => (await model.tryPreprocessing(subjects[subject], preprocessing)).prediction,
    model.info.interpreter,
  );
}

function constantScores(targets: Explanation['targets']): Symptom | null {
  const classes = targets.filter(({ kind }) => kind === 'label');
  if (classes.length === 0 || classes.length < targets.length) return null;
  return classes.every(({ belief: { low, high } }) => high - low < Math.max(CONSTANT, CONSTANT_SHARE * high))
    ? 'constant-scores'
    : null;
}

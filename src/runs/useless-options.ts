import type { Prediction } from '../annotations/index.js';
import { DatumError, option } from '../errors.js';
import type { ModelInfo } from '../models/open-model.js';

/**
 * Refuses options that were given and would change nothing for this model or beside the others: silence would let the
 * user believe that they did.
 *
 * @param given as the caller wrote them, without defaults
 * @throws DatumError (`usage`) naming the option and why it is of no use.
 */
export function refuseUselessOptions(
  given: Readonly<Record<string, unknown>>,
  { scores, proposals }: Prediction,
  { input, facts }: Pick<ModelInfo, 'input' | 'facts'>,
): void {
  const refuse = (name: string, why: string): never => {
    throw new DatumError('usage', `${option(name)} ${why}`);
  };
  const has = (name: string): boolean => given[name] !== undefined;

  if (proposals === null) {
    const name = DETECTOR_ONLY.find(has);
    if (name === 'boxes') {
      refuse(
        name,
        `is for detectors: this model is a classifier, choose with ${option('topK')} or ${option('classes')}.`,
      );
    }
    if (name !== undefined) refuse(name, 'is for detectors: this model is a classifier, leave it out.');
  } else if (scores === null && has('topK')) {
    refuse(
      'topK',
      `is for classifiers: this model is a detector, choose with ${option('classes')} or ${option('detConfThresh')}.`,
    );
  }
  if (has('topK') && has('classes')) refuse('topK', `and ${option('classes')} both choose classes: give one of them.`);
  if (has('iouThresh') && given['match'] !== 'iou') {
    refuse('iouThresh', `is for ${option('match', 'iou')}: give that too, or leave it out.`);
  }
  if (has('boxes') && !has('classes') && has('maxBoxes')) {
    refuse('maxBoxes', `has no effect with ${option('boxes')}, which explains that box alone: leave it out.`);
  }
  const { batch } = input;
  const { batchSize } = given;
  // Where a model takes one image a run though it declares any number, that is said among its facts.
  if (facts.batch === null && batch !== null && typeof batchSize === 'number' && batchSize !== batch) {
    refuse(
      'batchSize',
      `cannot be ${batchSize}: this model takes ${batch === 1 ? 'one image' : `${batch} images`} a run, leave it out.`,
    );
  }
}

const DETECTOR_ONLY: readonly string[] = ['boxes', 'match', 'iouThresh', 'nmsIouThresh', 'detConfThresh', 'maxBoxes'];

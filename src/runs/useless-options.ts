import type { Prediction } from '../annotations/index.js';
import { DatumError } from '../errors.js';
import type { RiseInput } from '../explain/rise/options.js';
import type { ModelInfo } from '../models/model.js';

/**
 * Refuses options that were given and would change nothing for this model or beside the others: silence would let the
 * user believe that they did.
 *
 * @param given as the caller wrote them, without defaults
 * @throws DatumError (`usage`) naming the option and why it is of no use.
 */
export function refuseUselessOptions(
  given: RiseInput,
  { scores, proposals }: Prediction,
  { input }: Pick<ModelInfo, 'input'>,
): void {
  const refuse = (flag: string, why: string): never => {
    throw new DatumError('usage', `${flag} ${why}`);
  };
  const has = (name: keyof RiseInput): boolean => given[name] !== undefined;

  if (proposals === null) {
    const [name, flag] = DETECTOR_ONLY.find(([option]) => has(option)) ?? [];
    if (name === 'box')
      refuse('--box', 'is for detectors: this model is a classifier, choose with --top-k or --classes.');
    if (flag !== undefined) refuse(flag, 'is for detectors: this model is a classifier, leave it out.');
  } else if (scores === null && has('topK')) {
    refuse('--top-k', 'is for classifiers: this model is a detector, choose with --classes or --conf.');
  }
  if (has('topK') && has('classes')) refuse('--top-k', 'and --classes both choose classes: give one of them.');
  if (has('iouThresh') && given.match !== 'iou') refuse('--iou', 'is for --match iou: give that too, or leave it out.');
  if (has('box') && !has('classes') && has('maxBoxes')) {
    refuse('--max-boxes', 'has no effect with --box, which explains that box alone: leave it out.');
  }
  const { batch } = input;
  if (batch !== null && given.batchSize !== undefined && given.batchSize !== batch) {
    refuse(
      '--batch-size',
      `cannot be ${given.batchSize}: this model takes ${batch === 1 ? 'one image' : `${batch} images`} a run, leave it out.`,
    );
  }
}

const DETECTOR_ONLY: readonly (readonly [keyof RiseInput, string])[] = [
  ['box', '--box'],
  ['match', '--match'],
  ['iouThresh', '--iou'],
  ['nmsIouThresh', '--nms'],
  ['detConfThresh', '--conf'],
  ['maxBoxes', '--max-boxes'],
];

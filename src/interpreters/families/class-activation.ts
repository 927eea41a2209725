import type { ClassHead } from '../../annotations/index.js';
import { namedClasses, type KnownOutput } from '../contract/evidence.js';
import { modelInfo } from '../contract/model-info.js';
import type { Evidence } from '../contract/types.js';

/** What makes a head's values probabilities. */
export type Activation = 'none' | 'softmax' | 'sigmoid';

/** What is read of a head of classes. */
export interface HeadReading {
  readonly activation: Activation;
  /** Whether one of its classes holds, or each does or not, whatever the others do. */
  readonly answer: ClassHead['answer'];
  /** In words. */
  readonly text: string;
  /** False where the values may as well be something else than classes. */
  readonly sure: boolean;
}

/** Room for int8 and float16 models, whose probabilities may leave 0..1 by a step of their grid. */
const TOLERANCE = 0.01;
/** Room for sums of a thousand probabilities on such a grid. */
const SUM_TOLERANCE = 0.05;

/**
 * What a head of classes needs to become probabilities: nothing where the sample run lies in 0..1; a sigmoid for a
 * single value or where the metadata say that several classes hold at once; else a softmax. Without a run, the output's
 * name may tell. Null where the sample shows that the values are no classes at all.
 */
export function readHead({ name, shape, sample }: KnownOutput, evidence: Evidence): HeadReading | null {
  const { signature } = evidence;
  const single = shape.slice(1).every((size) => size === 1);
  const multilabel = modelInfo(signature.metadata, 'multilabel')?.toLowerCase() === 'true';
  if (sample === null) {
    if (/prob|softmax|sigmoid/i.test(name)) {
      const answer = /sigmoid/i.test(name) && !single ? 'any' : 'one';
      return { activation: 'none', answer, text: 'probabilities by its name', sure: true };
    }
  } else {
    const values = sample.data.subarray(0, sample.data.length / (sample.shape[0] ?? 1));
    if (values.every((value) => value >= -TOLERANCE && value <= 1 + TOLERANCE)) {
      const sum = values.reduce((total, value) => total + value, 0);
      if (single) return { activation: 'none', answer: 'one', text: 'the probability of yes', sure: true };
      if (Math.abs(sum - 1) <= SUM_TOLERANCE) {
        return { activation: 'none', answer: 'one', text: 'probabilities of one class in many', sure: true };
      }
      const sure = namedClasses(evidence) === values.length || !looksLikeCoordinates(values);
      return {
        activation: 'none',
        answer: 'any',
        text: `probabilities of independent classes${sure ? '' : ', unless they are coordinates'}`,
        sure,
      };
    }
    if (isListOfNumbers(values) || isUnitVector(values)) return null;
  }
  if (single)
    return {
      activation: 'sigmoid',
      answer: 'one',
      text: 'one value outside 0..1, the logit of yes',
      sure: sample === null,
    };
  return multilabel
    ? { activation: 'sigmoid', answer: 'any', text: 'logits of independent classes', sure: true }
    : { activation: 'softmax', answer: 'one', text: 'logits of one class in many', sure: true };
}

/** Whole numbers only, such as decoded characters or class numbers. */
function isListOfNumbers(values: Float32Array): boolean {
  return values.length > 1 && values.every(Number.isInteger) && values.some((value) => Math.abs(value) > 1);
}

/**
 * Pairs of which none is near 0 or 1: landmarks in an aligned crop. Of trained independent classes most are near 0.
 */
function looksLikeCoordinates(values: Float32Array): boolean {
  return values.length >= 4 && values.length % 2 === 0 && values.every((value) => value > 0.05 && value < 0.95);
}

/** An embedding: of length 1, with negative components. */
function isUnitVector(values: Float32Array): boolean {
  const squares = values.reduce((total, value) => total + value * value, 0);
  return values.length > 8 && Math.abs(squares - 1) < 1e-3 && values.some((value) => value < 0);
}

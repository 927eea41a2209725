import type { KnownOutput } from '../evidence.js';
import type { Evidence } from '../types.js';

/** What makes a head's values probabilities. */
export type Activation = 'none' | 'softmax' | 'sigmoid';

/** Room for int8 and float16 models, whose probabilities may leave 0..1 by a step of their grid. */
const TOLERANCE = 0.01;

/**
 * What a head of classes needs to become probabilities: nothing where the sample run lies in 0..1; a sigmoid for a
 * single value or where the metadata say that several classes hold at once; else a softmax. Without a run, the output's
 * name may tell.
 */
export function activationOf({ name, shape, sample }: KnownOutput, { signature }: Evidence): Activation {
  if (sample === null ? /prob|softmax|sigmoid/i.test(name) : sample.data.every(isProbability)) return 'none';
  const single = shape.slice(1).every((size) => size === 1);
  const multilabel = signature.metadata['model_info.multilabel'] ?? signature.metadata['model_info multilabel'];
  return single || multilabel?.toLowerCase() === 'true' ? 'sigmoid' : 'softmax';
}

function isProbability(value: number): boolean {
  return value >= -TOLERANCE && value <= 1 + TOLERANCE;
}

import { classifierConvention } from '../contract/classifier-convention.js';
import type { Evidence, Preprocessing } from '../contract/types.js';

/** How a classifier wants its image, by the convention of where it comes from. */
export function classificationPreprocessing(evidence: Evidence): Preprocessing {
  return classifierConvention(evidence).preprocessing;
}

import type { Verdict } from '../../../explain/verdict.js';

/** Stands in the place of a map that is not drawn: no more than noise, or of a score that is next to nothing. */
export function undrawnCaption(verdict: Verdict | null): string {
  return verdict === 'weak'
    ? 'The score is too small for any map to say what it depends on, so none is drawn: the image is gray.'
    : 'This map is not above chance, so it is not drawn: the image is gray.';
}

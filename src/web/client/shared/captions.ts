import type { Verdict } from '../../../explain/verdict.js';

/** Stands in the place of a map that is not drawn: no more than chance, or of a score that is next to nothing. */
export function undrawnCaption(verdict: Verdict | null): string {
  return verdict === 'weak'
    ? 'No map: the score is too small for any map to say what it depends on, so the picture is gray.'
    : 'No map: nothing stands out from chance, so the picture is gray.';
}

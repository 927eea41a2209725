import type { MeasuredSaveable } from '../../report/save-explanation.js';
import type { MeasuredExplanation } from '../../results/explanation.js';
import type { MetricsLevel } from '../../runs/measure/metrics-level.js';
import { isDrawn } from '../../explain/verdict.js';
import { countText } from '../count-text.js';

/** What the user asked for in so many words. */
export interface Asked {
  readonly metrics: MetricsLevel | undefined;
  readonly save: readonly MeasuredSaveable[] | undefined;
}

/** A sentence for each thing that was asked for, and that this image has not. */
export function absenceNotes({ targets, explanation }: MeasuredExplanation, asked: Asked): readonly string[] {
  const { samples, stopped } = explanation.run;
  const wants = (kind: MeasuredSaveable): boolean => asked.save?.includes(kind) === true;
  const notes: string[] = [];
  const measured = targets.some(({ metrics }) => metrics?.searched === true);
  const unmeasured =
    stopped === 'interrupted'
      ? 'the run was interrupted before anything was measured'
      : `--metrics fast, which takes no more runs than the explanation, needs more than ${countText(samples, 'mask')}: raise --max-samples, or give --metrics full`;
  if (!measured && (asked.metrics === 'fast' || asked.metrics === 'full')) {
    const curves = targets.some(({ metrics }) => metrics !== null);
    notes.push(`No ${curves ? '' : 'deletion, insertion and '}decision boundary: ${unmeasured}.`);
  }
  if (wants('evidence') && !targets.some(({ metrics }) => metrics?.boundary != null)) {
    const why = measured ? 'the model does not find the targets in the whole image' : unmeasured;
    notes.push(`No evidence: ${why}.`);
  }
  const contrasted = targets.filter(({ contrast }) => contrast !== null);
  if (wants('contrast') && contrasted.length === 0) {
    notes.push('No contrast: there is no second class to compare a target with.');
  } else if (wants('contrast') && contrasted.every(({ explained }) => !isDrawn(explained.verdict))) {
    notes.push('No contrast: the maps are no more than noise, or of scores that are too small.');
  }
  return notes;
}

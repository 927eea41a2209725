import type { AnswerData, TargetData } from '../../../report/html/report-data.js';
import { ofOne, scoreText } from '../shared/format.js';

/** That a map may still change, in a few words; null where it is stable, or where more runs would not help. */
export function convergence({ reliability, verdict }: TargetData, stopAt: number | null): string | null {
  if (reliability === null || stopAt === null || reliability >= stopAt || (verdict ?? 'ok') !== 'ok') return null;
  return `Not stable yet: repeatable to ${ofOne(reliability)}, and ${ofOne(stopAt)} was wanted. More runs make the map surer.`;
}

/** Whether the score that maps are made of is visibly another than the one that the model gave. */
export function scoresDiffer({ score }: TargetData, baseline: number): boolean {
  return Math.abs(score - baseline) > 0.01 * Math.max(Math.abs(score), Math.abs(baseline));
}

/** Why they differ: only a detector's do. */
export function whyScoresDiffer({ kind, score }: TargetData, match: string | null): string {
  if (kind === 'label') {
    return `The ${scoreText(score)} above is the sum over the boxes found; the score of the maps also counts boxes of the class whose score is too low to be shown.`;
  }
  const how =
    match === 'iou'
      ? 'the sum of the scores of the boxes that overlap this one'
      : 'how well the best box matches this one in place, class and objectness (D-RISE)';
  return `The ${scoreText(score)} above is the model's own score of the box; the score of the maps is ${how}.`;
}

/** Why a target has no scores with parts hidden and shown; null where it has them. */
export function whyUnmeasured(target: TargetData, { targets }: AnswerData): string | null {
  if (isMeasured(target)) return null;
  const measured = targets.filter(isMeasured);
  if (measured.length === 0) {
    return 'What hiding and showing parts does was not measured: nobody asked for it, or there were too few runs.';
  }
  if (target.kind === 'label' && measured.every(({ kind }) => kind === 'bbox')) {
    return 'What hiding and showing parts does was measured for boxes only; full metrics measure the classes of a detector too.';
  }
  return 'What hiding and showing parts does was measured for the first answers only; more runs or full metrics measure all.';
}

function isMeasured({ curves, deletionAuc, insertionAuc }: TargetData): boolean {
  return curves !== null || deletionAuc !== null || insertionAuc !== null;
}

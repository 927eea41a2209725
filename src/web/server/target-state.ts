import { NOTHING } from '../../explain/decision.js';
import type { ExplainedTarget } from '../../runs/explanation.js';
import type { MeasuredTarget } from '../../runs/metrics/explain-measured.js';
import type { MeasuredState, TargetState } from '../protocol.js';

/**
 * A target as pages see it.
 *
 * @param found what was measured on it; null while the run goes on
 * @param classes names of the model's classes
 */
export function targetState(
  target: ExplainedTarget,
  found: MeasuredTarget | null,
  classes: readonly string[] | null,
): TargetState {
  return {
    index: target.index,
    kind: target.kind,
    label: target.label,
    bbox: target.bbox === null ? null : [target.bbox.x, target.bbox.y, target.bbox.w, target.bbox.h],
    score: target.score,
    reliability: target.reliability,
    meanStandardError: target.meanStandardError(),
    verdict: target.verdict,
    belief: target.belief,
    measured: measuredState(found?.metrics ?? null, classes),
    contrast: found?.contrast?.label.name ?? null,
  };
}

function measuredState(metrics: MeasuredTarget['metrics'], classes: readonly string[] | null): MeasuredState | null {
  if (metrics === null) return null;
  const { deletion, insertion, boundary } = metrics;
  const nameOf = (id: number): string | null => (id === NOTHING ? null : (classes?.[id] ?? `class ${id}`));
  const removed = boundary?.removed ?? null;
  return {
    shares: deletion.shares,
    deletion: deletion.scores,
    insertion: insertion.scores,
    deletionAuc: deletion.auc,
    insertionAuc: insertion.auc,
    removed: removed === null ? null : { share: removed.share, to: nameOf(removed.to) },
    sufficient: boundary?.sufficient.share ?? null,
  };
}

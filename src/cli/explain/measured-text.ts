import { NOTHING } from '../../explain/decision.js';
import type { MeasuredExplanation, MeasuredTarget } from '../../runs/metrics/explain-measured.js';

/** What was measured, a line for each target; empty where nothing was. */
export function measuredText({ targets, explanation }: MeasuredExplanation): string {
  return targets.map((target) => lineOf(target, explanation.model.labels)).join('');
}

function lineOf({ explained, metrics }: MeasuredTarget, labels: readonly string[] | null): string {
  if (metrics === null) return '';
  const { deletion, insertion, boundary } = metrics;
  const parts = [`deletion ${deletion.auc.toFixed(3)}, insertion ${insertion.auc.toFixed(3)}`];
  if (boundary !== null) {
    const { removed, sufficient } = boundary;
    const turns = (to: number): string =>
      to === NOTHING ? 'is no longer found' : `flips to ${labels?.[to] ?? `class ${to}`}`;
    parts.push(
      removed === null
        ? 'stays with all pixels removed'
        : `${turns(removed.to)} with ${percent(removed.share)} removed`,
      `${percent(sufficient.share)} suffices`,
    );
  }
  return `${explained.index}: ${parts.join('; ')}.\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

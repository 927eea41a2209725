import type { TargetRecord } from '../../results/schema/target.js';

/** What was measured, a line for each target; empty where nothing was. */
export function measuredText(targets: readonly TargetRecord[]): string {
  return targets.map(lineOf).join('');
}

function lineOf({ index, deletion, insertion, boundary }: TargetRecord): string {
  if (deletion === null || insertion === null) return '';
  const parts = [`deletion ${deletion.auc.toFixed(3)}, insertion ${insertion.auc.toFixed(3)}`];
  if (boundary !== null) {
    const { removed, sufficient } = boundary;
    const turns = removed?.to == null ? 'is no longer found' : `flips to ${removed.to.name}`;
    parts.push(
      removed === null ? 'stays with all pixels removed' : `${turns} with ${percent(removed.share)} removed`,
      `${percent(sufficient.share)} suffices`,
    );
  }
  return `${index}: ${parts.join('; ')}.\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

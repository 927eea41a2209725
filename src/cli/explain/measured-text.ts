import { LEAST_ADVANTAGE } from '../../explain/faithfulness.js';
import { countText } from '../count-text.js';
import type { TargetRecord } from '../../results/schema/target.js';

/** What was measured, a line for each target; empty where nothing was. */
export function measuredText(targets: readonly TargetRecord[]): string {
  return targets.map(lineOf).join('');
}

function lineOf({ index, deletion, insertion, boundary, faithfulness, verdict }: TargetRecord): string {
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
  if (faithfulness !== null) parts.push(judgement(verdict, faithfulness));
  return `${index}: ${parts.join('; ')}.\n`;
}

function judgement(verdict: TargetRecord['verdict'], { advantage }: NonNullable<TargetRecord['faithfulness']>): string {
  if (advantage === null) return 'faithful';
  const figure = `${percent(advantage)} over its shape elsewhere`;
  return verdict === 'unfaithful'
    ? `unfaithful: ${figure}, for ${percent(LEAST_ADVANTAGE)} or more`
    : `faithful: ${figure}`;
}

/** Whether the maps were judged, and what it took; empty where none was there to be judged. */
export function judgedText(targets: readonly TargetRecord[], runs: number): string {
  const judged = targets.filter(({ faithfulness }) => faithfulness !== null).length;
  if (judged > 0) {
    const took = runs === 0 ? 'no run of the model more' : `${countText(runs, 'run')} of the model more`;
    return `Whether ${judged === 1 ? 'the map explains the score' : 'maps explain the scores'} was judged with ${took}.\n`;
  }
  return targets.some(({ verdict }) => verdict === 'ok')
    ? 'Not judged: whether maps explain the scores. --metrics fast judges it.\n'
    : '';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

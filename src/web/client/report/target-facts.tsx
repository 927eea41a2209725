import type { AnswerData, ItemData, RunData, TargetData } from '../../../report/html/report-data.js';
import { Belief } from '../shared/belief.js';
import { Curves } from '../shared/curves.js';
import { number, percent, scoreText } from '../shared/format.js';
import { OUTCOME_NAMES, truthText } from './rows.js';
import { convergence, scoresDiffer, whyScoresDiffer, whyUnmeasured } from './target-remarks.js';

export interface TargetFactsProps {
  readonly item: ItemData;
  readonly target: TargetData;
  readonly answer: AnswerData;
  readonly run: RunData | undefined;
}

/** What is known of a target: figures, belief, curves. */
export function TargetFacts({ item, target, answer, run }: TargetFactsProps) {
  const missing = whyUnmeasured(target, answer);
  const unconverged = convergence(target, run?.stopAt ?? null);
  const truth = truthText(item, target);
  return (
    <>
      <p class="headline">
        <strong>{target.label}</strong> <span>{scoreText(target.score)}</span>
        {target.outcome !== null && (
          <span class={`outcome outcome-${target.outcome}`}>{OUTCOME_NAMES[target.outcome]}</span>
        )}
        {truth !== '' && truth !== target.label && <span class="headline-truth">marked: {truth}</span>}
      </p>
      <dl class="figures-list">
        {figuresOf(target, answer).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {target.doubt !== null && <p class="warning">{target.doubt}</p>}
      {unconverged !== null && <p class="warning">{unconverged}</p>}
      {target.belief !== null && <Belief belief={target.belief} />}
      {target.belief !== null && scoresDiffer(target, target.belief.baseline) && (
        <p class="small">{whyScoresDiffer(target, run?.match ?? null)}</p>
      )}
      {missing !== null && <p class="small">{missing}</p>}
      {target.curves !== null && (
        <Curves curves={target.curves} deletionAuc={target.deletionAuc} insertionAuc={target.insertionAuc} />
      )}
    </>
  );
}

/** Whether the map explains the score, with the advantage over its own shape elsewhere; null where nothing was to be judged. */
function faithfulText({ verdict, faithfulness }: TargetData): string | null {
  if (faithfulness === null) return verdict === 'ok' ? 'not judged' : null;
  const { advantage } = faithfulness;
  const said = verdict === 'unfaithful' ? 'no' : 'yes';
  return advantage === null ? said : `${said}, ${percent(advantage)} over its shape elsewhere`;
}

function figuresOf(target: TargetData, answer: AnswerData): [string, string][] {
  const { iou, energyInObject, energyInBox, pointing, removed, sufficient, reliability, verdict, standardError, map } =
    target;
  const all: [string, string | null][] = [
    ['saliency on the object', energyInObject === null ? null : percent(energyInObject)],
    ['saliency in the answered box', energyInBox === null ? null : percent(energyInBox)],
    ['peak on the object', pointing === null ? null : pointing ? 'yes' : 'no'],
    ['IoU with the true box', iou === null ? null : number(iou)],
    ['flips when removed', removed === null ? null : `${percent(removed.share)}, to ${removed.to ?? 'nothing'}`],
    ['suffices alone', sufficient === null ? null : percent(sufficient)],
    [
      'reliability of the map',
      reliability === null
        ? null
        : `${number(reliability)}${verdict === null || verdict === 'ok' ? '' : `, ${verdict}`}`,
    ],
    ['faithful', faithfulText(target)],
    ['standard error of the map', standardError === null ? null : `± ${number(standardError)}`],
    ['saliency from – to', map === null ? null : `${number(map.min)} – ${number(map.max)}`],
    [
      'masked runs',
      answer.samples === null
        ? null
        : `${answer.samples}${answer.stopped === null ? '' : `, stopped by ${answer.stopped}`}`,
    ],
  ];
  return all.filter((pair): pair is [string, string] => pair[1] !== null);
}

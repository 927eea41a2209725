import { useMemo } from 'preact/hooks';
import type { AnswerData, CurvesData, ItemData, TargetData } from '../../../report/html/report-data.js';
import { number, percent } from '../shared/format.js';
import { LineChart, type ChartLine } from '../shared/line-chart.js';
import { OUTCOME_NAMES, truthText } from './rows.js';

/** What is known of a target: figures, belief, curves. */
export function TargetFacts({ item, target, answer }: { item: ItemData; target: TargetData; answer: AnswerData }) {
  const truth = truthText(item, target);
  return (
    <>
      <p class="headline">
        <strong>{target.label}</strong> <span>{percent(target.score)}</span>
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
      {target.belief !== null && <Belief belief={target.belief} />}
      {target.curves !== null && <Curves curves={target.curves} target={target} />}
    </>
  );
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

/** The score on the whole picture, over masked runs and on the fill alone, on one scale. */
function Belief({ belief }: { belief: NonNullable<TargetData['belief']> }) {
  const { baseline, low, median, high, filled } = belief;
  const most = Math.max(baseline, high, filled, 1e-6);
  const at = (value: number): number => (Math.max(0, value) / most) * 100;
  const words = `The score is ${number(baseline)} on the whole picture; under masks ${number(median)}, from ${number(low)} to ${number(high)} in nine of ten; with nothing shown ${number(filled)}.`;
  return (
    <figure class="belief">
      <figcaption>Belief</figcaption>
      <svg viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label={words}>
        <rect class="belief-track" x="0" y="5" width="100" height="4" />
        <rect class="belief-range" x={at(low)} y="3" width={Math.max(0.5, at(high) - at(low))} height="8" />
        <line class="belief-median" x1={at(median)} x2={at(median)} y1="2" y2="12" />
        <line class="belief-filled" x1={at(filled)} x2={at(filled)} y1="0" y2="14" />
        <line class="belief-baseline" x1={at(baseline)} x2={at(baseline)} y1="0" y2="14" />
      </svg>
      <p class="small">{words}</p>
    </figure>
  );
}

function Curves({ curves, target }: { curves: CurvesData; target: TargetData }) {
  const lines = useMemo<ChartLine[]>(
    () => [
      ...(curves.deletion === null
        ? []
        : [{ name: 'deletion', colour: '--deletion', values: curves.deletion } as const]),
      ...(curves.insertion === null
        ? []
        : [{ name: 'insertion', colour: '--insertion', values: curves.insertion } as const]),
    ],
    [curves],
  );
  const words = `Deletion AUC ${number(target.deletionAuc)}, insertion AUC ${number(target.insertionAuc)}`;
  return (
    <figure class="curves">
      <figcaption>
        Score while the most salient pixels are removed or inserted
        <span class="legend">
          <span class="key key-deletion">deletion {number(target.deletionAuc)}</span>
          <span class="key key-insertion">insertion {number(target.insertionAuc)}</span>
        </span>
      </figcaption>
      <LineChart shares={curves.shares} lines={lines} height={200} summary={words} />
    </figure>
  );
}

import { isDrawn } from '../../../explain/verdict.js';
import type { AnswerData, ItemData, RunData, TargetData } from '../../../report/html/report-data.js';
import { Belief } from '../shared/belief.js';
import { Curves } from '../shared/curves.js';
import { ofOne, percent, percentOrDash, scoreText, signed } from '../shared/format.js';
import { Tag, type State } from '../shared/icon.js';
import { decodeMap } from '../shared/saliency-map.js';
import { Steps } from '../shared/steps.js';
import { Term } from '../shared/term.js';
import { TrustLines } from '../shared/trust.js';
import { Why } from '../shared/why.js';
import { OUTCOME_NAMES, truthText } from './rows.js';
import { convergence, scoresDiffer, whyScoresDiffer, whyUnmeasured } from './target-remarks.js';

export interface TargetFactsProps {
  readonly item: ItemData;
  readonly target: TargetData;
  readonly answer: AnswerData;
  readonly run: RunData | undefined;
}

const OUTCOME_STATES: Readonly<Record<string, State>> = {
  'true-positive': 'good',
  'wrong-class': 'bad',
  'false-positive': 'bad',
  missed: 'bad',
};

/** Why this answer, and how sure one may be. */
export function TargetAnswer({ item, target, run }: TargetFactsProps) {
  const unconverged = convergence(target, run?.stopAt ?? null);
  const truth = truthText(item, target);
  const { outcome, summary } = target;
  return (
    <>
      <p class="headline">
        <strong>{target.label}</strong> <span>{scoreText(target.score)}</span>
        {outcome !== null && <Tag of={OUTCOME_STATES[outcome] ?? 'unknown'}>{OUTCOME_NAMES[outcome] ?? outcome}</Tag>}
        {truth !== '' && truth !== target.label && <span class="muted">annotated: {truth}</span>}
      </p>
      {summary !== null && <Why summary={summary} />}
      <TrustLines
        verdict={target.verdict}
        reliability={target.reliability}
        stopAt={run?.stopAt ?? null}
        faithfulness={target.faithfulness}
        deletionAuc={target.deletionAuc}
        insertionAuc={target.insertionAuc}
        score={target.kind === 'label' && target.score >= 0 && target.score <= 1 ? target.score : null}
      />
      {unconverged !== null && <p class="notice">{unconverged}</p>}
    </>
  );
}

/** The curves, with the picture of each step where it can be drawn. */
export function TargetCurves({ item, target, answer }: TargetFactsProps) {
  const missing = whyUnmeasured(target, answer);
  const { curves, deletionAuc, insertionAuc, map } = target;
  if (curves === null) return missing === null ? null : <p class="small">{missing}</p>;
  return map !== null && isDrawn(target.verdict) ? (
    <Steps
      key={target.index}
      image={item.image}
      width={item.width || 4}
      height={item.height || 3}
      map={decodeMap(map)}
      first={0.05}
      curves={curves}
      deletionAuc={deletionAuc}
      insertionAuc={insertionAuc}
    />
  ) : (
    <Curves curves={curves} deletionAuc={deletionAuc} insertionAuc={insertionAuc} />
  );
}

/** Every figure, each of which explains itself. */
export function TargetFigures({ target, answer, run }: TargetFactsProps) {
  return (
    <>
      <dl class="figures-list">
        {figuresOf(target, answer).map(({ name, term, value }) => (
          <div key={name}>
            <dt>{term === null ? name : <Term of={term}>{name}</Term>}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {target.belief !== null && <Belief belief={target.belief} />}
      {target.belief !== null && scoresDiffer(target, target.belief.baseline) && (
        <p class="small">{whyScoresDiffer(target, run?.match ?? null)}</p>
      )}
    </>
  );
}

interface FigureLine {
  readonly name: string;
  readonly term: string | null;
  readonly value: string;
}

function figuresOf(target: TargetData, { samples, stopped }: AnswerData): FigureLine[] {
  const { iou, energyInObject, energyInBox, objectArea, pointing, removed, sufficient } = target;
  const { reliability, standardError, map, deletionAuc, insertionAuc } = target;
  const line = (name: string, term: string | null, value: string | null): FigureLine[] =>
    value === null ? [] : [{ name, term, value }];
  return [
    ...line('Map on the object', 'on object', energyInObject === null ? null : percent(energyInObject)),
    ...line('Map in its box', 'in box', energyInBox === null ? null : percent(energyInBox)),
    ...line(
      energyInObject === null ? 'Picture under its box' : 'Picture under the object',
      'on object',
      objectArea === null ? null : percent(objectArea),
    ),
    ...line('Brightest place on the object', 'brightest place', pointing === null ? null : pointing ? 'yes' : 'no'),
    ...line('Overlap with the annotated box', 'overlap', iou === null ? null : percent(iou)),
    ...line(
      'Changes when hidden',
      'changes when hidden',
      removed === null
        ? null
        : `${percent(removed.share)}: ${removed.to === null ? 'disappears' : `becomes ${removed.to}`}`,
    ),
    ...line('Enough alone', 'enough', sufficient === null ? null : percent(sufficient)),
    ...line(
      'Mean score when hidden',
      'mean score when hidden',
      deletionAuc === null ? null : percentOrDash(deletionAuc),
    ),
    ...line(
      'Mean score when shown',
      'mean score when shown',
      insertionAuc === null ? null : percentOrDash(insertionAuc),
    ),
    ...line('Repeatable', 'repeatable', reliability === null ? null : `${ofOne(reliability)} of 1`),
    ...line(
      'Values of the map, give or take',
      'standard error',
      standardError === null ? null : signed(standardError).slice(1),
    ),
    ...line('Map from, to', 'map', map === null ? null : `${signed(map.min)}, ${signed(map.max)}`),
    ...line('Runs', 'runs', samples === null ? null : `${samples}${stoppedText(stopped)}`),
  ];
}

function stoppedText(stopped: string | null): string {
  if (stopped === 'reliability') return ', then repeatable';
  if (stopped === 'max-samples') return ', all that were allowed';
  return stopped === null ? '' : `, stopped: ${stopped}`;
}

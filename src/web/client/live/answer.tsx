import type { JobState, PredictionState, TargetState } from '../../protocol.js';
import { scoreText, signed } from '../shared/format.js';
import { Icon, Tag } from '../shared/icon.js';
import { TrustLines } from '../shared/trust.js';
import { Why } from '../shared/why.js';

/** From here on a map is called repeatable where nothing else was asked for. */
const REPEATABLE = 0.95;
/** A map whose highest value is below is stretched to be seen. */
const FAINT = 0.02;

export interface AnswerProps {
  readonly target: TargetState;
  readonly job: JobState;
  readonly prediction: PredictionState | null;
  /** The map's highest value; null where there is none. */
  readonly highest: number | null;
  /** `A` or `B`, where two are compared. */
  readonly letter: 'A' | 'B' | null;
}

/** Why the model answered so, and how sure one may be: in words. */
export function Answer({ target, job, prediction, highest, letter }: AnswerProps) {
  const unfaithful = target.verdict === 'unfaithful';
  const running = job.phase === 'waiting' || job.phase === 'running';
  const why = whyText(target, running);
  return (
    <section class="answer" aria-label={letter === null ? 'The answer' : `The answer of ${letter}`}>
      <h2 class="who">
        {letter !== null && <Letter letter={letter} />}
        <strong>
          {nameOf(target)}
          {target.why === 'missed' ? ', missed' : ` ${scoreText(scoreOf(target, prediction))}`}
        </strong>
        <span class="muted">{placeText(target)}</span>
        <OutcomeTag target={target} prediction={prediction} />
      </h2>
      {unfaithful ? (
        <div class="notice notice-bad">
          <Icon of="bad" />
          <b>This map does not explain the answer</b>
          <Why summary={why} />
        </div>
      ) : (
        <Why summary={why} />
      )}
      {!running && (
        <TrustLines
          verdict={target.verdict}
          reliability={target.reliability}
          stopAt={job.reached?.goal ?? REPEATABLE}
          faithfulness={target.faithfulness}
          deletionAuc={target.deletionAuc}
          insertionAuc={target.insertionAuc}
          score={target.why === 'missed' ? null : scoreOf(target, prediction)}
          beside={nextClass(target, prediction)}
          more={
            highest !== null && highest > 0 && highest < FAINT
              ? [
                  {
                    state: 'warn',
                    name: 'Faint',
                    term: 'map',
                    text: `The brightest place gives ${signed(highest)} of score: colors are stretched to show it.`,
                  },
                ]
              : []
          }
        />
      )}
    </section>
  );
}

export function Letter({ letter }: { readonly letter: 'A' | 'B' }) {
  return <span class={`ab ab-${letter.toLowerCase()}`}>{letter}</span>;
}

/** What the model answers next best, behind its best class. */
function nextClass({ bbox, label }: TargetState, prediction: PredictionState | null): string {
  const [first, second] = prediction?.phase === 'done' ? prediction.labels : [];
  return bbox === null && second !== undefined && first?.id === label?.id
    ? ` The next class, ${second.name}, has ${scoreText(second.score)}.`
    : '';
}

function OutcomeTag({ target, prediction }: Pick<AnswerProps, 'target' | 'prediction'>) {
  const truth = prediction?.phase === 'done' ? prediction.truth : null;
  const named = truth?.labels.map(({ name }) => name).join(', ') ?? '';
  switch (target.outcome) {
    case 'true-positive':
      return <Tag of="good">right</Tag>;
    case 'wrong-class':
      return <Tag of="bad">{`wrong class${target.bbox === null && named !== '' ? `: annotated ${named}` : ''}`}</Tag>;
    case 'false-positive':
      return <Tag of="bad">nothing annotated here</Tag>;
    default:
      return null;
  }
}

/** What stands behind the answer in its sentence; trust is said by the lines below. */
function whyText({ summary, why, verdict, score, label }: TargetState, running: boolean): string {
  if (summary === null) {
    return running
      ? 'The map is forming. Read only its large shape until the goal is reached.'
      : 'The run ended before the map could be put in words.';
  }
  const before = why === 'missed' ? `${label?.name ?? 'the box'} missed: ` : `${scoreText(score)}: `;
  const at = summary.indexOf(before);
  const after = at < 0 ? summary : summary.slice(at + before.length);
  const trust = verdict === 'ok' || verdict === 'unfaithful' ? after.lastIndexOf(' Map: ') : -1;
  const kept = trust < 0 ? after : after.slice(0, trust);
  const without = verdict === 'unfaithful' ? kept.replace(/^this map does not explain the answer\. /, '') : kept;
  return `${without.slice(0, 1).toUpperCase()}${without.slice(1)}`;
}

export function nameOf({ label, kind }: Pick<TargetState, 'label' | 'kind'>): string {
  return label?.name ?? (kind === 'bbox' ? 'any class' : 'class');
}

function placeText({ bbox }: TargetState): string {
  if (bbox === null) return 'in the whole picture';
  const [x, y, width, height] = bbox.map(Math.round);
  return `box at ${x}, ${y} · ${width} × ${height} px`;
}

/** The model's own score of a box that it found; that of the masked runs' scorer for one that was drawn. */
export function scoreOf({ bbox, label, score }: TargetState, prediction: PredictionState | null): number {
  if (bbox === null || prediction?.phase !== 'done') return score;
  return prediction.boxes.find((box) => box.label.id === label?.id && isSameBox(box.bbox, bbox))?.score ?? score;
}

/** Boxes that differ by less than two pixels: they went through the model's own pixels. */
export function isSameBox(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) < 2);
}

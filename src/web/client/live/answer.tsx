import type { ComponentChildren } from 'preact';
import { WEAK_ANSWER } from '../../../results/target-summary.js';
import type { JobState, PredictionState, TargetState } from '../../protocol.js';
import { percent, scoreText, signed } from '../shared/format.js';
import { Term } from '../shared/term.js';
import { Icon, Tag, type State } from '../shared/icon.js';

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
          <p class="why">{why}</p>
        </div>
      ) : (
        <p class="why">{marked(why)}</p>
      )}
      {!running && (
        <ul class="trust" aria-label="How sure">
          <Repeatable target={target} job={job} />
          <Faithful target={target} />
          <Clear target={target} prediction={prediction} />
          {highest !== null && highest > 0 && highest < FAINT && (
            <Line icon="warn" word="Faint" term="map">
              The brightest place gives {signed(highest)} of score: colors are stretched to show it.
            </Line>
          )}
        </ul>
      )}
    </section>
  );
}

export function Letter({ letter }: { readonly letter: 'A' | 'B' }) {
  return <span class={`ab ab-${letter.toLowerCase()}`}>{letter}</span>;
}

interface LineProps {
  readonly icon: State;
  readonly word: string;
  /** Of the glossary. */
  readonly term: string;
  readonly children: ComponentChildren;
}

function Line({ icon, word, term, children }: LineProps) {
  return (
    <li>
      <Icon of={icon} />
      <b>
        <Term of={term}>{word}</Term>
      </b>
      <span>{children}</span>
    </li>
  );
}

function Repeatable({ target, job }: { readonly target: TargetState; readonly job: JobState }) {
  const { reliability, verdict } = target;
  if (verdict === 'noise' || verdict === 'lost') {
    return (
      <Line icon="bad" word="No map" term="no map">
        {verdict === 'noise'
          ? `After ${job.samples.toLocaleString('en')} runs nothing stands out from chance.`
          : 'With parts of the picture hidden it is almost never found.'}
      </Line>
    );
  }
  if (reliability === null) {
    return (
      <Line icon="good" word="Repeatable" term="repeatable">
        This method draws nothing at random: another run gives the same map.
      </Line>
    );
  }
  const goal = job.reached?.goal ?? REPEATABLE;
  const figures = `${reliability.toFixed(2)} of 1; wanted ${goal.toFixed(2)}`;
  return reliability >= goal ? (
    <Line icon="good" word="Repeatable" term="repeatable">
      Another run would give the same map ({figures}).
    </Line>
  ) : (
    <Line icon="warn" word="Not stable yet" term="repeatable">
      Another run may differ ({figures}): read only the large shape.
    </Line>
  );
}

function Faithful({ target }: { readonly target: TargetState }) {
  const { verdict, faithfulness, deletionAuc, insertionAuc } = target;
  if (verdict === 'noise' || verdict === 'lost' || verdict === 'weak') return null;
  const figures =
    deletionAuc === null || insertionAuc === null
      ? ''
      : `: ${percent(deletionAuc)} on average, ${percent(insertionAuc)} when they are shown first`;
  if (verdict === 'unfaithful') {
    return (
      <Line icon="bad" word="Not faithful" term="faithful">
        Hiding the bright places changes little more than hiding the same shape elsewhere{figures}.
      </Line>
    );
  }
  return faithfulness === null ? (
    <Line icon="unknown" word="Not judged" term="not judged">
      Nobody asked whether hiding the bright places lowers the score.
    </Line>
  ) : (
    <Line icon="good" word="Faithful" term="faithful">
      Hiding the bright places does lower the score{figures}.
    </Line>
  );
}

function Clear({ target, prediction }: Pick<AnswerProps, 'target' | 'prediction'>) {
  const { why } = target;
  if (why === 'missed') return null;
  const score = scoreOf(target, prediction);
  const labels = prediction?.phase === 'done' ? prediction.labels : [];
  const [first, second] = labels;
  const next =
    target.bbox === null && first?.id === target.label?.id && second !== undefined
      ? ` The next class, ${second.name}, has ${scoreText(second.score)}.`
      : '';
  return score >= WEAK_ANSWER ? (
    <Line icon="good" word="Clear answer" term="score">
      The model gives it {scoreText(score)}.{next}
    </Line>
  ) : (
    <Line icon="warn" word="Weak answer" term="weak answer">
      The model gives it only {scoreText(score)}: the map explains a guess.{next}
    </Line>
  );
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

/** Figures stand out. */
function marked(text: string): ComponentChildren {
  return text.split(/([\d.]+ %)/).map((part, i) => (i % 2 === 1 ? <mark key={i}>{part}</mark> : part));
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

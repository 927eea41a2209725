import { useMemo } from 'preact/hooks';
import type { JobState, TargetState } from '../../protocol.js';
import { Belief } from '../shared/belief.js';
import { Curves } from '../shared/curves.js';
import { number, percent } from '../shared/format.js';

const VERDICTS: Readonly<Record<TargetState['verdict'], string>> = {
  ok: 'above chance',
  weak: 'of a score that is too small for any map to say what it depends on',
  unfaithful: 'repeatable, but it does not explain the score: do not read it as where the model looks',
  noise: 'no more than noise so far: do not read the map',
  lost: 'almost never found under masks: the map comes from very few runs',
};

interface TargetListProps {
  readonly targets: readonly TargetState[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

/** What was explained, where it is more than one thing. */
export function TargetList({ targets, chosen, onChoose }: TargetListProps) {
  if (targets.length < 2) return null;
  return (
    <ul class="rows" aria-label="Targets">
      {targets.map((target) => (
        <li key={target.index}>
          <button
            type="button"
            class="row"
            aria-pressed={target.index === chosen}
            onClick={() => {
              onChoose(target.index);
            }}
          >
            <span
              class="row-bar row-bar-reliable"
              style={{ width: `${Math.max(0, target.reliability ?? 0) * 100}%` }}
            />
            <span class="row-name">
              {nameOf(target)} <small>{target.kind === 'bbox' ? 'box' : 'class'}</small>
            </span>
            <span class="row-score">{percent(target.score)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface TargetViewProps {
  readonly target: TargetState;
  readonly job: JobState;
  /** Of the model, on the whole image. */
  readonly score: number;
}

/** What is known of a target: how sure its map is, its belief, what was measured. */
export function TargetView({ target, job, score }: TargetViewProps) {
  const { verdict, reliability, meanStandardError, belief, deletion, insertion } = target;
  const curves = useMemo(() => curvesOf(deletion, insertion), [deletion, insertion]);
  return (
    <section class="target">
      <p class="headline">
        <strong>{nameOf(target)}</strong> <span>{percent(score)}</span>
      </p>
      {reliability !== null && (
        <div class="meter">
          <span id={`reliable-${job.id}`}>Reliability</span>
          <meter
            min={0}
            max={1}
            low={0.5}
            high={0.9}
            optimum={1}
            value={reliability}
            aria-labelledby={`reliable-${job.id}`}
          />
          <output>{reliability.toFixed(2)}</output>
        </div>
      )}
      <p class={`verdict verdict-${verdict}`}>{VERDICTS[verdict]}</p>
      <dl class="figures-list">
        {figuresOf(target).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>standard error of the map</dt>
          <dd>± {number(meanStandardError)}</dd>
        </div>
      </dl>
      <Belief belief={belief} />
      {curves !== null && (
        <Curves curves={curves} deletionAuc={target.deletionAuc} insertionAuc={target.insertionAuc} />
      )}
    </section>
  );
}

/** Whether the map explains the score; null where nothing was to be judged. */
function faithfulText({ verdict, faithfulness }: TargetState): string | null {
  if (faithfulness === null) return verdict === 'ok' ? 'not judged' : null;
  const { advantage } = faithfulness;
  const said = verdict === 'unfaithful' ? 'no' : 'yes';
  return advantage === null ? said : `${said}, ${percent(advantage)} over its shape elsewhere`;
}

export function nameOf({ label, kind }: TargetState): string {
  return label?.name ?? (kind === 'bbox' ? 'any class' : 'class');
}

function curvesOf(deletion: TargetState['deletion'], insertion: TargetState['insertion']) {
  if (deletion === null || insertion === null) return null;
  return { shares: deletion.shares, deletion: deletion.scores, insertion: insertion.scores };
}

function figuresOf(target: TargetState): [string, string][] {
  const { boundary, contrast } = target;
  const removed = boundary?.removed ?? null;
  const sufficient = boundary?.sufficient.share ?? null;
  const all: [string, string | null][] = [
    ['faithful', faithfulText(target)],
    ['flips when removed', removed === null ? null : `${percent(removed.share)}, to ${removed.to?.name ?? 'nothing'}`],
    ['suffices alone', sufficient === null ? null : percent(sufficient)],
    ['second class', contrast?.name ?? null],
  ];
  return all.filter((pair): pair is [string, string] => pair[1] !== null);
}

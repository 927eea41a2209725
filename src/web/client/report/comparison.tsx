import { useMemo, useState } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import { Icon, Tag } from '../shared/icon.js';
import { ImageViewer } from '../shared/image-viewer.js';
import { USUAL_SETTINGS } from '../shared/view-settings.js';
import { isDrawn } from '../../../explain/verdict.js';
import { AGREE } from '../shared/agreement.js';
import { Bar } from './bars.js';
import { DIFFERENCES, type Difference, type Pair, type Side } from './compare.js';
import { DifferenceMap } from './difference-map.js';
import { OUTCOME_NAMES, TRUST } from './rows.js';
import { truthBoxes } from './thumbnail.js';
import { scoreText } from '../shared/format.js';

/** Pairs of a kind that are shown before more are asked for. */
const FIRST = 6;
const SETTINGS = { ...USUAL_SETTINGS, significant: false };
const KINDS: readonly Difference[] = ['one-right', 'answers', 'reason', 'untold', 'same'];

export interface ComparisonProps {
  readonly data: ReportData;
  readonly runs: readonly [number, number];
  readonly onRuns: (runs: readonly [number, number]) => void;
  readonly pairs: readonly Pair[];
  readonly onShow: (pair: Pair) => void;
}

/** The same pictures as two models see them, those that differ most first. */
export function Comparison({ data, runs, onRuns, pairs, onShow }: ComparisonProps) {
  const [text, setText] = useState('');
  const chosen = useMemo(
    () =>
      pairs.filter(({ item, a, b }) =>
        `${item.id} ${a.target?.label ?? ''} ${b.target?.label ?? ''}`
          .toLowerCase()
          .includes(text.trim().toLowerCase()),
      ),
    [pairs, text],
  );
  return (
    <section id="pairs" class="section" aria-labelledby="pairs-title" tabIndex={-1}>
      <h2 id="pairs-title">
        Picture by picture <small>most different first</small>
      </h2>
      <p class="muted small">
        Two maps agree where the correlation of their values is {AGREE} of 1 or more: what one model reaches with itself
        under other random masks, and two that answer for different reasons do not. Each map has its own scale.
      </p>
      <div class="tools">
        <label class="field field-search">
          <span>Search pairs</span>
          <input
            type="search"
            value={text}
            placeholder="name or answer"
            onInput={(event) => {
              setText(event.currentTarget.value);
            }}
          />
        </label>
        {data.runs.length > 2 &&
          ([0, 1] as const).map((side) => (
            <label key={side} class="field">
              <span>{side === 0 ? 'Model A' : 'Model B'}</span>
              <select
                value={String(runs[side])}
                onChange={(event) => {
                  const run = Number(event.currentTarget.value);
                  onRuns(side === 0 ? [run, runs[1]] : [runs[0], run]);
                }}
              >
                {data.runs.map(({ name }, i) => (
                  <option key={name} value={String(i)}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          ))}
        <p class="diff-scale" aria-hidden="true">
          <span>only A depends on it</span>
          <i />
          <span>only B</span>
        </p>
      </div>
      {KINDS.map((kind) => (
        <PairsOfKind
          key={kind}
          kind={kind}
          pairs={chosen.filter(({ difference }) => difference === kind)}
          onShow={onShow}
        />
      ))}
      {chosen.length === 0 && <p class="empty">No picture is left.</p>}
    </section>
  );
}

interface PairsOfKindProps {
  readonly kind: Difference;
  readonly pairs: readonly Pair[];
  readonly onShow: (pair: Pair) => void;
}

function PairsOfKind({ kind, pairs, onShow }: PairsOfKindProps) {
  // What does not differ waits to be asked for.
  const [count, setCount] = useState(kind === 'same' ? 0 : FIRST);
  if (pairs.length === 0) return null;
  return (
    <>
      <h3 class="pairs-kind">
        {DIFFERENCES[kind]} <small>{pairs.length}</small>
      </h3>
      <div class="pairs">
        {pairs.slice(0, count).map((pair) => (
          <PairCard
            key={pair.item.id}
            pair={pair}
            onShow={() => {
              onShow(pair);
            }}
          />
        ))}
      </div>
      {pairs.length > count && (
        <button
          type="button"
          class="link"
          onClick={() => {
            setCount(count === 0 ? FIRST : 2 * count);
          }}
        >
          {count === 0 ? 'Show them' : `${pairs.length - count} more like this`}
        </button>
      )}
    </>
  );
}

function PairCard({ pair, onShow }: { pair: Pair; onShow: () => void }) {
  const { item, a, b, agreement, sentence } = pair;
  const truth = item.truth?.labels.join(', ') ?? '';
  return (
    <article class="pair card" aria-label={item.id}>
      <figure>
        <ImageViewer
          image={item.image}
          width={item.width || 4}
          height={item.height || 3}
          map={null}
          boxes={[]}
          settings={{ ...SETTINGS, mode: 'image' }}
          detail={1}
          alt=""
        />
        <figcaption>
          <b>{item.id}</b>
          {truth !== '' && <span class="muted">annotated: {truth}</span>}
        </figcaption>
      </figure>
      <SideFigure letter="A" side={a} pair={pair} />
      <SideFigure letter="B" side={b} pair={pair} />
      <figure>
        <DifferenceMap pair={pair} />
        <figcaption class="muted">A more (orange), B more (blue)</figcaption>
      </figure>
      <div class="pair-text">
        <p>{sentence}</p>
        {agreement !== null && (
          <div class="measure">
            <span>Maps agree</span>
            <output>{agreement.toFixed(2).replace('-', '−')} of 1</output>
            <Bar share={agreement} chance={AGREE} state={agreement < AGREE ? 'warn' : null} />
          </div>
        )}
        <button type="button" class="link" onClick={onShow}>
          Open side by side
        </button>
      </div>
    </article>
  );
}

function SideFigure({
  letter,
  side: { target, trust },
  pair: { item },
}: {
  letter: 'A' | 'B';
  side: Side;
  pair: Pair;
}) {
  const wrong = ['wrong-class', 'false-positive', 'missed'].includes(target?.outcome ?? '');
  return (
    <figure>
      <ImageViewer
        image={item.image}
        width={item.width || 4}
        height={item.height || 3}
        map={target?.map ?? null}
        noise={!isDrawn(target?.verdict ?? null)}
        boxes={[
          ...truthBoxes(item, target),
          ...(target?.box == null ? [] : [{ box: target.box, label: target.label, role: 'answer' as const }]),
        ]}
        settings={SETTINGS}
        detail={180}
        alt=""
      />
      <figcaption>
        <span>
          <b class={`letter letter-${letter.toLowerCase()}`}>{letter}</b> <b>{target?.label ?? 'nothing'}</b>{' '}
          {target !== null && scoreText(target.score)}
        </span>
        {wrong ? (
          <Tag of="bad">{OUTCOME_NAMES[target?.outcome ?? ''] ?? ''}</Tag>
        ) : trust === 'unfaithful' || trust === 'none' || trust === 'unstable' ? (
          <Tag of={TRUST[trust].state}>{TRUST[trust].name}</Tag>
        ) : target?.dependence === 'beside' ? (
          <Tag of="warn">beside the object</Tag>
        ) : target?.dependence != null ? (
          <span class="on-object">
            <Icon of="good" /> on it
          </span>
        ) : null}
      </figcaption>
    </figure>
  );
}

import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { BoxPixels, FoundBox, PredictionState, TruthState } from '../../protocol.js';
import { counted, scoreText } from '../shared/format.js';
import { isSameBox } from './answer.js';
import { foundBox, scoredClass, truthBox, type Wanted } from './explain-target.js';
import { Icon } from '../shared/icon.js';
import { ToolIcon } from './tool-icon.js';

/** Rows shown before the rest is asked for. */
const FIRST = 6;

interface SeenProps {
  readonly prediction: PredictionState | null;
  /** The box that is explained; null where it is none. */
  readonly explained: BoxPixels | null;
  readonly onExplain: (wanted: Wanted) => void;
  readonly drawing: boolean;
  readonly onDraw: () => void;
}

/** What the model sees: boxes first, what was missed under its own heading, classes folded. Each row is explained when pressed. */
export function Seen({ prediction, explained, onExplain, drawing, onDraw }: SeenProps) {
  if (prediction === null) return null;
  if (prediction.phase === 'running') return <p class="muted waiting">Asking the model…</p>;
  if (prediction.phase === 'failed') {
    return (
      <div class="notice notice-bad" role="alert">
        <Icon of="bad" />
        <b>This model cannot be asked</b>
        <p>{prediction.error}</p>
      </div>
    );
  }
  const { labels, boxes, detector, truth, classes } = prediction;
  const isPressed = (bbox: BoxPixels): boolean => explained !== null && isSameBox(bbox, explained);
  const missed = (truth?.boxes ?? []).filter((box) => box.missed);
  const classRows = labels.map((label) => ({
    key: String(label.id),
    name: label.name,
    remark: truth?.labels.some(({ ids }) => ids.includes(label.id)) === true ? 'annotated' : '',
    score: label.score,
    wanted: scoredClass(label),
    pressed: false,
    badge: null,
  }));
  const naming = <NameClass classes={classes} onExplain={onExplain} />;
  return (
    <div class="seen">
      {detector ? (
        <>
          <h2>{foundText(boxes.length, missed.length, truth)}</h2>
          {boxes.length === 0 ? (
            <p class="muted">Nothing it is sure of. Draw a box, or name a class.</p>
          ) : (
            <p class="muted">Press one, on the picture or here, to see why.</p>
          )}
          <Rows
            rows={boxes.map((box, i) => ({
              key: String(i),
              name: box.label.name,
              remark: remarkOn(box, truth),
              score: box.score,
              wanted: foundBox(box),
              pressed: isPressed(box.bbox),
              badge: <span class="no">{i + 1}</span>,
            }))}
            onExplain={onExplain}
          />
          {missed.length > 0 && (
            <>
              <h3>Annotated, but not found</h3>
              <Rows
                rows={missed.map((box, i) => ({
                  key: String(i),
                  name: box.name,
                  remark: 'score at its place',
                  score: box.score,
                  wanted: truthBox(box),
                  pressed: isPressed(box.bbox),
                  badge: <span class="no no-truth">!</span>,
                }))}
                onExplain={onExplain}
              />
            </>
          )}
          <div class="line">
            <button type="button" class="plain" data-draw aria-pressed={drawing} onClick={onDraw}>
              <ToolIcon of="box" /> {drawing ? 'Stop drawing' : 'Draw a box'}
            </button>
            {boxes.length > 0 && <ExplainAll onExplain={onExplain}>Explain all found</ExplainAll>}
          </div>
          <details class="fold">
            <summary>Classes in the whole picture{classes === null ? '' : ` (${classes.length})`}</summary>
            <Rows rows={classRows} onExplain={onExplain} />
            {naming}
          </details>
        </>
      ) : (
        <>
          <h2>What the model answers</h2>
          {truth !== null && truth.labels.length > 0 && (
            <p class="muted">Annotated: {truth.labels.map(({ name }) => name).join(', ')}.</p>
          )}
          <Rows rows={classRows} onExplain={onExplain} />
          {naming}
          {labels.length > 0 && (
            <div class="line">
              <ExplainAll onExplain={onExplain}>Explain the top class</ExplainAll>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function foundText(found: number, missed: number, truth: TruthState | null): string {
  const objects = `${counted(found, 'object')} found`;
  return truth === null ? objects : `${objects}, ${missed} missed`;
}

/** What annotators say of a box. */
function remarkOn({ label, truth: at }: FoundBox, truth: TruthState | null): string {
  if (truth === null) return '';
  const object = at === null ? undefined : truth.boxes[at];
  if (object === undefined) return 'nothing is annotated here';
  return object.label === label.id
    ? `overlaps the annotated ${object.name}`
    : `overlaps what is annotated as ${object.name}`;
}

function ExplainAll({ onExplain, children }: Pick<SeenProps, 'onExplain'> & { readonly children: ComponentChildren }) {
  return (
    <button
      type="button"
      class="plain"
      onClick={() => {
        onExplain({ kind: 'everything' });
      }}
    >
      {children}
    </button>
  );
}

interface Row {
  readonly key: string;
  readonly name: string;
  readonly remark: string;
  readonly score: number | null;
  readonly wanted: Wanted;
  readonly pressed: boolean;
  readonly badge: ComponentChildren;
}

function Rows({ rows, onExplain }: { readonly rows: readonly Row[]; readonly onExplain: (wanted: Wanted) => void }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <ul class="rows">
        {(all ? rows : rows.slice(0, FIRST)).map(({ key, name, remark, score, wanted, pressed, badge }) => (
          <li key={key}>
            <button
              type="button"
              class="row"
              aria-pressed={pressed}
              onClick={() => {
                onExplain(wanted);
              }}
            >
              {badge ?? <span />}
              <span class="row-name">
                {name}
                {remark !== '' && <small>{remark}</small>}
              </span>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${100 * Math.min(1, Math.max(0, score ?? 0))}%` }} />
              </span>
              <span class="row-score">{score === null ? '–' : scoreText(score)}</span>
            </button>
          </li>
        ))}
      </ul>
      {rows.length > FIRST && (
        <button
          type="button"
          class="link"
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? 'Show fewer' : `Show all ${rows.length}`}
        </button>
      )}
    </>
  );
}

interface NameClassProps {
  readonly classes: readonly string[] | null;
  readonly onExplain: (wanted: Wanted) => void;
}

function NameClass({ classes, onExplain }: NameClassProps) {
  const [name, setName] = useState('');
  const list = useId();
  return (
    <form
      class="name-class"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') onExplain({ kind: 'class', name: name.trim() });
      }}
    >
      <label>
        <span class="visually-hidden">A class to explain</span>
        <input
          type="search"
          list={list}
          value={name}
          placeholder="Name a class"
          autocomplete="off"
          onInput={(event) => {
            setName(event.currentTarget.value);
          }}
        />
      </label>
      <datalist id={list}>
        {classes?.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <button type="submit" class="plain" disabled={name.trim() === ''}>
        Explain
      </button>
    </form>
  );
}

import { useId, useState } from 'preact/hooks';
import type { PredictionState } from '../../protocol.js';
import { percent } from '../shared/format.js';
import { foundBox, scoredClass, type Wanted } from './explain-target.js';

/** Rows shown before the rest is asked for. */
const FIRST = 6;

interface PredictionsProps {
  readonly prediction: PredictionState | null;
  readonly onExplain: (wanted: Wanted) => void;
  readonly drawing: boolean;
  readonly onDraw: () => void;
}

/** What the model sees: each row is explained when it is chosen. */
export function Predictions({ prediction, onExplain, drawing, onDraw }: PredictionsProps) {
  if (prediction === null) return null;
  if (prediction.phase === 'running') return <p class="muted waiting">Asking the model…</p>;
  if (prediction.phase === 'failed') return <p class="failure">{prediction.error}</p>;
  const { labels, boxes, detector } = prediction;
  const rows = [
    ...boxes.map((box) => ({ name: box.label.name, score: box.score, wanted: foundBox(box) })),
    ...labels.map((label) => ({ name: label.name, score: label.score, wanted: scoredClass(label) })),
  ];
  return (
    <section class="seen">
      <h3>The model sees</h3>
      {rows.length === 0 ? (
        <p class="muted">Nothing it is sure of. Draw a box or name a class.</p>
      ) : (
        <Rows rows={rows} onExplain={onExplain} />
      )}
      <div class="seen-more">
        <NameClass classes={prediction.classes} onExplain={onExplain} />
        {detector && (
          <button type="button" class="plain" aria-pressed={drawing} onClick={onDraw}>
            {drawing ? 'Stop drawing' : 'Draw a box'}
          </button>
        )}
        {rows.length > 0 && (
          <button
            type="button"
            class="plain"
            onClick={() => {
              onExplain({ kind: 'everything' });
            }}
          >
            {detector ? 'Explain all of it' : 'Explain the top class'}
          </button>
        )}
      </div>
    </section>
  );
}

interface Row {
  readonly name: string;
  readonly score: number;
  readonly wanted: Wanted;
}

function Rows({ rows, onExplain }: { rows: readonly Row[]; onExplain: (wanted: Wanted) => void }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <ul class="rows">
        {(all ? rows : rows.slice(0, FIRST)).map(({ name, score, wanted }, i) => (
          <li key={i}>
            <button
              type="button"
              class="row"
              title={`Explain ${name}`}
              onClick={() => {
                onExplain(wanted);
              }}
            >
              <span class="row-bar" style={{ width: `${Math.min(1, Math.max(0, score)) * 100}%` }} />
              <span class="row-name">{name}</span>
              <span class="row-score">{percent(score)}</span>
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

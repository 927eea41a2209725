import type { PredictionState, TargetState } from '../../protocol.js';
import { scoreText } from '../shared/format.js';
import { nameOf, scoreOf } from './answer.js';

interface TargetListProps {
  /** Boxes first. */
  readonly targets: readonly TargetState[];
  /** Index of the one that is shown. */
  readonly chosen: number | null;
  readonly prediction: PredictionState | null;
  readonly onChoose: (index: number) => void;
}

/** What was explained, where it is more than one thing: boxes first, classes folded. */
export function TargetList({ targets, chosen, prediction, onChoose }: TargetListProps) {
  if (targets.length < 2) return null;
  const boxes = targets.filter(({ bbox }) => bbox !== null);
  const classes = targets.filter(({ bbox }) => bbox === null);
  const rows = (those: readonly TargetState[]) => (
    <ul class="rows">
      {those.map((target) => (
        <li key={target.index}>
          <button
            type="button"
            class="row"
            aria-pressed={target.index === chosen}
            onClick={() => {
              onChoose(target.index);
            }}
          >
            <span />
            <span class="row-name">
              {nameOf(target)}
              {target.bbox === null && <small>class</small>}
            </span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${100 * Math.min(1, Math.max(0, scoreOf(target, prediction)))}%` }} />
            </span>
            <span class="row-score">{scoreText(scoreOf(target, prediction))}</span>
          </button>
        </li>
      ))}
    </ul>
  );
  return (
    <div class="explained">
      <h3>Explained ({targets.length})</h3>
      {rows(boxes.length > 0 ? boxes : classes)}
      {boxes.length > 0 && classes.length > 0 && (
        <details class="fold">
          <summary>Classes in the whole picture ({classes.length})</summary>
          {rows(classes)}
        </details>
      )}
    </div>
  );
}

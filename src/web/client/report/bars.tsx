import { percent } from '../shared/format.js';
import { Term } from '../shared/term.js';
import type { Filter } from './rows.js';
import type { Part } from './verdict.js';

/** Parts of a whole on one bar, and below it in words, each of which narrows the pictures. */
export function SplitBar({ parts, onFilter }: { parts: readonly Part[]; onFilter: (filter: Filter) => void }) {
  return (
    <>
      <span class="bar bar-split" aria-hidden="true">
        {parts
          .filter(({ count }) => count > 0)
          .map(({ name, count, state }, i) => (
            <i key={name} class={`part part-${state} part-${i}`} style={{ flexGrow: count }} />
          ))}
      </span>
      <ul class="parts">
        {parts.map(({ name, count, state, filter }) => (
          <li key={name}>
            {count === 0 ? (
              <span class="part-key">
                <i class="part" aria-hidden="true" />
                {count} {name}
              </span>
            ) : (
              <button
                type="button"
                class="part-key"
                title="Show these pictures"
                onClick={() => {
                  onFilter(filter);
                }}
              >
                <i class={`part part-${state}`} aria-hidden="true" />
                {count} {name}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

export interface BarProps {
  /** 0..1. */
  readonly share: number;
  /** What chance gives, 0..1; no tick where absent. */
  readonly chance?: number | null;
  /** 95 % sure, 0..1. */
  readonly interval?: readonly [number, number] | null;
  readonly state?: 'bad' | 'warn' | null;
}

/** A share on its own honest scale of 0 to 100 %; the tick is what chance gives. Words beside it say the same. */
export function Bar({ share, chance = null, interval = null, state = null }: BarProps) {
  return (
    <span class={`bar${state === null ? '' : ` bar-${state}`}`} aria-hidden="true">
      <i style={{ width: width(share) }} />
      {interval !== null && (
        <s style={{ left: width(interval[0]), width: width(Math.max(0, interval[1] - interval[0])) }} />
      )}
      {chance !== null && <b style={{ left: width(chance) }} />}
    </span>
  );
}

function width(share: number): string {
  return `${100 * Math.min(1, Math.max(0, share))}%`;
}

export interface MeasureProps extends BarProps {
  readonly name: string;
  readonly term?: string | null;
  readonly note: string | null;
}

/** A share with its name, its bar, and how sure it is. */
export function Measure({ name, term = null, note, ...bar }: MeasureProps) {
  return (
    <div class="measure">
      <span>{term === null ? name : <Term of={term}>{name}</Term>}</span>
      <output>{percent(bar.share)}</output>
      <Bar {...bar} />
      {note !== null && <small>{note}</small>}
    </div>
  );
}

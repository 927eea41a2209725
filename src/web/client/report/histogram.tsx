import { counted, percent } from '../shared/format.js';

const BINS = 20;

export interface HistogramProps {
  readonly title: string;
  readonly note: string;
  /** 0..1. */
  readonly values: readonly number[];
  /** Where a line stands, 0..1; null for none. */
  readonly mark: number | null;
  /** What is chosen, from and to. */
  readonly chosen: readonly [number, number] | null;
  readonly onChoose: (least: number | null, most: number | null) => void;
}

/** How shares are spread from 0 to 100 %; a press on a bar narrows the pictures to it, another on the same lets go. */
export function Histogram({ title, note, values, mark, chosen, onChoose }: HistogramProps) {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(value * BINS)));
    counts[bin] = counts[bin]! + 1;
  }
  const most = Math.max(1, ...counts);
  return (
    <figure class="plot card">
      <figcaption>
        <h3>{title}</h3>
        <p class="muted small">{note}</p>
      </figcaption>
      <div class="hist">
        {mark !== null && <i class="hist-mark" style={{ left: `${100 * mark}%` }} aria-hidden="true" />}
        {counts.map((count, i) => {
          const [from, to] = [i / BINS, (i + 1) / BINS];
          const on = chosen !== null && Math.abs(chosen[0] - from) < 1e-9 && Math.abs(chosen[1] - to) < 1e-9;
          return count === 0 ? (
            <span key={i} />
          ) : (
            <button
              key={i}
              type="button"
              aria-pressed={on}
              aria-label={`${counted(count, 'answer')} from ${percent(from)} to ${percent(to)}`}
              onClick={() => {
                if (on) onChoose(null, null);
                else onChoose(from, to);
              }}
            >
              <i style={{ height: `${(100 * count) / most}%` }} />
            </button>
          );
        })}
      </div>
      <p class="axis" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{percent(share)}</span>
        ))}
      </p>
    </figure>
  );
}

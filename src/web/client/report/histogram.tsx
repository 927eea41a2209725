import { percent } from '../shared/format.js';

const BINS = 20;
const HEIGHT = 120;

export interface HistogramProps {
  readonly title: string;
  /** Values 0..1; `className` is the outcome whose color is taken. */
  readonly groups: readonly { readonly name: string; readonly className: string; readonly values: readonly number[] }[];
  readonly summary: string;
}

/** How shares are spread, a row of bars a group, each to its own height; the line is the mean. */
export function Histogram({ title, groups, summary }: HistogramProps) {
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      <div role="img" aria-label={`${title}: ${summary}`}>
        {groups.map(({ name, className, values }) => (
          <Bars key={name} name={name} className={className} values={values} />
        ))}
      </div>
      <p class="axis" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{percent(share)}</span>
        ))}
      </p>
    </figure>
  );
}

function Bars({ name, className, values }: HistogramProps['groups'][number]) {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(value * BINS)));
    counts[bin] = counts[bin]! + 1;
  }
  const most = Math.max(1, ...counts);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return (
    <div class="histogram" aria-hidden="true">
      <span class="histogram-name">
        {name} <small>{values.length}</small>
      </span>
      <svg viewBox={`0 0 ${BINS} ${HEIGHT}`} preserveAspectRatio="none">
        {counts.map((count, i) => {
          const height = (count / most) * (HEIGHT - 4);
          return (
            <rect
              key={i}
              class={`outcome-${className}`}
              x={i + 0.06}
              width={0.88}
              y={HEIGHT - height}
              height={height}
            />
          );
        })}
        <line class="histogram-mean" x1={mean * BINS} x2={mean * BINS} y1="0" y2={HEIGHT} />
      </svg>
    </div>
  );
}

import type { FindingData } from '../../../report/html/report-data.js';
import { percent } from '../shared/format.js';

/** Shares beside each other, the first one the finding's, the others what it is compared with; whiskers are 95 % intervals. */
export function FigureBars({ figures }: { figures: FindingData['figures'] }) {
  const most = Math.max(0.01, ...figures.map(({ share, interval }) => Math.max(share, interval?.[1] ?? 0)));
  const width = (share: number): number => (Math.min(Math.max(share, 0), most) / most) * 100;
  return (
    <dl class="bars">
      {figures.map(({ name, share, interval }, i) => (
        <div key={name} class={i === 0 ? 'bar bar-first' : 'bar'}>
          <dt>{name}</dt>
          <dd>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect class="bar-track" x="0" y="1" width="100" height="8" />
              <rect class="bar-fill" x="0" y="1" width={width(share)} height="8" />
              {interval !== null && (
                <line class="bar-whisker" x1={width(interval[0])} x2={width(interval[1])} y1="5" y2="5" />
              )}
            </svg>
            <span class="bar-value">{percent(share)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

import { number, percent } from './format.js';
import { Term } from './term.js';

/** A score on the whole image, its quantiles under masks, and on the fill alone. */
export interface BeliefFigures {
  readonly baseline: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly filled: number;
}

/** The score on the whole picture, over runs with random parts hidden, and with all hidden, on one scale. */
export function Belief({ belief }: { belief: BeliefFigures }) {
  const { baseline, low, median, high, filled } = belief;
  const isShare = [baseline, low, median, high, filled].every((score) => score >= 0 && score <= 1);
  // One honest scale where scores have one; sums have no end.
  const most = isShare ? 1 : Math.max(baseline, high, filled, 1e-6);
  const at = (value: number): number => (Math.max(0, value) / most) * 100;
  const said = isShare ? percent : number;
  const words = `The score is ${said(baseline)} on the whole picture; with random parts hidden ${said(median)}, from ${said(low)} to ${said(high)} in nine of ten runs; with everything hidden ${said(filled)}.`;
  return (
    <figure class="belief">
      <figcaption>
        <Term of="score with random parts hidden">Score with random parts hidden</Term>
      </figcaption>
      <svg viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label={words}>
        <rect class="belief-track" x="0" y="5" width="100" height="4" />
        <rect class="belief-range" x={at(low)} y="3" width={Math.max(0.5, at(high) - at(low))} height="8" />
        <line class="belief-median" x1={at(median)} x2={at(median)} y1="2" y2="12" />
        <line class="belief-filled" x1={at(filled)} x2={at(filled)} y1="0" y2="14" />
        <line class="belief-baseline" x1={at(baseline)} x2={at(baseline)} y1="0" y2="14" />
      </svg>
      <p class="small">{words}</p>
    </figure>
  );
}

import { useMemo } from 'preact/hooks';
import { percent } from './format.js';
import { LineChart, type ChartLine } from './line-chart.js';
import { Term } from './term.js';

/** Scores over shares of changed pixels; null for a curve that was not measured. */
export interface CurveFigures {
  readonly shares: readonly number[];
  readonly deletion: readonly number[] | null;
  readonly insertion: readonly number[] | null;
}

export interface CurvesProps {
  readonly curves: CurveFigures;
  readonly deletionAuc: number | null;
  readonly insertionAuc: number | null;
  /** A share at which a line is drawn. */
  readonly marked?: number;
}

/** The score while the picture is hidden, and while it is shown, brightest places first. */
export function Curves({ curves, deletionAuc, insertionAuc, marked }: CurvesProps) {
  const lines = useMemo<ChartLine[]>(
    () => [
      ...(curves.deletion === null ? [] : [{ name: 'hidden', color: '--hide', values: curves.deletion } as const]),
      ...(curves.insertion === null
        ? []
        : [{ name: 'shown', color: '--keep', values: curves.insertion, dashed: true } as const]),
    ],
    [curves],
  );
  const means = [
    ...(deletionAuc === null ? [] : [`${percent(deletionAuc)} when hidden`]),
    ...(insertionAuc === null ? [] : [`${percent(insertionAuc)} when shown`]),
  ];
  const words = `Mean score, brightest places first: ${means.join(', ')}`;
  return (
    <figure class="curves">
      <figcaption>Score when parts are hidden or shown, brightest first</figcaption>
      <p class="legend">
        {deletionAuc !== null && (
          <span class="key key-hidden">
            <Term of="mean score when hidden">hidden</Term>: {percent(deletionAuc)} on average
          </span>
        )}
        {insertionAuc !== null && (
          <span class="key key-shown">
            <Term of="mean score when shown">shown</Term>: {percent(insertionAuc)} on average
          </span>
        )}
      </p>
      <LineChart
        shares={curves.shares}
        lines={lines}
        height={200}
        summary={words}
        {...(marked === undefined ? {} : { marked })}
      />
    </figure>
  );
}

import { useMemo } from 'preact/hooks';
import { number } from './format.js';
import { LineChart, type ChartLine } from './line-chart.js';

export interface CurvesProps {
  /** Scores over shares of changed pixels; null for a curve that was not measured. */
  readonly curves: {
    readonly shares: readonly number[];
    readonly deletion: readonly number[] | null;
    readonly insertion: readonly number[] | null;
  };
  readonly deletionAuc: number | null;
  readonly insertionAuc: number | null;
}

/** The score while pixels are removed or inserted in falling order of saliency. */
export function Curves({ curves, deletionAuc, insertionAuc }: CurvesProps) {
  const lines = useMemo<ChartLine[]>(
    () => [
      ...(curves.deletion === null
        ? []
        : [{ name: 'deletion', color: '--deletion', values: curves.deletion } as const]),
      ...(curves.insertion === null
        ? []
        : [{ name: 'insertion', color: '--insertion', values: curves.insertion } as const]),
    ],
    [curves],
  );
  const words = `Deletion AUC ${number(deletionAuc)}, insertion AUC ${number(insertionAuc)}`;
  return (
    <figure class="curves">
      <figcaption>
        Score while the most salient pixels are removed or inserted
        <span class="legend">
          <span class="key key-deletion">deletion {number(deletionAuc)}</span>
          <span class="key key-insertion">insertion {number(insertionAuc)}</span>
        </span>
      </figcaption>
      <LineChart shares={curves.shares} lines={lines} height={200} summary={words} />
    </figure>
  );
}

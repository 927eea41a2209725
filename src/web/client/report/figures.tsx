import type { ReportData, RunData } from '../../../report/html/report-data.js';
import { percent } from '../shared/format.js';
import { ClassTable } from './class-table.js';
import { Histogram } from './histogram.js';
import { Matrix } from './matrix.js';
import { METRICS, mixesMeasures, NO_FILTER, type Filter, type Row } from './rows.js';
import { rowsOfRun } from './verdict.js';

export interface FiguresProps {
  readonly data: ReportData;
  readonly rows: readonly Row[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

/** Figures over all answers; each narrows the pictures below to what is pressed. */
export function Figures({ data, rows, filter, onFilter }: FiguresProps) {
  return (
    <section id="figures" class="section" aria-labelledby="figures-title" tabIndex={-1}>
      <h2 id="figures-title">
        Figures <small>each narrows the pictures below</small>
      </h2>
      {mixesMeasures(data.runs) && <MixedMeasures runs={data.runs} />}
      {data.runs.map(({ name }, run) => (
        <RunFigures
          key={name}
          name={data.runs.length > 1 ? name : null}
          rows={rowsOfRun(rows, run)}
          measured={!mixesMeasures(data.runs)}
          filter={filter}
          onFilter={(change) => {
            onFilter({ ...NO_FILTER, ...change, run: data.runs.length > 1 ? String(run) : '' });
          }}
        />
      ))}
    </section>
  );
}

/** Why figures of what was hidden and shown are missing. */
export function MixedMeasures({ runs }: { runs: readonly RunData[] }) {
  const measures = runs.map(({ name, metrics }) => `${name}: ${metrics ?? 'not known'}`).join('; ');
  return (
    <p class="notice">
      The runs were measured differently ({measures}). What changes when parts are hidden or shown is not held against
      each other; each picture has it.
    </p>
  );
}

interface RunFiguresProps {
  readonly name: string | null;
  readonly rows: readonly Row[];
  readonly measured: boolean;
  readonly filter: Filter;
  readonly onFilter: (change: Partial<Filter>) => void;
}

function RunFigures({ name, rows, measured, filter, onFilter }: RunFiguresProps) {
  // Shares of maps that do not say what the answer depends on would be shares of nothing.
  const readable = rows.filter(({ trust }) => trust === 'trusted' || trust === 'unjudged');
  const mapped = rows.filter(({ trust }) => trust !== null).length;
  const right = readable.filter(({ target }) => target?.outcome === 'true-positive');
  const areas = right.flatMap(({ target }) => target?.objectArea ?? []);
  const chance = areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length;
  const valuesOf = (some: readonly Row[], metric: 'energy' | 'score'): number[] =>
    some.flatMap(({ target }) => (target === null ? [] : (METRICS[metric].of(target) ?? [])));
  const shares = valuesOf(right, 'energy');
  const scores = valuesOf(
    rows.filter(({ target }) => target?.outcome !== 'missed'),
    'score',
  ).filter((score) => score >= 0 && score <= 1);
  const ranged = (metric: 'energy' | 'score') =>
    filter.metric === metric && (filter.least !== null || filter.most !== null)
      ? ([filter.least ?? 0, filter.most ?? 1] as const)
      : null;
  return (
    <div class="run-figures">
      {name !== null && <h3 class="run-title">{name}</h3>}
      {readable.length < mapped && (
        <p class="small">
          {mapped - readable.length} of {mapped} maps are not to be read, and count in no figure about maps.
        </p>
      )}
      <div class="figures">
        <Matrix name={name} rows={rows} filter={filter} onFilter={onFilter} />
        <ClassTable
          name={name}
          rows={rows}
          readable={readable}
          measured={measured}
          filter={filter}
          onFilter={onFilter}
        />
        {shares.length > 0 && (
          <Histogram
            title="How much of the map lies on the object"
            note={`Of ${shares.length} right answers${chance === null ? '' : `; the dashed line is the mean share of the picture that the object covers, ${percent(chance)}: chance gives that`}.`}
            values={shares}
            mark={chance}
            chosen={ranged('energy')}
            onChoose={(least, most) => {
              onFilter({ metric: 'energy', least, most, outcome: 'true-positive' });
            }}
          />
        )}
        {scores.length > 0 && (
          <Histogram
            title="Score of the answers"
            note="A low score alone does not make an answer wrong, nor a high one right."
            values={scores}
            mark={null}
            chosen={ranged('score')}
            onChoose={(least, most) => {
              onFilter({ metric: 'score', least, most });
            }}
          />
        )}
      </div>
    </div>
  );
}

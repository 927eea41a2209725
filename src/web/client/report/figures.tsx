import { useMemo, useState } from 'preact/hooks';
import { isTrusted, VERDICTS } from '../../../explain/verdict.js';
import type { ReportData, TargetData } from '../../../report/html/report-data.js';
import { number, percent } from '../shared/format.js';
import { classCounts } from './class-counts.js';
import { Histogram } from './histogram.js';
import { OUTCOME_NAMES, type Row } from './rows.js';

/** Classes shown before the rest is asked for. */
const CLASSES = 12;

/** The outcomes of bars, in their order. */
const OUTCOMES = ['true-positive', 'wrong-class', 'false-positive', 'missed', 'ignored', 'explained'] as const;

/** Figures over all answers: what came out, and how maps stand against the objects. */
export function Figures({ data, rows }: { data: ReportData; rows: readonly Row[] }) {
  return (
    <section id="figures" class="section" aria-labelledby="figures-title">
      <h2 id="figures-title">Figures</h2>
      <div class="runs">
        {data.runs.map(({ name }, run) => (
          <RunFigures
            key={name}
            name={data.runs.length > 1 ? name : null}
            rows={rows.filter((row) => row.run === run)}
          />
        ))}
      </div>
    </section>
  );
}

function RunFigures({ name, rows }: { name: string | null; rows: readonly Row[] }) {
  const all = rows.flatMap(({ target }) => target ?? []);
  // Means over maps that do not say what the answer depends on would be means of nothing.
  const targets = all.filter(({ verdict }) => isTrusted(verdict));
  const leftOut = VERDICTS.flatMap((verdict) => {
    const count = verdict === 'ok' ? 0 : all.filter((target) => target.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  // What was missed is no answer.
  const judged = rows.filter(
    ({ target }) => target?.outcome != null && !['ignored', 'missed'].includes(target.outcome),
  );
  const right = judged.filter(({ target }) => target?.outcome === 'true-positive').length;
  const energies = (outcomes: readonly string[]): number[] =>
    targets.flatMap(({ outcome, energyInObject, energyInBox }) =>
      outcomes.includes(outcome ?? '') ? (energyInObject ?? energyInBox ?? []) : [],
    );
  const groups = [
    { name: 'right', className: 'true-positive', values: energies(['true-positive']) },
    { name: 'wrong', className: 'wrong-class', values: energies(['wrong-class', 'false-positive']) },
  ].filter(({ values }) => values.length > 0);
  return (
    <div class="run-figures">
      {name !== null && <h3 class="run-title">{name}</h3>}
      <dl class="tiles">
        {judged.length > 0 && (
          <Tile name="right answers" value={percent(right / judged.length)} note={`${right} of ${judged.length}`} />
        )}
        <MeanTile name="saliency on the object" targets={targets} of={(target) => target.energyInObject} share />
        <MeanTile name="deletion AUC" note="lower is better" targets={targets} of={(target) => target.deletionAuc} />
        <MeanTile name="insertion AUC" note="higher is better" targets={targets} of={(target) => target.insertionAuc} />
        <MeanTile name="flips when removed" targets={targets} of={(target) => target.removed?.share ?? null} share />
        <MeanTile name="reliability" targets={targets} of={(target) => target.reliability} />
      </dl>
      {leftOut.length > 0 && (
        <p class="small">
          Maps left out of these means and of the histogram: {leftOut.join(', ')}. They do not say what the answer
          depends on.
        </p>
      )}
      <div class="plots">
        <ClassBars rows={rows} />
        {groups.length > 0 && (
          <Histogram
            title="Share of saliency on the object"
            groups={groups}
            summary={groups
              .map(({ name: group, values }) => `${group}: mean ${percent(mean(values))} of ${values.length}`)
              .join('; ')}
          />
        )}
      </div>
    </div>
  );
}

function Tile({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <small>{note}</small>
      </dd>
    </div>
  );
}

interface MeanTileProps {
  readonly name: string;
  readonly targets: readonly TargetData[];
  readonly of: (target: TargetData) => number | null;
  readonly share?: boolean;
  readonly note?: string;
}

/** A mean with the number of answers behind it; nothing where none was measured. */
function MeanTile({ name, targets, of, share = false, note }: MeanTileProps) {
  const values = targets.flatMap((target) => of(target) ?? []);
  if (values.length === 0) return null;
  const value = mean(values);
  const behind = `mean of ${values.length.toLocaleString('en')}`;
  return (
    <Tile
      name={name}
      value={share ? percent(value) : number(value)}
      note={note === undefined ? behind : `${behind}, ${note}`}
    />
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How the answers about each class came out. */
function ClassBars({ rows }: { rows: readonly Row[] }) {
  const [all, setAll] = useState(false);
  const classes = useMemo(() => classCounts(rows), [rows]);
  const shown = all ? classes : classes.slice(0, CLASSES);
  const most = Math.max(1, ...classes.map(({ total }) => total));
  const present = OUTCOMES.filter((outcome) => classes.some(({ counts }) => counts.has(outcome)));
  return (
    <figure class="plot">
      <figcaption>
        Outcomes by class
        <span class="legend">
          {present.map((outcome) => (
            <span key={outcome} class={`key outcome-${outcome}`}>
              {OUTCOME_NAMES[outcome]}
            </span>
          ))}
        </span>
      </figcaption>
      <table class="class-bars">
        <caption class="visually-hidden">Outcomes by class</caption>
        <tbody>
          {shown.map(({ label, names, counts, total }) => (
            <tr key={label}>
              <th scope="row" title={names.length > 1 ? names.join(', ') : undefined}>
                {label}
              </th>
              <td>
                <span class="visually-hidden">
                  {[...counts].map(([outcome, count]) => `${OUTCOME_NAMES[outcome] ?? outcome} ${count}`).join(', ')}
                </span>
                <span class="stack" aria-hidden="true" style={{ width: `${(total / most) * 100}%` }}>
                  {present.map((outcome) => (
                    <span
                      key={outcome}
                      class={`piece outcome-${outcome}`}
                      style={{ flexGrow: counts.get(outcome) ?? 0 }}
                    />
                  ))}
                </span>
              </td>
              <td class="count">{total}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {classes.length > CLASSES && (
        <button
          type="button"
          class="link"
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? 'Fewer' : `All ${classes.length}`}
        </button>
      )}
    </figure>
  );
}

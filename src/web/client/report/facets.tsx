import { useMemo } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import { Icon, type State } from '../shared/icon.js';
import {
  comparableMetrics,
  different,
  METRIC_NAMES,
  METRICS,
  OUTCOME_NAMES,
  outcomeOf,
  REASONS,
  TRUST,
  type Filter,
  type Row,
} from './rows.js';

export interface FacetsProps {
  readonly data: ReportData;
  readonly rows: readonly Row[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  /** Whether they are shown where there is no room beside the pictures. */
  readonly shown: boolean;
}

/** Facets with more choices than this are menus. */
const MANY = 12;

const OUTCOME_STATES: Readonly<Record<string, State>> = {
  'true-positive': 'good',
  'wrong-class': 'bad',
  'false-positive': 'bad',
  missed: 'bad',
  failed: 'bad',
};

/** What narrows the pictures, with the number of each. */
export function Facets({ data, rows, filter, onFilter, shown }: FacetsProps) {
  const labels = useMemo(
    () => different(rows.flatMap(({ target }) => [target?.label ?? [], target?.trueLabel ?? []].flat())),
    [rows],
  );
  const findings = useMemo(() => findingChoices(rows), [rows]);
  const set = (change: Partial<Filter>): void => {
    onFilter({ ...filter, ...change });
  };
  return (
    <div class={`facets card${shown ? ' facets-shown' : ''}`}>
      {data.runs.length > 1 && (
        <Facet
          name="Model"
          value={filter.run}
          choices={data.runs.map(({ name }, i) => ({ value: String(i), name, of: ({ run }: Row) => run === i }))}
          rows={rows}
          onChange={(run) => {
            set({ run });
          }}
        />
      )}
      <Facet
        name="Answer is"
        value={filter.outcome}
        choices={different(rows.map(outcomeOf)).map((outcome) => ({
          value: outcome,
          name: OUTCOME_NAMES[outcome] ?? outcome,
          state: OUTCOME_STATES[outcome] ?? 'unknown',
          of: (row: Row) => outcomeOf(row) === outcome,
        }))}
        rows={rows}
        onChange={(outcome) => {
          set({ outcome });
        }}
      />
      <Facet
        name="Depends on"
        value={filter.reason}
        choices={Object.entries(REASONS).map(([reason, { name, state }]) => ({
          value: reason,
          name,
          state,
          of: (row: Row) => row.reason === reason,
        }))}
        rows={rows}
        onChange={(reason) => {
          set({ reason });
        }}
      />
      <Facet
        name="Map"
        value={filter.trust}
        choices={Object.entries(TRUST).map(([trust, { name, state }]) => ({
          value: trust,
          name,
          state,
          of: (row: Row) => row.trust === trust,
        }))}
        rows={rows}
        onChange={(trust) => {
          set({ trust });
        }}
      />
      {findings.length > 0 && (
        <Facet
          name="Finding"
          value={filter.finding}
          choices={findings.map((name) => ({
            value: name,
            name,
            of: ({ findings: kinds, titles }: Row) => kinds.includes(name) || titles.includes(name),
          }))}
          rows={rows}
          onChange={(finding) => {
            set({ finding });
          }}
        />
      )}
      <Facet
        name="Class"
        value={filter.label}
        choices={labels.map((label) => ({
          value: label,
          name: label,
          of: ({ target }: Row) => target?.label === label || target?.trueLabel === label,
        }))}
        rows={rows}
        onChange={(label) => {
          set({ label });
        }}
      />
      <fieldset class="facet">
        <legend>Figure</legend>
        <select
          aria-label="Figure"
          value={filter.metric}
          onChange={(event) => {
            const metric = METRIC_NAMES.find((name) => name === event.currentTarget.value);
            if (metric !== undefined) set({ metric });
          }}
        >
          {comparableMetrics(data).map((metric) => (
            <option key={metric} value={metric}>
              {METRICS[metric].name}
            </option>
          ))}
        </select>
        <span class="bounds">
          <Bound
            name="from"
            value={filter.least}
            onInput={(least) => {
              set({ least });
            }}
          />
          <Bound
            name="to"
            value={filter.most}
            onInput={(most) => {
              set({ most });
            }}
          />
        </span>
      </fieldset>
    </div>
  );
}

interface Choice {
  readonly value: string;
  readonly name: string;
  readonly state?: State;
  readonly of: (row: Row) => boolean;
}

interface FacetProps {
  readonly name: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly rows: readonly Row[];
  readonly onChange: (value: string) => void;
}

/** One thing that pictures differ in: a press chooses, another on the same lets go. */
function Facet({ name, value, choices, rows, onChange }: FacetProps) {
  const counted = useMemo(
    () =>
      choices.map((choice) => ({ ...choice, count: rows.filter(choice.of).length })).filter(({ count }) => count > 0),
    [rows, choices.length],
  );
  if (counted.length === 0) return null;
  if (counted.length > MANY) {
    return (
      <label class="facet field">
        <span>{name}</span>
        <select
          aria-label={name}
          value={value}
          onChange={(event) => {
            onChange(event.currentTarget.value);
          }}
        >
          <option value="">all</option>
          {counted.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.name} ({choice.count})
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <fieldset class="facet">
      <legend>{name}</legend>
      {counted.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={value === choice.value}
          onClick={() => {
            onChange(value === choice.value ? '' : choice.value);
          }}
        >
          <span>
            {choice.state !== undefined && <Icon of={choice.state} />} {choice.name}
          </span>
          <small>{choice.count}</small>
        </button>
      ))}
    </fieldset>
  );
}

interface BoundProps {
  readonly name: string;
  readonly value: number | null;
  readonly onInput: (value: number | null) => void;
}

function Bound({ name, value, onInput }: BoundProps) {
  return (
    <label>
      <span>{name}</span>
      <input
        type="number"
        step="0.05"
        value={value ?? ''}
        onInput={(event) => {
          const next = event.currentTarget.valueAsNumber;
          onInput(Number.isNaN(next) ? null : next);
        }}
      />
    </label>
  );
}

/** Kinds of finding, each followed by its findings where there are several. */
function findingChoices(rows: readonly Row[]): string[] {
  const titles = different(rows.flatMap((row) => row.titles));
  return different(rows.flatMap((row) => row.findings)).flatMap((kind) => {
    const own = titles.filter((title) => title.startsWith(`${kind}: `));
    return own.length > 1 ? [kind, ...own] : [kind];
  });
}

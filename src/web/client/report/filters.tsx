import { useMemo } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import {
  different,
  METRIC_NAMES,
  METRICS,
  NO_FILTER,
  OUTCOME_NAMES,
  outcomeOf,
  type Filter,
  type Row,
} from './rows.js';

export interface FiltersProps {
  readonly data: ReportData;
  readonly rows: readonly Row[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

/** What narrows the table. */
export function Filters({ data, rows, filter, onFilter }: FiltersProps) {
  const labels = useMemo(
    () => different(rows.flatMap(({ target }) => [target?.label ?? [], target?.trueLabel ?? []].flat())),
    [rows],
  );
  const outcomes = useMemo(() => different(rows.map(outcomeOf)), [rows]);
  const findings = useMemo(() => findingChoices(rows), [rows]);
  const set = (change: Partial<Filter>): void => {
    onFilter({ ...filter, ...change });
  };
  return (
    <form
      class="filters"
      role="search"
      aria-label="Images"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <label class="field field-search">
        <span>Search</span>
        <input
          type="search"
          value={filter.text}
          placeholder="name or class"
          onInput={(event) => {
            set({ text: event.currentTarget.value });
          }}
        />
      </label>
      {data.runs.length > 1 && (
        <Menu
          name="Model"
          value={filter.run}
          choices={data.runs.map(({ name }, i) => [String(i), name])}
          onChange={(run) => {
            set({ run });
          }}
        />
      )}
      <Menu
        name="Class"
        value={filter.label}
        choices={labels.map((label) => [label, label])}
        onChange={(label) => {
          set({ label });
        }}
      />
      <Menu
        name="Outcome"
        value={filter.outcome}
        choices={outcomes.map((outcome) => [outcome, OUTCOME_NAMES[outcome] ?? outcome])}
        onChange={(outcome) => {
          set({ outcome });
        }}
      />
      {findings.length > 0 && (
        <Menu
          name="Finding"
          value={filter.finding}
          choices={findings.map((name) => [name, name])}
          onChange={(finding) => {
            set({ finding });
          }}
        />
      )}
      <fieldset class="metric">
        <legend>Metric</legend>
        <select
          aria-label="Metric"
          value={filter.metric}
          onChange={(event) => {
            const metric = METRIC_NAMES.find((name) => name === event.currentTarget.value);
            if (metric !== undefined) set({ metric });
          }}
        >
          {METRIC_NAMES.map((metric) => (
            <option key={metric} value={metric}>
              {METRICS[metric].name}
            </option>
          ))}
        </select>
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
      </fieldset>
      <button
        type="button"
        class="plain"
        disabled={JSON.stringify(filter) === JSON.stringify(NO_FILTER)}
        onClick={() => {
          onFilter(NO_FILTER);
        }}
      >
        Clear
      </button>
    </form>
  );
}

interface MenuProps {
  readonly name: string;
  readonly value: string;
  readonly choices: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}

function Menu({ name, value, choices, onChange }: MenuProps) {
  return (
    <label class="field">
      <span>{name}</span>
      <select
        aria-label={name}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      >
        <option value="">all</option>
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
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

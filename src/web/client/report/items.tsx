import { useState } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import { CopyButton } from '../shared/copy-button.js';
import { counted } from '../shared/format.js';
import { Icon } from '../shared/icon.js';
import { Facets } from './facets.js';
import { ItemGrid } from './item-grid.js';
import { ItemTable } from './item-table.js';
import {
  answersOf,
  comparableMetrics,
  METRICS,
  NO_FILTER,
  OUTCOME_NAMES,
  REASONS,
  TRUST,
  type Filter,
  type Row,
  type Sort,
  type SortKey,
} from './rows.js';
import { narrowedBy, type PageState } from './state.js';

export interface ItemsProps {
  readonly data: ReportData;
  readonly rows: readonly Row[];
  readonly chosen: readonly Row[];
  readonly state: PageState;
  readonly onChange: (change: Partial<PageState>) => void;
  readonly onShow: (row: Row) => void;
}

/** Every picture: to search, narrow, sort and open, as a grid or a table. */
export function Items({ data, rows, chosen, state, onChange, onShow }: ItemsProps) {
  const [narrow, setNarrow] = useState(false);
  const { filter, sort, view } = state;
  const onFilter = (next: Filter): void => {
    onChange({ filter: next });
  };
  const chips = narrowedBy(filter, (part, value) => nameOfPart(data, part, value));
  return (
    <section id="items" class="section" aria-labelledby="items-title" tabIndex={-1}>
      <h2 id="items-title">Pictures</h2>
      <div class="browse">
        <Facets data={data} rows={rows} filter={filter} onFilter={onFilter} shown={narrow} />
        <div class="browse-main">
          <div class="tools" role="search" aria-label="Pictures">
            <label class="field field-search">
              <span>Search</span>
              <input
                type="search"
                value={filter.text}
                placeholder="name or class"
                onInput={(event) => {
                  onFilter({ ...filter, text: event.currentTarget.value });
                }}
              />
            </label>
            <label class="field">
              <span>Sort</span>
              <SortMenu
                data={data}
                sort={sort}
                onSort={(next) => {
                  onChange({ sort: next });
                }}
              />
            </label>
            <div class="seg" role="group" aria-label="Show as">
              {(['grid', 'table'] as const).map((one) => (
                <button
                  key={one}
                  type="button"
                  aria-pressed={view === one}
                  onClick={() => {
                    onChange({ view: one });
                  }}
                >
                  <Icon of={one === 'grid' ? 'grid' : 'list'} /> {one === 'grid' ? 'Grid' : 'Table'}
                </button>
              ))}
            </div>
            <button
              type="button"
              class="plain facets-open"
              aria-expanded={narrow}
              onClick={() => {
                setNarrow(!narrow);
              }}
            >
              <Icon of="filter" /> Filters
            </button>
            <CopyButton text={() => location.href}>Copy link</CopyButton>
          </div>
          <div class="chosen">
            <p role="status">{countText(rows, chosen)}</p>
            {chips.map(({ name, without }) => (
              <span key={name} class="chip">
                {name}
                <button
                  type="button"
                  aria-label={`Without: ${name}`}
                  onClick={() => {
                    onFilter(without);
                  }}
                >
                  <Icon of="close" />
                </button>
              </span>
            ))}
            {chips.length > 0 && (
              <button
                type="button"
                class="link"
                onClick={() => {
                  onFilter(NO_FILTER);
                }}
              >
                Show all
              </button>
            )}
          </div>
          {chosen.length === 0 ? (
            <p class="empty">No picture is left: take a filter away.</p>
          ) : view === 'grid' ? (
            <ItemGrid data={data} chosen={chosen} onShow={onShow} />
          ) : (
            <ItemTable
              data={data}
              chosen={chosen}
              sort={sort}
              onSort={(next) => {
                onChange({ sort: next });
              }}
              onShow={onShow}
            />
          )}
        </div>
      </div>
    </section>
  );
}

/** Which way a column is sorted first. */
const FALLING: ReadonlySet<SortKey> = new Set(['score', 'deletion']);

function SortMenu({ data, sort, onSort }: { data: ReportData; sort: Sort; onSort: (sort: Sort) => void }) {
  const choices: readonly (readonly [SortKey, string])[] = [
    ['need', 'Most in need of a look'],
    ['item', 'Name'],
    ['answer', 'Answer'],
    ['truth', 'Truth'],
    ['outcome', 'Outcome'],
    ...comparableMetrics(data).map(
      (metric) => [metric, `${METRICS[metric].name}, ${FALLING.has(metric) ? 'high' : 'low'} first`] as const,
    ),
  ];
  return (
    <select
      value={sort.by}
      onChange={(event) => {
        const [by] = choices.find(([key]) => key === event.currentTarget.value) ?? [];
        if (by !== undefined) onSort({ by, falling: FALLING.has(by) });
      }}
    >
      {choices.map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** What a chip says. */
function nameOfPart({ runs }: ReportData, part: keyof Filter, value: string): string {
  switch (part) {
    case 'text':
      return `“${value}”`;
    case 'run':
      return `Model: ${runs[Number(value)]?.name ?? value}`;
    case 'label':
      return `Class: ${value}`;
    case 'answer':
      return `Answer is ${value}`;
    case 'truth':
      return `Truth is ${value}`;
    case 'outcome':
      return `Answer is ${OUTCOME_NAMES[value] ?? value}`;
    case 'reason':
      return `Depends on ${Object.entries(REASONS).find(([reason]) => reason === value)?.[1].name ?? value}`;
    case 'trust':
      return `Map: ${Object.entries(TRUST).find(([trust]) => trust === value)?.[1].name ?? value}`;
    default:
      return value;
  }
}

/** `3 of 22 answers and 1 picture without any`. */
function countText(rows: readonly Row[], chosen: readonly Row[]): string {
  const [all, shown] = [answersOf(rows).length, answersOf(chosen).length];
  const answers = `${shown === all ? '' : `${shown.toLocaleString('en')} of `}${counted(all, 'answer')}`;
  const without = chosen.length - shown;
  return without === 0 ? answers : `${answers} and ${counted(without, 'picture')} without any`;
}

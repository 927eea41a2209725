import type { RefObject } from 'preact';
import type { ReportData } from '../../../report/html/report-data.js';
import { counted } from '../shared/format.js';
import { Filters } from './filters.js';
import { ItemTable } from './item-table.js';
import type { Filter, Row, Sort } from './rows.js';

export interface ItemsProps {
  readonly data: ReportData;
  readonly rows: readonly Row[];
  readonly chosen: readonly Row[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onShow: (row: Row) => void;
  readonly section: RefObject<HTMLElement | null>;
}

/** Every picture: to search, filter, sort and open. */
export function Items(props: ItemsProps) {
  const { data, rows, chosen, filter, onFilter, section } = props;
  return (
    <section id="items" class="section" aria-labelledby="items-title" ref={section} tabIndex={-1}>
      <h2 id="items-title">Pictures</h2>
      <Filters data={data} rows={rows} filter={filter} onFilter={onFilter} />
      <p class="chosen" role="status">
        {chosen.length === rows.length
          ? counted(rows.length, 'answer')
          : `${chosen.length.toLocaleString('en')} of ${counted(rows.length, 'answer')}`}
      </p>
      <ItemTable {...props} />
    </section>
  );
}

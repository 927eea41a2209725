import type { RefObject } from 'preact';
import type { ReportData } from '../../../report/html/report-data.js';
import { counted } from '../shared/format.js';
import { Filters } from './filters.js';
import { ItemTable } from './item-table.js';
import { answersOf, type Filter, type Row, type Sort } from './rows.js';

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

/** Every image: to search, filter, sort and open. */
export function Items(props: ItemsProps) {
  const { data, rows, chosen, filter, onFilter, section } = props;
  return (
    <section id="items" class="section" aria-labelledby="items-title" ref={section} tabIndex={-1}>
      <h2 id="items-title">Images</h2>
      <Filters data={data} rows={rows} filter={filter} onFilter={onFilter} />
      <p class="chosen" role="status">
        {countText(rows, chosen)}
      </p>
      <ItemTable {...props} />
    </section>
  );
}

/** `3 of 22 answers and 1 image without any`. */
function countText(rows: readonly Row[], chosen: readonly Row[]): string {
  const [all, shown] = [answersOf(rows).length, answersOf(chosen).length];
  const answers = `${shown === all ? '' : `${shown.toLocaleString('en')} of `}${counted(all, 'answer')}`;
  const without = chosen.length - shown;
  return without === 0 ? answers : `${answers} and ${counted(without, 'image')} without any`;
}

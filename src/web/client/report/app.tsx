import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import { USUAL_SETTINGS } from '../shared/view-settings.js';
import { Checks } from './checks.js';
import { Facts } from './facts.js';
import { Figures } from './figures.js';
import { Findings } from './findings.js';
import { Header } from './header.js';
import { ItemDialog } from './item-dialog.js';
import { ItemView } from './item-view.js';
import { Items } from './items.js';
import { chosenRows, NO_FILTER, rowsOf, type Filter, type Row, type Sort } from './rows.js';

/** What is open, as the address's hash says: so that browsers' buttons work and an image can be linked to. */
function useOpenRow(): [string | null, (key: string | null) => void] {
  const read = (): string | null => (location.hash.startsWith('#item=') ? decodeHash(location.hash.slice(6)) : null);
  const [key, setKey] = useState(read);
  useEffect(() => {
    const onHash = (): void => {
      setKey(read());
    };
    addEventListener('hashchange', onHash);
    return () => {
      removeEventListener('hashchange', onHash);
    };
  }, []);
  const open = useCallback((next: string | null) => {
    setKey(next);
    history.replaceState(null, '', next === null ? '#items' : `#item=${encodeURIComponent(next)}`);
  }, []);
  return [key, open];
}

function decodeHash(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The report: findings first, then figures, then every image. */
export function App({ data }: { data: ReportData }) {
  const rows = useMemo(() => rowsOf(data), [data]);
  const byKey = useMemo(() => new Map(rows.map((row) => [row.key, row])), [rows]);
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [sort, setSort] = useState<Sort>({ by: 'item', falling: false });
  const [settings, setSettings] = useState(USUAL_SETTINGS);
  const [openKey, open] = useOpenRow();
  const table = useRef<HTMLElement>(null);
  const chosen = useMemo(() => chosenRows(rows, filter, sort), [rows, filter, sort]);
  const openRow = openKey === null ? undefined : byKey.get(openKey);
  const show = (row: Row | undefined): void => {
    if (row !== undefined) open(row.key);
  };
  const single = data.items.length === 1 && rows.every(({ item }) => item.truth === null);
  const dialog = openRow !== undefined && (
    <ItemDialog
      data={data}
      row={openRow}
      rows={chosen.includes(openRow) ? chosen : rows}
      settings={settings}
      onSettings={setSettings}
      onShow={show}
      onClose={() => {
        open(null);
      }}
    />
  );
  const [first] = data.items;
  if (single && first !== undefined) {
    return (
      <>
        <Header data={data} rows={rows} sections={[]} />
        <main>
          <section class="section">
            <ItemView
              data={data}
              item={first}
              settings={settings}
              onSettings={setSettings}
              index={rows[0]?.target?.index ?? 0}
            />
          </section>
          <Facts data={data} />
        </main>
      </>
    );
  }
  return (
    <>
      <Header
        data={data}
        rows={rows}
        sections={[
          ['findings', 'Findings'],
          ['figures', 'Figures'],
          ['items', 'Images'],
          ['facts', 'How it was made'],
        ]}
      />
      <main>
        <section id="findings" class="section" aria-labelledby="findings-title">
          <h2 id="findings-title">Findings</h2>
          <Checks data={data} />
          <Findings
            data={data}
            byKey={byKey}
            onShow={show}
            onList={(finding, run) => {
              setFilter({ ...NO_FILTER, finding, run: data.runs.length > 1 ? String(run) : '' });
              table.current?.scrollIntoView({ block: 'start' });
              table.current?.focus({ preventScroll: true });
            }}
          />
        </section>
        <Figures data={data} rows={rows} />
        <Items
          data={data}
          rows={rows}
          chosen={chosen}
          filter={filter}
          onFilter={setFilter}
          sort={sort}
          onSort={setSort}
          onShow={show}
          section={table}
        />
        <Facts data={data} />
      </main>
      {dialog}
    </>
  );
}

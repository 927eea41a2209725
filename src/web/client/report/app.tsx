import { useMemo, useState } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import { USUAL_SETTINGS } from '../shared/view-settings.js';
import { ChecksTable, QuietChecks } from './checks.js';
import { comparisonVerdict, pairsOf } from './compare.js';
import { Comparison } from './comparison.js';
import { Facts } from './facts.js';
import { Figures } from './figures.js';
import { Findings } from './findings.js';
import { goTo, Header } from './header.js';
import { ItemDialog } from './item-dialog.js';
import { ItemView } from './item-view.js';
import { Items } from './items.js';
import { chosenRows, NO_FILTER, rowsOf, type Filter, type Row } from './rows.js';
import { usePageState } from './state.js';
import { Band, Lead, Points } from './summary.js';
import { itemsOfRun, rowsOfRun, verdictOf } from './verdict.js';

const SECTIONS = [
  ['findings', 'Findings'],
  ['figures', 'Figures'],
  ['items', 'Pictures'],
  ['facts', 'How it was made'],
] as const;

/** The report: a verdict, what was found, figures, and every picture. */
export function App({ data }: { data: ReportData }) {
  const rows = useMemo(() => rowsOf(data), [data]);
  const [only] = data.items;
  const single = data.items.length === 1 && rows.every(({ item }) => item.truth === null);
  return single && only !== undefined ? <SinglePage data={data} rows={rows} /> : <FullPage data={data} rows={rows} />;
}

/** The page of one picture. */
function SinglePage({ data, rows }: { data: ReportData; rows: readonly Row[] }) {
  const [settings, setSettings] = useState(USUAL_SETTINGS);
  const [item] = data.items;
  if (item === undefined) return null;
  const [subject = '', ...models] = data.title.split(' · ');
  return (
    <>
      <Header data={data} sections={[]} />
      <main class="page">
        <Lead verdict={{ lead: subject, sub: models.join(' · ') }} />
        <h2 class="visually-hidden">What the model answers, and why</h2>
        <ItemView
          data={data}
          item={item}
          settings={settings}
          onSettings={setSettings}
          index={rows[0]?.target?.index ?? 0}
        />
        <Facts data={data} />
      </main>
    </>
  );
}

function FullPage({ data, rows }: { data: ReportData; rows: readonly Row[] }) {
  const byKey = useMemo(() => new Map(rows.map((row) => [row.key, row])), [rows]);
  const [settings, setSettings] = useState(USUAL_SETTINGS);
  const [state, change] = usePageState();
  const { filter, sort, item, pair } = state;
  const chosen = useMemo(() => chosenRows(rows, filter, sort), [rows, filter, sort]);
  const several = data.runs.length > 1;
  const pairs = useMemo(() => (several ? pairsOf(data, pair) : []), [data, several, pair[0], pair[1]]);
  const verdict = useMemo(() => {
    const [run] = data.runs;
    if (several) return comparisonVerdict(data, pair, pairs, rows);
    return run === undefined ? null : verdictOf(run, rowsOfRun(rows, 0), itemsOfRun(data, 0));
  }, [data, rows, pairs]);
  const open = item === null ? undefined : byKey.get(item);
  const show = (row: Row | undefined): void => {
    if (row !== undefined) change({ item: row.key });
  };
  /** What is pressed narrows the pictures, and the page goes there. */
  const narrow = (next: Filter): void => {
    change({ filter: next });
    goTo('items');
  };
  return (
    <>
      <Header data={data} sections={several ? [['pairs', 'Picture by picture'], ...SECTIONS] : SECTIONS} />
      <main class="page">
        {verdict !== null && (
          <section id="summary" aria-label="Summary">
            <Lead verdict={verdict} />
            <Band questions={verdict.questions} onFilter={narrow} />
            {!several && <Points data={data} byKey={byKey} />}
          </section>
        )}
        {several && (
          <>
            <section class="section" aria-labelledby="differs-title">
              <h2 id="differs-title">
                What differs <small>by check</small>
              </h2>
              <ChecksTable data={data} />
            </section>
            <Comparison
              data={data}
              runs={pair}
              onRuns={(runs) => {
                change({ pair: runs });
              }}
              pairs={pairs}
              onShow={(one) => {
                show(rows.find((row) => row.item === one.item && row.run === pair[0]));
              }}
            />
          </>
        )}
        <section id="findings" class="section" aria-labelledby="findings-title" tabIndex={-1}>
          <h2 id="findings-title">
            Findings <small>most grave first</small>
          </h2>
          <ul class="keys" aria-label="What pictures and bars show">
            <li class="key-item key-truth">dashed: the annotated object</li>
            <li class="key-item key-map">bright: what raises the score</li>
            <li class="key-item key-tick">tick on a bar: what chance gives</li>
          </ul>
          <Findings
            data={data}
            byKey={byKey}
            onShow={show}
            onList={(finding, run) => {
              narrow({ ...NO_FILTER, finding, run: several ? String(run) : '' });
            }}
          />
          {!several && data.runs[0] !== undefined && <QuietChecks checks={data.runs[0].checks} />}
        </section>
        <Figures data={data} rows={rows} filter={filter} onFilter={narrow} />
        <Items data={data} rows={rows} chosen={chosen} state={state} onChange={change} onShow={show} />
        <Facts data={data} />
      </main>
      {open !== undefined && (
        <ItemDialog
          data={data}
          row={open}
          rows={chosen.includes(open) ? chosen : rows}
          settings={settings}
          onSettings={setSettings}
          onShow={show}
          onClose={() => {
            change({ item: null });
          }}
        />
      )}
    </>
  );
}

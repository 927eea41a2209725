import { isDrawn } from '../../../explain/verdict.js';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import { Icon } from '../shared/icon.js';
import { ImageViewer } from '../shared/image-viewer.js';
import { usePrinting } from './printing.js';
import { USUAL_SETTINGS, type ViewSettings } from '../shared/view-settings.js';
import {
  comparableMetrics,
  METRICS,
  metricText,
  OUTCOME_NAMES,
  outcomeOf,
  TRUST,
  truthText,
  type Metric,
  type Row,
  type Sort,
  type SortKey,
} from './rows.js';

/** Height of a row in pixels, and rows drawn beyond the visible ones. */
const ROW = 56;
const BEYOND = 6;

const THUMBNAIL: ViewSettings = { ...USUAL_SETTINGS, boxes: false, significant: false };

const COLUMNS: readonly (readonly [SortKey, string])[] = [
  ['item', 'Picture'],
  ['answer', 'Answer'],
  ['truth', 'Truth'],
  ['outcome', 'Outcome'],
];

export interface ItemTableProps {
  readonly data: ReportData;
  readonly chosen: readonly Row[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onShow: (row: Row) => void;
}

/** The rows, of which only the visible ones are in the page; all of them when it is printed. */
export function ItemTable({ data, chosen, sort, onSort, onShow }: ItemTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  // Keys may come faster than images are drawn: the next row counts from where the last key went.
  const goal = useRef(0);
  const wantsFocus = useRef(false);
  const printing = usePrinting();
  const metrics = useMemo(() => comparableMetrics(data), [data]);
  const height = box.current?.clientHeight ?? 600;
  const first = printing ? 0 : Math.max(0, Math.floor(top / ROW) - BEYOND);
  const last = printing ? chosen.length : Math.min(chosen.length, Math.ceil((top + height) / ROW) + BEYOND);
  const current = Math.min(active, Math.max(0, chosen.length - 1));
  if (!wantsFocus.current) goal.current = current;

  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
    setTop(0);
    setActive(0);
  }, [chosen]);

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    box.current?.querySelector<HTMLElement>(`[data-row="${current}"]`)?.focus({ preventScroll: true });
  });

  const moveTo = (next: number): void => {
    const target = Math.min(chosen.length - 1, Math.max(0, next));
    const element = box.current;
    if (element === null) return;
    wantsFocus.current = true;
    goal.current = target;
    const head = element.querySelector('thead')?.clientHeight ?? 0;
    if (target * ROW < element.scrollTop) element.scrollTop = target * ROW;
    const over = (target + 1) * ROW + head - (element.scrollTop + element.clientHeight);
    if (over > 0) element.scrollTop += over;
    setTop(element.scrollTop);
    setActive(target);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / ROW) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: goal.current + 1,
      ArrowUp: goal.current - 1,
      PageDown: goal.current + page,
      PageUp: goal.current - page,
      Home: 0,
      End: chosen.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined || !(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined)
      return;
    event.preventDefault();
    moveTo(next);
  };

  const several = data.runs.length > 1;
  return (
    <div
      class="table-box"
      ref={box}
      role="region"
      aria-label="Table of pictures"
      onScroll={(event) => {
        setTop(event.currentTarget.scrollTop);
      }}
      onKeyDown={onKeyDown}
    >
      <table class="items" aria-rowcount={chosen.length + 1} aria-label="Pictures">
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map(([key, name]) => (
              <Heading key={key} by={key} name={name} sort={sort} onSort={onSort} />
            ))}
            {metrics.map((metric) => (
              <Heading key={metric} by={metric} name={METRICS[metric].name} sort={sort} onSort={onSort} />
            ))}
            <th scope="col">Map</th>
            {several && <th scope="col">Model</th>}
            <th scope="col">Findings</th>
          </tr>
        </thead>
        <tbody>
          <Spacer height={first * ROW} />
          {chosen.slice(first, last).map((row, i) => (
            <ItemRow
              key={row.key}
              row={row}
              metrics={metrics}
              index={first + i}
              focusable={first + i === current}
              runName={several ? (data.runs[row.run]?.name ?? '') : null}
              onShow={() => {
                setActive(first + i);
                onShow(row);
              }}
            />
          ))}
          <Spacer height={(chosen.length - last) * ROW} />
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ height }: { height: number }) {
  return height > 0 ? <tr class="spacer" aria-hidden="true" style={{ height: `${height}px` }} /> : null;
}

interface HeadingProps {
  readonly by: SortKey;
  readonly name: string;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

function Heading({ by, name, sort, onSort }: HeadingProps) {
  const sorted = sort.by === by;
  return (
    <th
      scope="col"
      class={by in METRICS ? 'column-number' : ''}
      aria-sort={sorted ? (sort.falling ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        onClick={() => {
          onSort({ by, falling: sorted ? !sort.falling : false });
        }}
      >
        {name}
        <span class="arrow" aria-hidden="true">
          {sorted ? (sort.falling ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  );
}

interface ItemRowProps {
  readonly row: Row;
  readonly metrics: readonly Metric[];
  readonly index: number;
  readonly focusable: boolean;
  readonly runName: string | null;
  readonly onShow: () => void;
}

function ItemRow({ row, metrics, index, focusable, runName, onShow }: ItemRowProps) {
  const { item, target, answer } = row;
  const outcome = outcomeOf(row);
  return (
    <tr aria-rowindex={index + 2} style={{ height: `${ROW}px` }} onClick={onShow}>
      <th scope="row">
        <button type="button" class="open" data-row={index} tabIndex={focusable ? 0 : -1}>
          <ImageViewer
            image={item.image}
            width={item.width || 4}
            height={item.height || 3}
            map={target?.map ?? null}
            noise={!isDrawn(target?.verdict ?? null)}
            boxes={[]}
            settings={THUMBNAIL}
            detail={48}
            alt=""
          />
          <span class="name">{item.id}</span>
        </button>
      </th>
      <td title={answer.message ?? undefined}>{target?.label ?? answer.message ?? '–'}</td>
      <td>{truthText(item, target) || '–'}</td>
      <td>
        <span class={`outcome outcome-${outcome}`}>{OUTCOME_NAMES[outcome]}</span>
      </td>
      {metrics.map((metric) => (
        <td key={metric} class="number">
          {metricText(metric, target === null ? null : METRICS[metric].of(target))}
        </td>
      ))}
      <td>
        {row.trust !== null && (
          <>
            <Icon of={TRUST[row.trust].state} /> {TRUST[row.trust].name}
          </>
        )}
      </td>
      {runName !== null && <td class="run-name">{runName}</td>}
      <td class="row-findings">{row.findings.join(', ')}</td>
    </tr>
  );
}

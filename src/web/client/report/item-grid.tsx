import { useEffect, useRef, useState } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import { percent, scoreText } from '../shared/format.js';
import { Tag } from '../shared/icon.js';
import { Bar } from './bars.js';
import { METRICS, OUTCOME_NAMES, outcomeOf, TRUST, truthText, type Row } from './rows.js';
import { Thumbnail } from './thumbnail.js';
import { usePrinting } from './printing.js';

/** Pictures that are drawn at once; more follow as one scrolls. */
const AT_ONCE = 60;

export interface ItemGridProps {
  readonly data: ReportData;
  readonly chosen: readonly Row[];
  readonly onShow: (row: Row) => void;
}

/** Pictures beside each other; arrows move between them. */
export function ItemGrid({ data, chosen, onShow }: ItemGridProps) {
  const [count, setCount] = useState(AT_ONCE);
  const printing = usePrinting();
  const grid = useRef<HTMLUListElement>(null);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setCount(AT_ONCE);
  }, [chosen]);
  const shown = printing ? chosen.length : Math.min(count, chosen.length);
  useEffect(() => {
    const element = end.current;
    if (element === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setCount((before) => before + AT_ONCE);
      },
      { rootMargin: '1200px' },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [shown, chosen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const tiles = [...(grid.current?.querySelectorAll<HTMLElement>('button.tile') ?? [])];
    const at = tiles.findIndex((tile) => tile === document.activeElement);
    const [first] = tiles;
    if (at < 0 || first === undefined) return;
    const top = first.getBoundingClientRect().top;
    const columns = Math.max(1, tiles.filter((tile) => tile.getBoundingClientRect().top === top).length);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: tiles.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    tiles[Math.min(tiles.length - 1, Math.max(0, next))]?.focus();
  };
  return (
    <>
      <ul class="grid" ref={grid} onKeyDown={onKeyDown} aria-label="Pictures">
        {chosen.slice(0, shown).map((row) => (
          <li key={row.key}>
            <Tile
              row={row}
              model={data.runs.length > 1 ? (data.runs[row.run]?.name ?? null) : null}
              onShow={() => {
                onShow(row);
              }}
            />
          </li>
        ))}
      </ul>
      {shown < chosen.length && (
        <div ref={end} class="more">
          <button
            type="button"
            class="plain"
            onClick={() => {
              setCount(count + AT_ONCE);
            }}
          >
            More of {chosen.length.toLocaleString('en')}
          </button>
        </div>
      )}
    </>
  );
}

function Tile({ row, model, onShow }: { row: Row; model: string | null; onShow: () => void }) {
  const { item, target, answer } = row;
  const energy = target === null ? null : METRICS.energy.of(target);
  const truth = truthText(item, target);
  return (
    <button type="button" class="tile card" onClick={onShow}>
      <span class="tile-picture">
        <Thumbnail row={row} />
        <Flag row={row} />
      </span>
      <span class="tile-text">
        <span>
          <b>{target?.label ?? 'no answer'}</b> {target !== null && scoreText(target.score)}
        </span>
        {target !== null && truth !== '' && truth !== target.label && <small>annotated: {truth}</small>}
        {answer.message !== null && <small>{answer.message}</small>}
        {energy !== null && target !== null && row.trust !== 'none' && row.trust !== 'unfaithful' && (
          <>
            <small>{percent(energy)} of the map on the object</small>
            <Bar share={energy} chance={target.objectArea} state={row.reason === 'beside' ? 'warn' : null} />
          </>
        )}
        <small class="tile-name">{item.id}</small>
        {model !== null && <small class="tile-name">{model}</small>}
      </span>
    </button>
  );
}

/** Only where something is wrong. A map that explains nothing says so before all else. */
function Flag({ row }: { row: Row }) {
  const outcome = outcomeOf(row);
  const { trust, reason } = row;
  const flag =
    outcome === 'failed' || outcome === 'wrong-class' || outcome === 'false-positive' || outcome === 'missed' ? (
      <Tag of="bad">{OUTCOME_NAMES[outcome] ?? outcome}</Tag>
    ) : trust === 'unfaithful' || trust === 'none' || trust === 'unstable' ? (
      <Tag of={TRUST[trust].state}>{TRUST[trust].name}</Tag>
    ) : reason === 'beside' ? (
      <Tag of="warn">beside the object</Tag>
    ) : null;
  const second = trust === 'unfaithful' && outcome !== 'true-positive' && outcome !== 'explained';
  return (
    <span class="flag">
      {second && <Tag of="bad">{TRUST.unfaithful.name}</Tag>}
      {flag}
    </span>
  );
}

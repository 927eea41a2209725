import { useCallback, useEffect, useState } from 'preact/hooks';
import { METRIC_NAMES, METRICS, NO_FILTER, type Filter, type Sort, type SortKey } from './rows.js';

export type View = 'grid' | 'table';

/** All that a link to the page holds. */
export interface PageState {
  readonly filter: Filter;
  readonly sort: Sort;
  readonly view: View;
  /** Key of the row that is open. */
  readonly item: string | null;
  /** The runs that are compared, of several. */
  readonly pair: readonly [number, number];
}

export const FIRST_STATE: PageState = {
  filter: NO_FILTER,
  sort: { by: 'need', falling: false },
  view: 'grid',
  item: null,
  pair: [0, 1],
};

const TEXTS = ['text', 'run', 'label', 'answer', 'truth', 'outcome', 'reason', 'trust', 'finding'] as const;
const SORT_KEYS: readonly SortKey[] = ['need', 'item', 'answer', 'truth', 'outcome', ...METRIC_NAMES];

/** What the hash of an address says; what it does not say, or says wrongly, is as at first. */
export function stateOf(hash: string): PageState {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const bound = (name: string): number | null => {
    const text = params.get(name);
    return text === null || text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
  };
  const metric = METRIC_NAMES.find((name) => name === params.get('metric')) ?? NO_FILTER.metric;
  const by = SORT_KEYS.find((key) => key === params.get('sort')) ?? FIRST_STATE.sort.by;
  const texts: Record<string, string> = Object.fromEntries(TEXTS.map((name) => [name, params.get(name) ?? '']));
  return {
    filter: { ...NO_FILTER, ...texts, metric, least: bound('from'), most: bound('to') },
    sort: { by, falling: params.has('falling') },
    view: params.get('view') === 'table' ? 'table' : 'grid',
    item: params.get('item'),
    pair: [bound('a') ?? 0, bound('b') ?? 1],
  };
}

/** A hash that says a state: only what is not as at first, so that a link is short. */
export function hashOf({ filter, sort, view, item, pair }: PageState): string {
  const params = new URLSearchParams();
  for (const name of TEXTS) if (filter[name] !== '') params.set(name, filter[name]);
  if (filter.least !== null || filter.most !== null) params.set('metric', filter.metric);
  if (filter.least !== null) params.set('from', String(filter.least));
  if (filter.most !== null) params.set('to', String(filter.most));
  if (sort.by !== FIRST_STATE.sort.by) params.set('sort', sort.by);
  if (sort.falling) params.set('falling', '1');
  if (view !== FIRST_STATE.view) params.set('view', view);
  if (pair[0] !== 0) params.set('a', String(pair[0]));
  if (pair[1] !== 1) params.set('b', String(pair[1]));
  if (item !== null) params.set('item', item);
  return params.toString();
}

/** The page's state, held in the address's hash: every state can be linked to, and browsers' buttons work. */
export function usePageState(): [PageState, (change: Partial<PageState>) => void] {
  const [state, setState] = useState(() => stateOf(location.hash));
  useEffect(() => {
    const onHash = (): void => {
      setState(stateOf(location.hash));
    };
    addEventListener('hashchange', onHash);
    return () => {
      removeEventListener('hashchange', onHash);
    };
  }, []);
  const change = useCallback((part: Partial<PageState>) => {
    setState((before) => {
      const next = { ...before, ...part };
      const hash = hashOf(next);
      history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
      return next;
    });
  }, []);
  return [state, change];
}

/** What a filter narrows, each with its name and what is left without it. */
export function narrowedBy(filter: Filter, nameOf: (part: keyof Filter, value: string) => string) {
  const chips: { name: string; without: Filter }[] = TEXTS.filter((part) => filter[part] !== '').map((part) => ({
    name: nameOf(part, filter[part]),
    without: { ...filter, [part]: '' },
  }));
  if (filter.least !== null || filter.most !== null) {
    const { least, most, metric } = filter;
    const range =
      least === null
        ? `at most ${String(most)}`
        : most === null
          ? `at least ${String(least)}`
          : `${String(least)} to ${String(most)}`;
    chips.push({ name: `${METRICS[metric].name}: ${range}`, without: { ...filter, least: null, most: null } });
  }
  return chips;
}

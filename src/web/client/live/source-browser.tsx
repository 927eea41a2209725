import { useEffect, useRef, useState } from 'preact/hooks';
import type { SourcePage } from '../../protocol.js';
import { addressOf, get } from './api.js';

interface SourceBrowserProps {
  readonly sources: readonly string[];
  readonly onItem: (source: string, item: string) => void;
  readonly onClose: () => void;
}

/** Milliseconds after the last key before items are looked for. */
const PAUSE = 200;

/** Finds an item of a dataset by its image or its id. */
export function SourceBrowser({ sources, onItem, onClose }: SourceBrowserProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [source, setSource] = useState(sources[0] ?? '');
  const [search, setSearch] = useState('');
  const [items, setItems] = useState<SourcePage['items']>([]);
  const [more, setMore] = useState(false);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const load = (first: number, signal: AbortSignal | undefined, before: SourcePage['items']): void => {
    const query = new URLSearchParams({ search, first: String(first) });
    get(`/api/sources/${encodeURIComponent(source)}?${query.toString()}`, signal)
      .then((response) => response.json())
      .then((page: SourcePage) => {
        setItems([...before, ...page.items]);
        setMore(page.more);
        setError(null);
      })
      .catch((reason: unknown) => {
        if (signal?.aborted !== true) setError(reason instanceof Error ? reason.message : String(reason));
      });
  };
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      load(0, controller.signal, []);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [source, search]);
  return (
    <dialog ref={dialog} class="browser card" aria-label="Items of a dataset" onClose={onClose}>
      <div class="browser-head">
        <label class="field">
          <span>Dataset</span>
          <select
            value={source}
            onChange={(event) => {
              setSource(event.currentTarget.value);
            }}
          >
            {sources.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="field browser-search">
          <span>Find</span>
          <input
            type="search"
            value={search}
            onInput={(event) => {
              setSearch(event.currentTarget.value);
            }}
          />
        </label>
        <button type="button" class="plain" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      {error !== null && <p class="failure">{error}</p>}
      <ul class="browser-items">
        {items.map(({ id, subset, missing }) => (
          <li key={`${subset} ${id}`}>
            <button
              type="button"
              class="browser-item"
              disabled={missing}
              onClick={() => {
                onItem(source, id);
              }}
            >
              {missing ? (
                <span class="browser-missing" />
              ) : (
                <img src={thumbnailOf(source, id)} alt="" loading="lazy" decoding="async" />
              )}
              <span class="browser-name">{id}</span>
              <small class="muted">{missing ? 'image missing' : subset}</small>
            </button>
          </li>
        ))}
      </ul>
      {items.length === 0 && error === null && <p class="muted">No items.</p>}
      {more && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            load(items.length, undefined, items);
          }}
        >
          More
        </button>
      )}
    </dialog>
  );
}

function thumbnailOf(source: string, item: string): string {
  const query = new URLSearchParams({ item });
  return addressOf(`/api/sources/${encodeURIComponent(source)}/thumbnail?${query.toString()}`);
}

import { useRef, useState } from 'preact/hooks';
import type { WorkbenchState } from '../../protocol.js';
import { addressOf } from './api.js';
import { SourceBrowser } from './source-browser.js';

interface PicturesBarProps {
  readonly state: WorkbenchState;
  readonly onUpload: (file: File) => void;
  readonly onPicture: (id: string) => void;
  readonly onItem: (source: string, item: string) => void;
}

/** The pictures at hand, and where to get more. */
export function PicturesBar({ state, onUpload, onPicture, onItem }: PicturesBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const [browsing, setBrowsing] = useState(false);
  return (
    <div class="pictures-bar">
      <input
        ref={input}
        type="file"
        accept="image/*"
        class="visually-hidden"
        aria-label="A picture from this computer"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) onUpload(file);
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="plain"
        onClick={() => {
          input.current?.click();
        }}
      >
        Choose a picture
      </button>
      {state.sources.length > 0 && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            setBrowsing(true);
          }}
        >
          Browse a dataset
        </button>
      )}
      <ul class="thumbs" aria-label="Pictures">
        {[...state.pictures].reverse().map(({ id, name }) => (
          <li key={id}>
            <button
              type="button"
              class="thumb"
              aria-pressed={id === state.picture}
              title={name}
              onClick={() => {
                onPicture(id);
              }}
            >
              <img src={addressOf(`/api/pictures/${id}`)} alt={name} />
            </button>
          </li>
        ))}
      </ul>
      {browsing && (
        <SourceBrowser
          sources={state.sources}
          onItem={(source, item) => {
            setBrowsing(false);
            onItem(source, item);
          }}
          onClose={() => {
            setBrowsing(false);
          }}
        />
      )}
    </div>
  );
}

import { useRef, useState } from 'preact/hooks';
import type { WorkbenchState } from '../../protocol.js';
import { addressOf } from './api.js';
import { SourceBrowser } from './source-browser.js';

interface ImagesBarProps {
  readonly state: WorkbenchState;
  readonly onUpload: (file: File) => void;
  readonly onImage: (id: string) => void;
  readonly onItem: (source: string, item: string) => void;
}

/** The images at hand, and where to get more. */
export function ImagesBar({ state, onUpload, onImage, onItem }: ImagesBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const [browsing, setBrowsing] = useState(false);
  return (
    <div class="images-bar">
      <input
        ref={input}
        type="file"
        accept="image/*"
        class="visually-hidden"
        aria-label="An image from this computer"
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
        Choose an image
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
      <ul class="thumbs" aria-label="Images">
        {[...state.images].reverse().map(({ id, name }) => (
          <li key={id}>
            <button
              type="button"
              class="thumb"
              aria-pressed={id === state.image}
              title={name}
              onClick={() => {
                onImage(id);
              }}
            >
              <img src={addressOf(`/api/images/${id}`)} alt={name} />
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

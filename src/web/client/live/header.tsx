import type { WorkbenchState } from '../../protocol.js';
import type { Connection } from './use-live-state.js';

const WORDS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting',
  live: 'connected',
  gone: 'the server is gone',
  stranger: 'another server is here',
};

interface HeaderProps {
  readonly state: WorkbenchState | null;
  readonly connection: Connection;
  readonly comparing: boolean;
  readonly onCompare: (compare: boolean) => void;
}

/** What the page is, whether the server is there, and whether two things are compared. */
export function Header({ state, connection, comparing, onCompare }: HeaderProps) {
  const image = state?.images.find(({ id }) => id === state.image);
  const comparable = state?.dataset === null && (!state.watching || (state.panes[0]?.job?.targets.length ?? 0) > 1);
  const lost = connection === 'gone' || connection === 'stranger';
  return (
    <header class="live-top">
      <h1>
        <span class="brand">datum</span> <span class="live-name">{image?.name ?? 'Workbench'}</span>
      </h1>
      <label class="toggle">
        <input
          type="checkbox"
          checked={comparing}
          disabled={!comparable || lost}
          onChange={(event) => {
            onCompare(event.currentTarget.checked);
          }}
        />
        <span>Compare</span>
      </label>
      <p class={`connection connection-${connection}`} role="status">
        {WORDS[connection]}
      </p>
      {lost && (
        <p class="gone" role="alert">
          {connection === 'gone'
            ? 'The server is gone: what was last seen stays here, and the page tries to reach it again. If datum was ended, start it again and open the address that it prints.'
            : 'The server was started again: open the address that datum printed. What was last seen stays here.'}
        </p>
      )}
    </header>
  );
}

import type { Connection } from './use-live-state.js';

const WORDS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting',
  live: 'connected',
  gone: 'the server is gone',
  stranger: 'another server is here',
};

interface HeaderProps {
  readonly connection: Connection;
  /** What is at work: a picture's name, or what the page is. */
  readonly name: string;
}

/** What the page is, and whether the server is there. */
export function Header({ connection, name }: HeaderProps) {
  const lost = connection === 'gone' || connection === 'stranger';
  return (
    <header class="live-top">
      <h1>
        <span class="brand">datum</span> <span class="live-name">{name}</span>{' '}
        <span class="live-where muted">on this computer only</span>
      </h1>
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

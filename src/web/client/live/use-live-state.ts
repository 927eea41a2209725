import { useEffect, useState } from 'preact/hooks';
import type { WorkbenchState } from '../../protocol.js';
import { addressOf } from './api.js';

/** Whether the server is there. */
export type Connection = 'connecting' | 'live' | 'gone';

/** Milliseconds between tries to reach a server that is gone. */
const RETRY = 1500;

export interface Live {
  /** Null before the first word of the server. */
  readonly state: WorkbenchState | null;
  readonly connection: Connection;
}

/** Follows the server's state; where the server goes, the last state stays and the page tries to reach it again. */
export function useLiveState(): Live {
  const [live, setLive] = useState<Live>({ state: null, connection: 'connecting' });
  useEffect(() => {
    let events: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const connect = (): void => {
      events = new EventSource(addressOf('/api/events'));
      events.addEventListener('state', (event: MessageEvent<string>) => {
        // Server and page are of one version: the server serves the page.
        setLive({ state: JSON.parse(event.data) as WorkbenchState, connection: 'live' });
      });
      events.onerror = () => {
        events?.close();
        setLive(({ state }) => ({ state, connection: 'gone' }));
        timer = setTimeout(connect, RETRY);
      };
    };
    connect();
    return () => {
      events?.close();
      clearTimeout(timer);
    };
  }, []);
  return live;
}

import { useEffect, useState } from 'preact/hooks';
import type { WorkbenchState } from '../../protocol.js';
import { addressOf, get, RequestError } from './api.js';

/** Whether the server is there; `stranger` is one that does not know the page's token: it was started anew. */
export type Connection = 'connecting' | 'live' | 'gone' | 'stranger';

/** Milliseconds between tries to reach a server that is gone. */
const RETRY = 1500;

/** The server says something every five seconds; after this many milliseconds of silence it is taken to be gone. */
const SILENCE = 15_000;

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
    let silence: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    const lost = (): void => {
      events?.close();
      clearTimeout(silence);
      if (left) return;
      void refused().then((stranger) => {
        if (left) return;
        setLive(({ state }) => ({ state, connection: stranger ? 'stranger' : 'gone' }));
        timer = setTimeout(connect, RETRY);
      });
    };
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(lost, SILENCE);
    };
    const connect = (): void => {
      events = new EventSource(addressOf('/api/events'));
      events.addEventListener('state', (event: MessageEvent<string>) => {
        heard();
        // Server and page are of one version: the server serves the page.
        setLive({ state: JSON.parse(event.data) as WorkbenchState, connection: 'live' });
      });
      events.addEventListener('beat', heard);
      events.onerror = lost;
      heard();
    };
    connect();
    return () => {
      left = true;
      events?.close();
      clearTimeout(timer);
      clearTimeout(silence);
    };
  }, []);
  return live;
}

/** Whether there is a server that does not take the page's token. */
async function refused(): Promise<boolean> {
  try {
    await get('/api/options', AbortSignal.timeout(RETRY));
    return false;
  } catch (error) {
    return error instanceof RequestError && error.status === 403;
  }
}

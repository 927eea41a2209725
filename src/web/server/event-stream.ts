import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { WorkbenchState } from '../protocol.js';
import type { Changes } from './changes.js';

/** Least time between two states, in milliseconds. */
const INTERVAL = 100;
/** A word now and then, so that both sides notice when the other is gone. */
const HEARTBEAT = 5000;
/** Pages at once. */
const MOST_STREAMS = 64;

/** What pages follow. */
export interface Followed {
  readonly changes: Changes;
  readonly state: WorkbenchState;
}

/**
 * Sends the state to every page that follows, whole and as new as it is at that moment. A page that reads slowly gets
 * fewer states; one that never reads holds a single state in memory.
 */
export class EventStreams {
  readonly #followed: Followed;
  readonly #closing = new AbortController();
  #open = 0;
  #text: { readonly version: number; readonly json: string } | null = null;

  constructor(followed: Followed) {
    this.#followed = followed;
  }

  follow(context: Context): Response {
    if (this.#open >= MOST_STREAMS) return context.json({ error: 'too many pages are open: close some' }, 503);
    this.#open++;
    return streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => {
        gone.abort();
      });
      try {
        await this.#send(AbortSignal.any([gone.signal, this.#closing.signal]), (event, data) =>
          stream.writeSSE({ event, data }),
        );
      } finally {
        this.#open--;
      }
    });
  }

  /** Ends all streams. */
  close(): void {
    this.#closing.abort();
  }

  async #send(signal: AbortSignal, write: (event: string, data: string) => Promise<void>): Promise<void> {
    const { changes } = this.#followed;
    const ended = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    let sent = -1;
    while (!signal.aborted) {
      await changes.after(sent, HEARTBEAT, signal);
      const { version } = changes;
      // Waits until the page has taken what was written before.
      await Promise.race([version === sent ? write('beat', '') : write('state', this.#json()), ended]);
      sent = version;
      await Promise.race([delay(INTERVAL), ended]);
    }
  }

  /** The state's JSON, made once for all pages. */
  #json(): string {
    const { changes, state } = this.#followed;
    if (this.#text?.version !== changes.version) {
      this.#text = { version: changes.version, json: JSON.stringify(state) };
    }
    return this.#text.json;
  }
}

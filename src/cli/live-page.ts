import type { Shown } from '../web/server/app.js';
import type { LiveServer, ServeOptions } from '../web/server/live-server.js';
import type { WatchedRun } from '../web/server/watched-run.js';
import type { Io } from './io.js';
import type { RunView } from './explain/live-view.js';
import { openBrowser } from './open-browser.js';

/** Serves a page, says where, and opens it in a browser. */
export async function openLivePage(io: Io, shown: Shown, options: ServeOptions = {}): Promise<LiveServer> {
  const { serveLive } = await import('../web/server/live-server.js');
  const server = await serveLive(shown, options);
  io.stderr.line(`The live page: ${server.address}`);
  if (io.stderr.isTTY && !(await openBrowser(server.address))) {
    io.stderr.line('No browser could be opened: open the address above.');
  }
  return server;
}

/** A run that pages watch, and may end. */
export interface Display {
  readonly watched: WatchedRun;
  /** Aborts on Ctrl-C, or when a page ends the run. */
  readonly signal: AbortSignal;
  /** Keeps the page up until Ctrl-C. */
  stay(): Promise<void>;
  close(): Promise<void>;
}

/** The page of `--display`. */
export async function displayRun(io: Io): Promise<Display> {
  const { WatchedRun } = await import('../web/server/watched-run.js');
  const cancelled = new AbortController();
  const watched = new WatchedRun(() => {
    cancelled.abort();
  });
  const server = await openLivePage(io, watched);
  return {
    watched,
    signal: AbortSignal.any([io.signal, cancelled.signal]),
    async stay() {
      io.stderr.line('The page stays until Ctrl-C.');
      await interrupted(io.signal);
    },
    close: () => server.close(),
  };
}

/** Shows a run in the terminal and on the page. */
export function alsoOnPage(view: RunView, { watched }: Display): RunView {
  return {
    progress(progress) {
      view.progress(progress);
      watched.progress(progress.done, progress.most);
    },
    snapshot(snapshot) {
      watched.show(snapshot);
      view.snapshot(snapshot);
    },
    end() {
      view.end();
    },
  };
}

/** Resolves when the user presses Ctrl-C. */
export async function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

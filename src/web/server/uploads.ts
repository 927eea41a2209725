import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'hono';
import { BodyReader, Refused } from './read-body.js';

/** Uploads under way at once, unless less is said: what is in memory of them. */
const MOST = 6;
/** Milliseconds without a byte after which an upload gives its place to one that waits. */
const STALLED = 1000;
/** Milliseconds without a byte after which an upload is ended, whether or not another waits. */
const SILENT = 15_000;
/** Milliseconds that an upload waits for a place, and between two looks. */
const PATIENCE = 20_000;
const LOOK = 100;

/** Uploads that are being received. One that stalls keeps no other from its turn. */
export class Uploads {
  readonly #limit: number;
  readonly #most: number;
  readonly #underWay = new Set<BodyReader>();

  /**
   * @param limit bytes of one upload
   * @param most uploads at once
   */
  constructor(limit: number, most = MOST) {
    this.#limit = limit;
    this.#most = most;
  }

  /**
   * The bytes of a request.
   *
   * @throws Refused where they are too many, come too slowly, or too many others are under way.
   */
  async receive(context: Context): Promise<Uint8Array> {
    const body = new BodyReader(context, this.#limit);
    await this.#place(context.req.raw.signal);
    this.#underWay.add(body);
    const watch = setInterval(() => {
      if (body.silence > SILENT) void body.refuse(tooSlow());
    }, STALLED);
    try {
      return await body.read();
    } finally {
      clearInterval(watch);
      this.#underWay.delete(body);
    }
  }

  /** Waits until there is room, and takes it from the upload that was silent longest. */
  async #place(gone: AbortSignal): Promise<void> {
    for (let waited = 0; this.#underWay.size >= this.#most; waited += LOOK) {
      const [longest] = [...this.#underWay].sort((a, b) => b.silence - a.silence);
      if (longest !== undefined && longest.silence > STALLED) {
        this.#underWay.delete(longest);
        void longest.refuse(tooSlow());
        return;
      }
      if (waited >= PATIENCE || gone.aborted) {
        throw new Refused(503, 'too many files are being uploaded: try again when they are through.');
      }
      await delay(LOOK);
    }
  }
}

function tooSlow(): Refused {
  return new Refused(408, 'nothing came of the upload for too long: try again.');
}

import { DatumError } from '../errors.js';

/** Work that can be watched while it goes on, waited for, stopped and cancelled. It has begun already. */
export interface Run<Step, Result> extends Promise<Result>, AsyncIterable<Step>, AsyncDisposable {
  /**
   * Ends it with what there is. It then resolves as it would at its end, marked `interrupted`. Harmless when repeated, and
   * when it has ended.
   */
  stop(): void;
  /** Ends it without a result: it rejects with a DatumError of kind `interrupted`. */
  cancel(reason?: unknown): void;
}

/** A run, for those who have begun it. */
export interface BegunRun<Step, Result> extends Run<Step, Result> {
  /** Settles when the work has ended, well or not: a run that was cancelled rejects before. */
  readonly ended: Promise<unknown>;
}

/** How work is done: it tells of its steps, and ends when the signal says so. */
export type Work<Step, Result> = (
  tell: (step: Step) => void | Promise<void>,
  control: {
    /** Aborts when the work is to end with what there is. */
    readonly stopped: AbortSignal;
    /** Aborts when nobody wants the result any more. */
    readonly cancelled: AbortSignal;
    /** Whether somebody looks at the steps. */
    readonly isWatched: () => boolean;
  },
) => Promise<Result>;

/** How steps reach those who look: only the newest, or every one, for which the work then waits. */
export type Delivery = 'newest' | 'every';

/** How a run behaves. */
export interface RunBehavior {
  readonly delivery: Delivery;
  /** Whether who cancels waits until the work has ended, because it holds something that the next run needs. */
  readonly cancelWaits?: boolean | undefined;
  /** Cancels it. */
  readonly signal?: AbortSignal | undefined;
}

/** Steps that wait for a slow reader before the work waits too. */
const WAITING = 16;

/** Begins work. */
export function startRun<Step, Result>(work: Work<Step, Result>, behavior: RunBehavior): BegunRun<Step, Result> {
  return new LibraryRun(work, behavior);
}

class LibraryRun<Step, Result> implements BegunRun<Step, Result> {
  readonly [Symbol.toStringTag] = 'Run';
  readonly #stop = new AbortController();
  readonly #cancel = new AbortController();
  readonly #readers = new Set<StepReader<Step>>();
  readonly #result: Promise<Result>;
  readonly #work: Promise<unknown>;
  readonly #delivery: Delivery;
  #ended = false;

  constructor(work: Work<Step, Result>, { delivery, cancelWaits = false, signal }: RunBehavior) {
    this.#delivery = delivery;
    const abort = (): void => {
      this.#abort(signal?.reason);
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const working = this.#begin(work);
    this.#work = working.catch(() => undefined);
    this.#result = (cancelWaits ? working : Promise.race([working, this.#cancelled()])).finally(() => {
      this.#ended = true;
      signal?.removeEventListener('abort', abort);
      for (const reader of this.#readers) reader.end();
    });
  }

  /** Rejects as soon as it is cancelled: a model that does not answer is not waited for. */
  #cancelled(): Promise<never> {
    const { signal } = this.#cancel;
    return new Promise((_, reject) => {
      const end = (): void => {
        reject(new DatumError('interrupted', 'the run was cancelled.', { cause: signal.reason }));
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  }

  get ended(): Promise<unknown> {
    return this.#work;
  }

  async #begin(work: Work<Step, Result>): Promise<Result> {
    // After whoever calls has had the time to look at it: then no step is missed.
    await Promise.resolve();
    try {
      this.#throwIfCancelled();
      const result = await work((step) => this.#tell(step), {
        stopped: this.#stop.signal,
        cancelled: this.#cancel.signal,
        isWatched: () => this.#readers.size > 0,
      });
      this.#throwIfCancelled();
      return result;
    } catch (error) {
      this.#throwIfCancelled();
      throw error;
    }
  }

  #throwIfCancelled(): void {
    const { signal } = this.#cancel;
    if (signal.aborted) throw new DatumError('interrupted', 'the run was cancelled.', { cause: signal.reason });
  }

  async #tell(step: Step): Promise<void> {
    await Promise.all([...this.#readers].map((reader) => reader.push(step)));
  }

  stop(): void {
    this.#stop.abort();
  }

  cancel(reason?: unknown): void {
    // Who cancels by hand knows that it rejects.
    this.#result.catch(() => undefined);
    this.#abort(reason);
  }

  #abort(reason: unknown): void {
    if (!this.#ended) this.#cancel.abort(reason);
  }

  then<Value = Result, Other = never>(
    done?: ((result: Result) => Value | PromiseLike<Value>) | null,
    failed?: ((reason: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<Value | Other> {
    return this.#result.then(done, failed);
  }

  catch<Other = never>(failed?: ((reason: unknown) => Other | PromiseLike<Other>) | null): Promise<Result | Other> {
    return this.#result.catch(failed);
  }

  finally(done?: (() => void) | null): Promise<Result> {
    return this.#result.finally(done);
  }

  [Symbol.asyncIterator](): AsyncIterator<Step, void, void> {
    const reader = new StepReader<Step>(this.#delivery);
    if (this.#ended) reader.end();
    else this.#readers.add(reader);
    // A failure is met at the end of the loop.
    this.#result.catch(() => undefined);
    return {
      next: async () => {
        const step = await reader.next();
        if (step !== null) return { done: false, value: step.value };
        await this.#result;
        return { done: true, value: undefined };
      },
      // Who has seen enough leaves the run as it is.
      return: () => {
        this.#readers.delete(reader);
        reader.end();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    await this.#result.catch(() => undefined);
  }
}

/** Steps on their way to one reader. */
class StepReader<Step> {
  readonly #delivery: Delivery;
  #steps: { readonly value: Step }[] = [];
  #ended = false;
  #arrived: (() => void) | null = null;
  #taken: (() => void) | null = null;

  constructor(delivery: Delivery) {
    this.#delivery = delivery;
  }

  /** Waits while the reader is far behind, where it is to have every step. */
  async push(value: Step): Promise<void> {
    if (this.#ended) return;
    if (this.#delivery === 'newest') this.#steps = [];
    this.#steps.push({ value });
    this.#arrived?.();
    while (this.#steps.length >= WAITING && this.#isOpen()) {
      await new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
    }
  }

  #isOpen(): boolean {
    return !this.#ended;
  }

  end(): void {
    this.#ended = true;
    this.#arrived?.();
    this.#taken?.();
  }

  /** The next step; null at the end. */
  async next(): Promise<{ readonly value: Step } | null> {
    while (this.#steps.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    const step = this.#steps.shift() ?? null;
    this.#taken?.();
    return step;
  }
}

/** Milliseconds of work after which others get a turn. */
const LONGEST = 30;

/**
 * Lets timers, signals and events have their turn while work goes on that never waits for anything outside: a function
 * that answers at once would keep them waiting for as long as it is asked.
 */
export class Pauses {
  #last = performance.now();

  /** Waits for one turn of the event loop where the last one is long ago. */
  async take(): Promise<void> {
    if (performance.now() - this.#last < LONGEST) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    this.#last = performance.now();
  }
}

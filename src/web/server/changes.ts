/** Tells listeners that something changed, as often as they care to ask: nothing is queued for those who do not. */
export class Changes {
  #version = 0;
  readonly #waiting = new Set<() => void>();

  get version(): number {
    return this.#version;
  }

  announce(): void {
    this.#version++;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Waits until the version differs from one that was seen, at most so long. */
  async after(seen: number, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#version !== seen || signal.aborted) return;
    let wake = (): void => undefined;
    const timer = setTimeout(() => {
      wake();
    }, milliseconds);
    try {
      await new Promise<void>((resolve) => {
        wake = resolve;
        this.#waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(wake);
      signal.removeEventListener('abort', wake);
    }
  }
}

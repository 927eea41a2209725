/** The outside world as commands see it, so that tests can be it. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

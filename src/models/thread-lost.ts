import { DatumError } from '../errors.js';

/** A thread of the model ended in the middle of its work. The next piece of work gets a fresh one. */
export class ThreadLost extends DatumError {
  readonly #why: string;

  /** @param why it ended, in words */
  constructor(why: string, cause: unknown, input?: string) {
    const subject = input === undefined ? '' : ` while ${input} was explained`;
    super('model', `a thread of the model ended${subject} (${why}): what was done before it is kept.`, { cause });
    this.#why = why;
  }

  /** The same, naming what was explained. */
  about(input: string): ThreadLost {
    return new ThreadLost(this.#why, this.cause, input);
  }
}

/** An error that names what was explained where a thread was lost. */
export function namingInput(error: unknown, input: string | null): unknown {
  return error instanceof ThreadLost && input !== null ? error.about(input) : error;
}

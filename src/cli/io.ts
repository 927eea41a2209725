import { WriteStream } from 'node:tty';
import { visible, visibleSentence } from '../visible.js';

/** The outside world as commands see it, so that tests can be it. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Where text goes: the only way to the terminal, for names of files, classes and models may hold what it obeys. */
export interface Output {
  /** Writes text, lines and all, with what a terminal would obey made visible. */
  write(text: string): void;
  /** Writes one thing that is said, and ends its line; further lines in it are indented. */
  line(text: string): void;
  /** Writes what this program drew itself, and nobody's names, as it stands. */
  draw(drawing: string): void;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  /** For bars and images that are drawn in place, without names in them; null where this is no terminal. */
  readonly terminal: WriteStream | null;
}

/** What text is written to in the end. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** The output of commands into a stream. */
export function outputTo(sink: Sink): Output {
  return {
    write: (text) => void sink.write(visible(text)),
    line: (text) => void sink.write(`${visibleSentence(text)}\n`),
    draw: (drawing) => void sink.write(drawing),
    get isTTY() {
      return sink.isTTY === true;
    },
    get columns() {
      return sink.columns;
    },
    get rows() {
      return sink.rows;
    },
    terminal: sink instanceof WriteStream ? sink : null,
  };
}

/** What `--quiet` does, in every command that has it. */
export const QUIET = 'results and errors alone: no facts, no notes, no progress';

/** The same, where nothing is said beside results: no facts, no notes, no progress. Errors are said by who runs commands. */
export function quietly(io: Io): Io {
  return { ...io, stderr: outputTo({ write: () => undefined }) };
}

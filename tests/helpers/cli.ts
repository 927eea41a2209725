import { main } from '../../src/cli/main.js';
import { outputTo, type Sink } from '../../src/cli/io.js';

/** What a command left behind. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run in this process. */
export interface CliOptions {
  readonly signal?: AbortSignal;
  /** Width of the terminal; a pipe has none. */
  readonly columns?: number;
  /** Sees what the command writes to stderr, as it comes. */
  readonly onStderr?: (text: string) => void;
}

/** Runs the command line in this process, as `datum ARGS` in a pipe would. */
export async function datum(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const stdout = { ...collector(), columns: options.columns };
  const stderr = collector(options.onStderr);
  const signal = options.signal ?? new AbortController().signal;
  const code = await main(args, { stdout: outputTo(stdout), stderr: outputTo(stderr), signal });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(listener?: (text: string) => void): Sink & { text(): string } {
  let all = '';
  return {
    text: () => all,
    write(text) {
      all += text;
      listener?.(text);
    },
  };
}

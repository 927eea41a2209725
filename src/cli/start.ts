import { outputTo } from './io.js';
import { main, reportFailure } from './main.js';
import { failureOfModule, modulesLoaded, takeLateFailure } from '../plugins/users-code.js';
import { systemSentence } from './system-failure.js';

/** How long work that is broken off may take to its end, in milliseconds. */
const LONGEST_END = 10_000;
/** Users' code is given another one. */
const exit = process.exit.bind(process);

/** What a shell shows of a process that a signal ended: 128 and its number. */
const ENDED_BY: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

let done = false;
const interruption = new AbortController();
let endedBy: number | undefined;
for (const [signal, code] of Object.entries(ENDED_BY)) {
  process.on(signal, () => {
    if (interruption.signal.aborted) {
      // A second one does not wait for anything. `process.exit` would: it ends the worker threads first, and a model
      // that runs in one of them would bring the process down with a complaint.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
    endedBy = code;
    interruption.abort();
  });
}
const io = { stdout: outputTo(process.stdout), stderr: outputTo(process.stderr), signal: interruption.signal };
// A file that grows beyond a limit shall be an error of its write, and not the end of the process.
process.on('SIGXFSZ', () => undefined);

let failed = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`datum ... | head`) is no error; the work goes on to its end.
  if (error.code === 'EPIPE' || failed) return;
  failed = true;
  io.stderr.line(`datum: the output cannot be written: ${systemSentence(error) ?? error.message}`);
  process.exitCode = process.exitCode === 0 || process.exitCode === undefined ? 1 : process.exitCode;
});
// Where nothing can be said any more, the work goes on.
process.stderr.on('error', () => undefined);

// What nobody waited for: the same words as for all else.
let broken: number | undefined;
process.on('uncaughtException', (error) => {
  done = true;
  if (takeLateFailure(error) || broken !== undefined) return;
  broken = reportFailure(failureOfModule(error, 'later than it answered') ?? error, io);
  // As if interrupted: a thread that is ended while a model runs in it would bring the process down with a complaint.
  interruption.abort();
  setTimeout(() => exit(broken), LONGEST_END);
});

process.on('exit', () => {
  if (done) return;
  io.stderr.line(
    `datum: the process was ended before its work was done: ${modulesLoaded().join(' or ') || 'a script or a plug-in'} calls process.exit, or waits for what never comes. What was written so far is kept.`,
  );
  process.exitCode = 1;
});

const code = await main(process.argv.slice(2), io);
done = true;
if (broken !== undefined) exit(broken);
// What was interrupted may leave work behind that nobody waits for.
if (code === 130) exit(endedBy ?? code);
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the listener above sets it
process.exitCode = code === 0 && failed ? 1 : code;

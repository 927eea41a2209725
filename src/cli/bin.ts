#!/usr/bin/env node
import { main } from './main.js';

const interruption = new AbortController();
process.on('SIGINT', () => {
  if (interruption.signal.aborted) {
    // A second Ctrl-C does not wait for anything. `process.exit` would: it ends the worker threads first, and a model
    // that runs in one of them would bring the process down with a complaint.
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
  }
  interruption.abort();
});
// A file that grows beyond a limit shall be an error of its write, and not the end of the process.
process.on('SIGXFSZ', () => undefined);
// A reader that has seen enough (`datum ... | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
});
// What was interrupted may leave work behind that nobody waits for.
if (code === 130) process.exit(code);
process.exitCode = code;

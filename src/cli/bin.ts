#!/usr/bin/env node
// Only what every version of Node understands: the rest is read when this one is new enough.
const OLDEST = [20, 19];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0]! || (major === OLDEST[0] && minor < OLDEST[1]!)) {
  process.stderr.write(
    `datum: Node ${process.versions.node} is too old: datum-explain needs Node ${OLDEST.join('.')} or newer, see https://nodejs.org.\n`,
  );
  process.exitCode = 1;
} else {
  try {
    await import('./start.js');
  } catch (error) {
    // Not even the code that says such things could be read.
    process.stderr.write(
      `datum: it cannot be started (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown'}): install datum-explain anew, or raise the limit of open files (ulimit -n) where that is the reason.\n`,
    );
    process.exitCode = 1;
  }
}

export {};

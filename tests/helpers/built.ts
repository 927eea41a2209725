import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The built command; `DATUM_BIN` names that of another version, to hold it against the same tests. */
export const BIN = process.env['DATUM_BIN'] ?? fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Settles once the program has written a text to stderr or stdout; fails when it ends before. */
  readonly wrote: (text: string) => Promise<void>;
  /** What it wrote to stderr so far. */
  readonly stderr: () => string;
  /** Writes to its stdin, which stays open until it ends. */
  readonly type: (text: string) => void;
}

/** Starts a program and collects what it writes. */
export function start(program: string, args: readonly string[], cwd?: string): Running {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...(cwd === undefined ? {} : { cwd }) });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  const wrote = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!stdout.includes(text) && !stderr.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then((end) => {
        reject(new Error(`it ended without having written '${text}': ${JSON.stringify(end)}`));
      }, reject);
    });
  const type = (text: string): void => {
    child.stdin.write(text);
  };
  return { child, ended, wrote, type, stderr: () => stderr };
}

/** Runs the built command to its end. */
export function built(...args: string[]): Promise<Ended> {
  return start(process.execPath, [BIN, ...args]).ended;
}

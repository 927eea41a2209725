import { fork, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** Longest time of a command in milliseconds, and most memory of its process in bytes. */
export const LIMITS = { milliseconds: 10_000, bytes: 1.5e9 } as const;
/** Commands that one process runs before a fresh one takes over. */
const EACH = 200;

const endedSchema = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** How a command ended. */
export interface Outcome {
  /** Null where it was stopped, or its process ended by itself. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no code. */
  readonly lost: string | null;
  readonly milliseconds: number;
  /** Most memory that its process had, in bytes. */
  readonly peak: number;
}

/** Runs commands in a process beside this one, which is replaced when it is lost. */
export class Commands {
  #child: ChildProcess | null = null;
  #runs = 0;

  async run(args: readonly string[], cwd: string): Promise<Outcome> {
    const child = await this.#ready();
    this.#runs++;
    let strayed = '';
    const listen = (data: Buffer): void => void (strayed = (strayed + data.toString()).slice(-20_000));
    child.stderr?.on('data', listen);
    const began = performance.now();
    let peak = 0;
    const outcome = await new Promise<Pick<Outcome, 'code' | 'stdout' | 'stderr' | 'lost'>>((resolve) => {
      const end = (lost: string): void => {
        this.#child = null;
        child.kill('SIGKILL');
        finish({ code: null, stdout: '', stderr: '', lost });
      };
      const watch = setInterval(() => {
        peak = Math.max(peak, peakOf(child.pid));
        if (peak > LIMITS.bytes) end(`it took more than ${LIMITS.bytes / 1e9} GB`);
        else if (performance.now() - began > LIMITS.milliseconds)
          end(`it took more than ${LIMITS.milliseconds / 1000} s`);
      }, 50);
      const gone = (code: number | null, signal: string | null): void => {
        end(`the process ended with ${signal ?? String(code)}`);
      };
      const finish = (result: Pick<Outcome, 'code' | 'stdout' | 'stderr' | 'lost'>): void => {
        clearInterval(watch);
        child.removeAllListeners('message');
        child.removeListener('exit', gone);
        child.stderr?.removeListener('data', listen);
        resolve(result);
      };
      child.on('exit', gone);
      child.on('message', (message) => {
        finish({ ...endedSchema.parse(message), lost: null });
      });
      child.send({ args, cwd });
    });
    peak = Math.max(peak, peakOf(child.pid));
    if (this.#runs >= EACH || peak > 0.8 * LIMITS.bytes) this.close();
    return { ...outcome, stderr: outcome.stderr + strayed, milliseconds: performance.now() - began, peak };
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
    this.#runs = 0;
  }

  async #ready(): Promise<ChildProcess> {
    if (this.#child !== null) return this.#child;
    const child = fork(fileURLToPath(new URL('child.mjs', import.meta.url)), [DIST], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => {
        resolve();
      });
      child.once('exit', () => {
        reject(new Error('the process that runs commands did not start'));
      });
    });
    child.removeAllListeners('exit');
    return child;
  }
}

/** Runs the command in a process of its own, as a user does. */
export async function runAlone(args: readonly string[], cwd: string): Promise<Outcome> {
  const began = performance.now();
  const child = spawn(process.execPath, [`${DIST}/cli/bin.js`, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr, peak] = ['', '', 0];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  let lost: string | null = null;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
    if (peak > LIMITS.bytes) lost = `it took more than ${LIMITS.bytes / 1e9} GB`;
    // A second to begin.
    else if (performance.now() - began > LIMITS.milliseconds + 1000)
      lost = `it took more than ${LIMITS.milliseconds / 1000} s`;
    if (lost !== null) child.kill('SIGKILL');
  }, 50);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (status, by) => {
      resolve([status, by]);
    });
  });
  clearInterval(watch);
  if (code === null) lost ??= `the process ended with ${signal ?? 'nothing'}`;
  return { code: lost === null ? code : null, stdout, stderr, lost, milliseconds: performance.now() - began, peak };
}

/** Most resident memory of a process so far, in bytes; 0 where the system does not tell. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8')) ?? [];
    return 1024 * Number(kilobytes ?? 0);
  } catch {
    return 0;
  }
}

/** What is wrong with how a command ended; null where nothing is. */
export function complaint({ code, stdout, stderr, lost }: Outcome): string | null {
  if (lost !== null) return lost;
  if (code !== 0 && code !== 1 && code !== 2) return `exit code ${code ?? 'none'}`;
  const text = `${stdout}\n${stderr}`;
  if (/a bug in datum/.test(text)) return 'it calls itself a bug';
  if (/^\s+at .*:\d+:\d+\)?$/m.test(text)) return 'a stack trace';
  // What a script throws is said in its own words.
  const own = stderr.replaceAll(/^.*the script .*$/gm, '');
  if (/ZodError|Zod[A-Z]\w+|UnhandledPromise|TypeError|RangeError|undefined is not|Cannot read prop/.test(own)) {
    return 'the words of a program';
  }
  const sentences = stderr.split('\n').filter((line) => line.startsWith('datum: '));
  if (sentences.length > 1) return `${sentences.length} sentences`;
  if (code === 2 && sentences.length === 0) return 'no sentence';
  if (sentences.some((line) => line.length > 20_000)) return 'an endless sentence';
  return null;
}

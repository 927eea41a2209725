import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { DatumError, option, type ErrorKind } from '../errors.js';
import { encodeFrame, FrameReader, type Frame, type PythonArray } from './frames.js';
import { failureSentence, isFailure, type Failure } from './failure.js';
import { findPython, type PythonCommand } from './find-python.js';

/** Where the code of children lies: beside this file, in the sources and in the build. */
const HOST = fileURLToPath(new URL('./child/host.py', import.meta.url));

/** Which Python runs a person's code, and how long it may take for an answer. */
export interface PythonOptions {
  /** Its command or path; found where absent. */
  readonly python?: string | undefined;
  /** Seconds for one answer; 120 where absent. */
  readonly timeout?: number | undefined;
  /** Threads that libraries of numbers may use; 1 where absent. */
  readonly threads?: number | undefined;
}

/** What a child serves. */
export interface Served {
  readonly kind: 'script' | 'model';
  /** The person's file, absolute. */
  readonly path: string;
  /** How sentences name it: `the script /x.py`. */
  readonly called: string;
  /** Whose fault a failure is. */
  readonly errors: ErrorKind;
}

/** What a child answered. */
export interface PythonAnswer {
  readonly message: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, PythonArray>>;
}

/** Whether processes can be ended by their group. */
const GROUPS = process.platform !== 'win32';

const SECONDS = 120;
/** Lines of what a child said last that are kept. */
const LAST_WORDS = 20;

/**
 * A Python process with a person's code in it. It ends when its stdin does: with `close()`, with the thread that started it,
 * and with the whole process, however that ends.
 */
export class PythonChild {
  readonly #served: Served;
  readonly #python: PythonCommand;
  readonly #seconds: number;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #reader = new FrameReader();
  readonly #said: string[] = [];
  #waiting: { readonly resolve: (frame: Frame) => void; readonly reject: (error: Error) => void } | null = null;
  #ended: DatumError | null = null;
  /** Whether it ever answered: then it is a Python. */
  #answered = false;
  #last: Promise<unknown>;

  /** @throws DatumError (of the kind of `served`) with the first question, where there is no Python or the code does not load. */
  constructor(served: Served, { python, timeout = SECONDS, threads = 1 }: PythonOptions) {
    this.#served = served;
    this.#python = findPython(python);
    this.#seconds = timeout;
    this.#process = spawn(this.#python.command, [HOST, served.kind, served.path], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONIOENCODING: 'utf-8',
        PYTHONUNBUFFERED: '1',
        OMP_NUM_THREADS: String(threads),
      },
      windowsHide: true,
      // A group of its own: what the code starts besides ends with it.
      detached: GROUPS,
    });
    this.#listen();
    this.#last = this.#next();
    this.#last.catch(() => undefined);
  }

  /**
   * Asks for something, after all that was asked before.
   *
   * @throws DatumError where the code fails, dies, or says nothing in time.
   */
  async ask(
    ask: string,
    message: Readonly<Record<string, unknown>> = {},
    arrays: Readonly<Record<string, PythonArray>> = {},
  ): Promise<PythonAnswer> {
    const answer = this.#last.then(() => {
      this.#write({ message: { ask, ...message }, arrays });
      return this.#next();
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the process; harmless when repeated. */
  close(): void {
    this.#ended ??= this.#error('was closed');
    this.#process.stdin.end();
    this.#kill('SIGTERM');
  }

  /** Ends the process and those that it started. */
  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (!GROUPS || pid === undefined) {
      this.#process.kill(signal);
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // All of them have ended.
    }
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#process;
    this.#hold(false);
    stdout.on('data', (piece: Buffer) => {
      this.#reader.push(piece);
      const frame = this.#reader.next();
      if (frame === null) return;
      this.#answered = true;
      this.#waiting?.resolve(frame);
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said.push(...text.split('\n').filter((line) => line.trim() !== ''));
      this.#said.splice(0, this.#said.length - LAST_WORDS);
    });
    // What it could not be told shows when it ends.
    stdin.on('error', () => undefined);
    this.#process.on('error', (cause) => {
      this.#end(this.#notStarted(cause));
    });
    this.#process.on('close', (code, signal) => {
      this.#end(this.#died(code, signal));
    });
  }

  #write(frame: Frame): void {
    if (this.#ended !== null) throw this.#ended;
    for (const part of encodeFrame(frame)) this.#process.stdin.write(part);
  }

  /** The next frame of the child. Only while one is waited for does it keep this process alive. */
  async #next(): Promise<PythonAnswer> {
    if (this.#ended !== null) throw this.#ended;
    this.#hold(true);
    let timer: NodeJS.Timeout | undefined;
    try {
      const { message, arrays } = await new Promise<Frame>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        timer = setTimeout(() => {
          this.#end(this.#silent());
          this.#kill('SIGKILL');
        }, 1000 * this.#seconds);
      });
      const { ok, failed } = message;
      if (isFailure(failed)) throw this.#failed(failed);
      return { message: isRecord(ok) ? ok : {}, arrays };
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
      this.#hold(false);
    }
  }

  #end(error: DatumError): void {
    this.#ended ??= error;
    this.#waiting?.reject(this.#ended);
  }

  #hold(held: boolean): void {
    const { stdin, stdout, stderr } = this.#process;
    for (const stream of [stdin, stdout, stderr]) {
      if (!(stream instanceof Socket)) continue;
      if (held) stream.ref();
      else stream.unref();
    }
    if (held) this.#process.ref();
    else this.#process.unref();
  }

  #failed(failure: Failure): DatumError {
    const { called, errors, path } = this.#served;
    return new DatumError(errors, failureSentence(failure, called, path, this.#python.command), { file: path });
  }

  #notStarted(cause: Error): DatumError {
    const { command, found } = this.#python;
    const asked = found === 'given' ? 'the one that was given' : 'found by itself';
    return new DatumError(
      this.#served.errors,
      `${this.#served.called} needs Python, and ${command} (${asked}) cannot be started (${cause.message}): name one with ${option('python')}, such as .venv/bin/python.`,
      { cause, option: 'python' },
    );
  }

  #died(code: number | null, signal: NodeJS.Signals | null): DatumError {
    const { command, found } = this.#python;
    if (!this.#answered && found === 'given' && !isPython3(command)) {
      return new DatumError(
        this.#served.errors,
        `${this.#served.called} needs Python 3, and ${command} is none: name one with ${option('python')}, such as .venv/bin/python.`,
        { option: 'python' },
      );
    }
    const missing = /No module named '?([\w.]+)'?/.exec(this.#said.at(-1) ?? '')?.[1];
    if (missing !== undefined) {
      return this.#failed({ where: 'load', kind: 'ModuleNotFoundError', message: '', module: missing });
    }
    const how = signal === null ? `ended with ${code ?? 'no code'}` : `was ended by ${signal}`;
    return this.#error(how);
  }

  #silent(): DatumError {
    return this.#error(
      `gave no answer within ${this.#seconds} s`,
      `: give it more time with ${option('timeout')}, in seconds`,
    );
  }

  #error(what: string, advice = ''): DatumError {
    const words = this.#said.at(-1);
    const { called, errors, path } = this.#served;
    return new DatumError(
      errors,
      `Python, which runs ${called}, ${what}${words === undefined ? '' : ` (it said: ${words.trim()})`}${advice}.`,
      { file: path },
    );
  }
}

/** Asked for when a process has ended without a word: whether a command is a Python that can run the child. */
function isPython3(command: string): boolean {
  const said = spawnSync(command, [], {
    input: 'import sys; print(sys.version_info[0])',
    encoding: 'utf8',
    timeout: 5000,
  });
  return said.status === 0 && said.stdout.trim() === '3';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

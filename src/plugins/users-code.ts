import { asError, DatumError, messageOf, type ErrorKind } from '../errors.js';
import { visible } from '../visible.js';

/** How much users' code may print in a thread, in characters. */
const MOST_PRINTED = 1 << 16;

/** Files of the modules that this thread loaded, or began to. */
const loaded = new Set<string>();
/** Loads under way: how each is told that its module failed in its own time. */
const loading = new Map<string, (error: Error) => void>();
let printed = 0;
let isContained = false;

/** The modules of users that this thread loaded. */
export function modulesLoaded(): readonly string[] {
  return [...loaded];
}

/**
 * Loads a module: what it leaves to fail in its own time, as a promise that nobody waits for does, fails its load where
 * `takeLateFailure` is told of it before the load's end.
 */
export async function watchedLoad<T>(file: string, load: () => Promise<T>): Promise<T> {
  loaded.add(file);
  const failed = new Promise<never>((_, reject) => loading.set(file, reject));
  failed.catch(() => undefined);
  const free = contain();
  try {
    const module = await Promise.race([failed, load()]);
    // Promises that were refused and nobody waits for are told of before the next turn.
    await Promise.race([failed, new Promise((resolve) => setImmediate(resolve))]);
    return module;
  } finally {
    free();
    loading.delete(file);
  }
}

/** Whether an error that nobody caught is that of a module that is being loaded, which then does not load. */
export function takeLateFailure(error: unknown): boolean {
  const file = moduleBehind(error) ?? [...loading.keys()][0];
  const fail = file === undefined ? undefined : loading.get(file);
  fail?.(asError(error));
  return fail !== undefined;
}

/**
 * The module of a user's in which an error arose: that of the first line of its trace, or the only one there is where an
 * error has no trace; null where it arose in none.
 */
function moduleBehind(error: unknown): string | null {
  const { stack = '' } = asError(error);
  const first = stack.split('\n').find((line) => line.startsWith('    at '));
  for (const file of loaded) if (first?.includes(`${file}:`) === true) return file;
  const [only, ...others] = loaded;
  const traceless = first === undefined || stack.includes('ERR_UNHANDLED_REJECTION');
  return traceless && only !== undefined && others.length === 0 ? only : null;
}

/**
 * What is said of an error that arose in a user's module while nobody called it: it left something to run later, or changed
 * JavaScript itself. Null where it arose elsewhere.
 *
 * @param when in words: `later than it answered`
 */
export function failureOfModule(error: unknown, when: string, kind: ErrorKind = 'interpreter'): DatumError | null {
  const file = moduleBehind(error);
  if (file === null) return null;
  return new DatumError(kind, `${file} failed ${when}: ${describeThrown(error, file)}`, { cause: error, file });
}

/** What an error says and, where it tells, the line of the module: `boom, in line 2.` */
export function describeThrown(error: unknown, file: string): string {
  const [text = ''] = messageOf(error).split('\n');
  const { stack: trace = '' } = asError(error);
  const at = trace.indexOf(`${file}:`);
  const line = at < 0 ? null : /^\d+/.exec(trace.slice(at + file.length + 1));
  const sentence = text.trim().replace(/\.$/, '');
  return line === null ? `${sentence}.` : `${sentence}, in line ${line[0]}.`;
}

/** In place of what ends a process: that would end the whole run without a word. */
export function refuseExit(code?: number | string | null): never {
  throw new Error(`process.exit(${code ?? ''}) was called, which ends the run: throw an error instead`);
}

/**
 * Calls users' code, which can neither end the process nor write to the terminal as it likes: stdout is for results, so
 * what it prints goes to stderr, with what a terminal would obey made visible, and no more than so much of it.
 */
export function contained<T>(work: () => T): T {
  const free = contain();
  try {
    return work();
  } finally {
    free();
  }
}

/**
 * The same from now on.
 *
 * @returns ends it
 */
export function contain(): () => void {
  if (isContained) return () => undefined;
  isContained = true;
  /* eslint-disable-next-line no-restricted-properties -- what it writes is made visible */
  const { stdout, stderr } = process;
  const free = [
    replaced(process, { exit: refuseExit }),
    replaced(stdout, { write: printing(stderr) }),
    replaced(stderr, { write: printing(stderr) }),
  ];
  return () => {
    isContained = false;
    for (const one of free) one();
  };
}

/** Gives an object other methods, until what is returned is called. */
function replaced<T extends object>(object: T, methods: Partial<T>): () => void {
  const before = Object.fromEntries(Object.keys(methods).map((name) => [name, Reflect.get(object, name)]));
  Object.assign(object, methods);
  return () => {
    Object.assign(object, before);
  };
}

function printing(stderr: NodeJS.WriteStream): NodeJS.WriteStream['write'] {
  const before = stderr.write.bind(stderr);
  return (chunk: string | Uint8Array, ...[encoding, then]: WriteRest): boolean => {
    print(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'), before);
    // At once: what prints for ever would fill the memory with calls to come.
    const told = typeof encoding === 'function' ? encoding : then;
    told?.();
    return true;
  };
}

type Told = (error?: Error | null) => void;
type WriteRest = [encoding?: BufferEncoding | Told, then?: Told];

function print(text: string, write: (text: string) => void): void {
  const left = MOST_PRINTED - printed;
  if (left <= 0) return;
  printed += text.length;
  write(visible(text.slice(0, left)));
  if (printed >= MOST_PRINTED) {
    write(`\ndatum: ${[...loaded].join(', ')} prints more than ${MOST_PRINTED / 1024} KB: the rest is left out.\n`);
  }
}

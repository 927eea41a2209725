/**
 * What went wrong, from the user's point of view:
 *
 * - `usage`: the command line or the options make no sense; nothing was tried (exit code 2);
 * - `image`, `model`, `interpreter`, `project`, `dataset`, `output`: something the user can mend, named by
 *   where it lies (exit code 1);
 * - `interrupted`: the run was cancelled (exit code 130).
 *
 * Anything thrown that is not a DatumError is a bug (exit code 70).
 */
export type ErrorKind = 'usage' | 'image' | 'model' | 'interpreter' | 'project' | 'dataset' | 'output' | 'interrupted';

/** What an error is about, beside its sentence. */
export interface ErrorDetails {
  readonly cause?: unknown;
  /** The file or folder it is about. */
  readonly file?: string | undefined;
  /** The option it is about, where it is not the first that the sentence names. */
  readonly option?: string | undefined;
}

/** A DatumError as plain data, which may cross to another thread or process. */
export interface ErrorData {
  readonly kind: ErrorKind;
  readonly sentence: string;
  readonly option: string | null;
  readonly file: string | null;
}

/**
 * An error the user can mend. Its sentence says what went wrong, with which file, layer or value, and what to do about
 * it. Options are named with `option()`: the library calls them by their names (`inputSize`), and each face says them
 * as its users write them (`error.say(...)`: `--input-size` in the terminal).
 */
export class DatumError extends Error {
  readonly kind: ErrorKind;
  /** The option that is wrong or missing, by its name in the library; null where it is none. */
  readonly option: string | null;
  /** The file or folder it is about; null where it is none. */
  readonly file: string | null;
  /** The sentence, with options by their names in the library: the same as `message`. */
  readonly reason: string;
  readonly #sentence: string;

  constructor(kind: ErrorKind, sentence: string, { cause, file, option: about }: ErrorDetails = {}) {
    const reason = sayOptions(sentence, libraryName);
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'DatumError';
    this.kind = kind;
    this.option = about ?? optionsIn(sentence)[0] ?? null;
    this.file = file ?? null;
    this.reason = reason;
    this.#sentence = sentence;
  }

  /** The sentence with options as a face calls them. */
  say(nameOf: OptionName): string {
    return sayOptions(this.#sentence, nameOf);
  }

  /** The error as plain data, which crosses to other threads; `DatumError.from` makes it anew. */
  toData(): ErrorData {
    return { kind: this.kind, sentence: this.#sentence, option: this.option, file: this.file };
  }

  /** An error that came from another thread or process. */
  static from({ kind, sentence, option, file }: ErrorData): DatumError {
    return new DatumError(kind, sentence, { file: file ?? undefined, option: option ?? undefined });
  }
}

/**
 * How a face calls an option, perhaps with a value.
 *
 * @param name in the library: `maxSamples`
 * @param value as text; null where the option alone is meant
 */
export type OptionName = (name: string, value: string | null) => string;

/** Private characters of Unicode: no sentence holds them otherwise. */
const [OPEN, VALUE, CLOSE] = ['\uE000', '\uE001', '\uE002'];
const MARKED = new RegExp(`${OPEN}([^${VALUE}${CLOSE}]*)(?:${VALUE}([^${CLOSE}]*))?${CLOSE}`, 'g');

/**
 * Names an option in a sentence for the user, so that each face can say it in its own way: `sayOptions` does.
 *
 * @param name in the library: `inputSize`
 * @param value that the sentence gives it, where it does: `option('match', 'iou')`
 */
export function option(name: string, value?: string | number): string {
  return `${OPEN}${name}${value === undefined ? '' : `${VALUE}${value}`}${CLOSE}`;
}

/** A sentence with its options as a face calls them. */
export function sayOptions(sentence: string, nameOf: OptionName): string {
  return sentence.replaceAll(MARKED, (_, name: string, value: string | undefined) => nameOf(name, value ?? null));
}

/** The options that a sentence names, in its order. */
function optionsIn(sentence: string): string[] {
  return [...sentence.matchAll(MARKED)].map(([, name]) => name ?? '');
}

/** An option as the library calls it: `inputSize`, `match: 'iou'`, `maxSamples: 64`. */
export function libraryName(name: string, value: string | null): string {
  if (value === null) return name;
  return `${name}: ${/^-?[\d.]+$/.test(value) ? value : `'${value}'`}`;
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  try {
    const text: unknown = thrown instanceof Error ? thrown.message : thrown;
    return String(text);
  } catch {
    return UNREADABLE;
  }
}

/** The `code` of a system error such as `ENOENT`, or undefined. */
export function codeOf(thrown: unknown): string | undefined {
  try {
    if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
    return typeof thrown.code === 'string' ? thrown.code : undefined;
  } catch {
    return undefined;
  }
}

/** What users' code throws may answer every question with another error. */
const UNREADABLE = 'it threw something that cannot be read';

/** Anything that was thrown, as an error whose parts can be read: a copy of what was thrown, unless it is a DatumError. */
export function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof DatumError) return thrown;
    const copy = new Error(messageOf(thrown));
    const stack: unknown = thrown instanceof Error ? thrown.stack : '';
    copy.stack = typeof stack === 'string' ? stack : '';
    const code = codeOf(thrown);
    return code === undefined ? copy : Object.assign(copy, { code });
  } catch {
    return new Error(UNREADABLE);
  }
}

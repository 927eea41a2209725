import { option } from '../errors.js';

/** What went wrong in a child, as `child/failures.py` tells it. */
export interface Failure {
  /** What was asked: `load`, `read`... */
  readonly where: string;
  /** The type of the exception; `refused` for a sentence that is ready. */
  readonly kind: string;
  readonly message: string;
  /** A module that Python does not have. */
  readonly module?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** The line of the person's code. */
  readonly text?: string | undefined;
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'kind' in value && 'message' in value && 'where' in value;
}

/**
 * A failure in one sentence: what, where in the person's own file, what to do.
 *
 * @param called how the file is named: `the script /x.py`
 */
export function failureSentence(failure: Failure, called: string, path: string, python: string): string {
  const { kind, message, module, file, line, text, where } = failure;
  if (kind === 'refused') return message;
  if (module !== undefined) {
    return `${called} needs the Python module '${module}', which ${python} does not have: install it there, or name another Python with ${option('python')}.`;
  }
  const place = line === undefined ? '' : ` at line ${line}${file === undefined || file === path ? '' : ` of ${file}`}`;
  const code = text === undefined || text === '' ? '' : ` (${text})`;
  const does = where === 'load' ? 'does not load' : 'failed';
  return `${called} ${does}${place}${code}: ${kind}${message === '' ? '' : `: ${message.split('\n')[0] ?? ''}`}.`;
}

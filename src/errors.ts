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

/**
 * An error the user can mend. The message is one sentence or two: what went wrong, with which file, layer or value,
 * and what to do about it.
 */
export class DatumError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'DatumError';
    this.kind = kind;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a system error such as `ENOENT`, or undefined. */
export function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

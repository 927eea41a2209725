import type { Detection } from './format.js';
import type { Probe } from './probe.js';

/** Files looked at before giving up: one is enough in a dataset of the format, more only pass over strays. */
const MAX_FILES = 20;

/**
 * Detects a format by the start of its annotation files: the first that is recognised makes it certain.
 *
 * @param pattern of the files' names.
 * @param recognise what the start of a file shows of the format, in words; null when it is something else.
 * @param depth sub-folders down to which files are looked for.
 * @param isInPlace whether the format has annotation files at this path, relative to the folder.
 */
export async function detectByHead(
  probe: Probe,
  pattern: RegExp,
  recognise: (head: string) => string | null,
  { depth = 0, isInPlace = () => true }: { depth?: number; isInPlace?: (path: string) => boolean } = {},
): Promise<Detection | null> {
  for (const file of await probe.find((name) => pattern.test(name), { depth, limit: MAX_FILES })) {
    const reason = isInPlace(file) ? recognise(await probe.head(file)) : null;
    if (reason !== null) return { fit: 'certain', reason: `${file} ${reason}` };
  }
  return null;
}

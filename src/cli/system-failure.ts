import { existsSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { codeOf } from '../errors.js';
import { systemReason } from '../files.js';

/** What the system refuses whatever the program does, by its code. */
const OF_THE_SYSTEM = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

const TOO_MANY = `${systemReason(Object.assign(new Error(), { code: 'EMFILE' }))}.`;

/**
 * What to do about an error that is none of this program's: the system has no more files, memory or space, or a part of
 * the installation is gone. The end of a sentence, or the whole of it; null for every other error.
 */
export function systemSentence(error: unknown): string | null {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return null;
  if (OF_THE_SYSTEM.has(code)) {
    const path = 'path' in error && typeof error.path === 'string' ? `${error.path}: ` : '';
    return `${path}${systemReason(error)}.`;
  }
  switch (code) {
    case 'ERR_WORKER_INIT_FAILED':
      return `no thread could be started: ${TOO_MANY}`;
    case 'ERR_MODULE_NOT_FOUND': {
      const [, missing] = /'([^']+)'/.exec(error.message) ?? [];
      // Node says the same of a file that it could not open.
      return missing !== undefined && isAbsolute(missing) && existsSync(dirname(missing))
        ? `${missing} cannot be opened: ${TOO_MANY}`
        : `a part of the program is missing (${missing ?? 'unknown'}): install datum-explain anew.`;
    }
    default:
      return null;
  }
}

import { DatumError, option } from '../../errors.js';
import type { PythonOptions } from './own.js';

/**
 * What stands in the place of `script.ts` where there are no files: `package.json` names it for browsers.
 *
 * @throws DatumError (`interpreter`), always
 */
export function loadScript(path: string, _python?: PythonOptions): Promise<never> {
  return Promise.reject(
    new DatumError(
      'interpreter',
      `the script ${path} cannot be loaded here, where there are no files: give a function as ${option('interpreter')}, or a built-in one by name.`,
    ),
  );
}

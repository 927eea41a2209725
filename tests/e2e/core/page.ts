/** The page's side: the same work, to be called from outside. */
import { functionModel } from '../../../src/browser.js';
import * as work from './work.js';

/** What a script does where there are no files. */
async function script(): Promise<string> {
  const run = () => ({ scores: { data: new Float32Array(2), shape: [1, 2] } });
  try {
    await functionModel({ input: { width: 8, height: 8 }, run, interpreter: 'mine.ts' });
    return 'it was loaded';
  } catch (error) {
    return String(error);
  }
}

Object.assign(globalThis, { ...work, script });

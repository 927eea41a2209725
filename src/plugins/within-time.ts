import { Script } from 'node:vm';
import { asError, codeOf, DatumError, option } from '../errors.js';
import { contained } from './users-code.js';

/** How long a call of a user's code may take where nothing is said, in seconds: as a script in Python may. */
export const SECONDS = 120;

/** The name by which the timed code reaches what it calls. */
const NAME = '__datumExplainTimedCall';

let work: (() => void) | null = null;
let call: Script | null = null;

/** Code that V8 stops when its time is over, whatever it is doing: it calls what `work` is. */
function timedCall(): Script {
  if (call !== null) return call;
  Object.defineProperty(globalThis, NAME, {
    value: () => {
      work?.();
    },
    enumerable: false,
  });
  call = new Script(`${NAME}()`, { filename: 'datum-explain' });
  return call;
}

/** How long something may take. */
export interface TimeLimit {
  readonly seconds?: number | undefined;
  /** The user's module. */
  readonly file: string;
}

/**
 * Calls a function of a user's module, which is stopped after some time. What it does later, where it returns a promise,
 * is waited for as long again.
 *
 * @param called how sentences name it: `processOutputs of the script /x.js`
 * @throws DatumError (`interpreter`) where it takes longer; and what the function throws, as an error that can be read.
 */
export function withinTime<T>(exported: () => T, called: string, { seconds = SECONDS, file }: TimeLimit): T {
  const before = work;
  const ended: { answer?: { readonly value: T }; error?: Error } = {};
  work = () => {
    try {
      ended.answer = { value: exported() };
    } catch (error) {
      // Here, since what was thrown may take its time to be read.
      ended.error = asError(error);
    }
  };
  try {
    contained(() => {
      timedCall().runInThisContext({ timeout: Math.ceil(1000 * seconds) });
    });
  } catch (cause) {
    if (codeOf(cause) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw tooLong(called, seconds, file);
    throw cause;
  } finally {
    work = before;
  }
  if (ended.error !== undefined) throw ended.error;
  if (ended.answer === undefined) throw new Error('the call ended without an answer');
  return ended.answer.value;
}

/** The same for what may answer later. */
export async function withinTimeLater<T>(exported: () => T | Promise<T>, called: string, limit: TimeLimit): Promise<T> {
  const { seconds = SECONDS, file } = limit;
  const answer = withinTime(exported, called, limit);
  if (!(answer instanceof Promise)) return answer;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(tooLong(called, seconds, file));
    }, 1000 * seconds);
  });
  try {
    return await Promise.race([answer, over]);
  } catch (error) {
    throw asError(error);
  } finally {
    clearTimeout(timer);
  }
}

function tooLong(called: string, seconds: number, file: string): DatumError {
  return new DatumError(
    'interpreter',
    `${called} took more than ${seconds} s and was stopped: give it more time with ${option('timeout')}, in seconds.`,
    { file },
  );
}

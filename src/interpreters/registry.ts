import { DatumError } from '../errors.js';
import type { Interpreter } from './types.js';

/** The built-in interpreters, each loaded when it is used. */
const interpreters = {
  classification: async () => (await import('./families/classification.js')).classification,
  yolox: async () => (await import('./families/yolox.js')).yolox,
  ssd: async () => (await import('./families/ssd.js')).ssd,
} satisfies Record<string, () => Promise<Interpreter>>;

export type InterpreterName = keyof typeof interpreters;

/** Names of the built-in interpreters, in the order of the documentation. */
export const interpreterNames: readonly string[] = Object.keys(interpreters);

function isInterpreterName(name: string): name is InterpreterName {
  return Object.hasOwn(interpreters, name);
}

/**
 * A built-in interpreter by name.
 *
 * @throws DatumError (`usage`) for an unknown name, listing the known ones.
 */
export async function loadInterpreter(name: string): Promise<Interpreter> {
  if (!isInterpreterName(name)) {
    throw new DatumError(
      'usage',
      `there is no interpreter "${name}": use one of ${interpreterNames.join(', ')}, or the path of a script (.js, .mjs or .ts).`,
    );
  }
  return interpreters[name]();
}

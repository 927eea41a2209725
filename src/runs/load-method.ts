import type { Method } from '../explain/method.js';
import { methodNamed } from '../explain/methods.js';
import { completeMethod, isMethodPlugin, type MethodPlugin } from '../explain/plugin.js';
import { isModulePath } from '../plugins/module-path.js';

/**
 * A method: a built-in one by its name, a user's by the path of its module, or a value of the caller's.
 *
 * @throws DatumError (`usage`) for a name that there is not, or a module that is no method.
 */
export async function loadMethod(method: string | MethodPlugin): Promise<Method> {
  if (typeof method !== 'string') return completeMethod(method);
  if (isModulePath(method)) {
    const { loadExport } = await import('../plugins/load-module.js');
    const example = '{ name, plan(area, options) { return { most, draw(index, out) } } }';
    return completeMethod((await loadExport(method, { what: 'method', kind: 'usage', example }, isMethodPlugin)).value);
  }
  return methodNamed(method, 'give the path of a module');
}

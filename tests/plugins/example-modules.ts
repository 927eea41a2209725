/** The example modules, with the types that the library asks for. */
import { isFormatPlugin, type FormatPlugin } from '../../src/datasets/plugin.js';
import { isMethodPlugin, type MethodPlugin } from '../../src/explain/plugin.js';
import { isReadFunction, type ReadOutputs } from '../../src/interpreters/script/own.js';
import { isLauncherPlugin, type LauncherPlugin } from '../../src/launchers/plugin.js';

async function exported<T>(name: string, key: string, is: (value: object) => value is T & object): Promise<T> {
  const loaded: unknown = await import(new URL(`../../examples/plugins/${name}`, import.meta.url).href);
  const value: unknown = typeof loaded === 'object' && loaded !== null ? Reflect.get(loaded, key) : null;
  if ((typeof value === 'object' || typeof value === 'function') && value !== null && is(value)) return value;
  throw new Error(`${name} exports no ${key}`);
}

export const launcher: LauncherPlugin = await exported('launcher.js', 'launcher', isLauncherPlugin);
export const interpreter: ReadOutputs = await exported('interpreter.js', 'default', isReadFunction);
export const format: FormatPlugin = await exported('format.js', 'format', isFormatPlugin);
export const method: MethodPlugin = await exported('method.js', 'method', isMethodPlugin);

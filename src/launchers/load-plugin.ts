import { resolve } from 'node:path';
import { loadExport } from '../plugins/load-module.js';
import { completeLauncher, isLauncherPlugin } from './plugin.js';
import type { Launcher } from './types.js';

/**
 * The launcher that a user's module exports, as `launcher` or by default.
 *
 * @throws DatumError (`model`) naming the module and what it lacks.
 */
export async function loadLauncherModule(path: string): Promise<Launcher> {
  const use = {
    what: 'launcher',
    kind: 'model',
    example: '{ name, open(options) { return { signature, run } } }',
  } as const;
  const { file, value } = await loadExport(resolve(path), use, isLauncherPlugin);
  return completeLauncher(value, file);
}

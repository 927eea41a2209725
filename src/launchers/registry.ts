import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatumError, option } from '../errors.js';
import { entryNamed, namesOf } from '../plugins/entry.js';
import { isModulePath } from '../plugins/module-path.js';
import { onnxFacts } from './onnx/facts.js';
import { pythonFacts } from './python/facts.js';
import { openvinoFacts } from './openvino/facts.js';
import type { Launcher, LauncherEntry, LaunchOptions, OwnLaunchOption } from './types.js';

/** Every launcher, in the order of the documentation. */
export const LAUNCHERS: readonly LauncherEntry[] = [
  { ...onnxFacts, load: async () => (await import('./onnx/index.js')).onnxLauncher },
  { ...openvinoFacts, load: async () => (await import('./openvino/index.js')).openvinoLauncher },
  { ...pythonFacts, load: async () => (await import('./python/index.js')).pythonLauncher },
];

/**
 * Loads a launcher: a built-in one by its name, or a user's by the path of its module.
 *
 * @throws DatumError (`usage`) for a name that there is not; (`model`) for a module that is no launcher.
 */
export async function loadLauncher(name: string): Promise<Launcher> {
  if (isModulePath(name)) return (await import('./load-plugin.js')).loadLauncherModule(name);
  const entry = entryNamed(LAUNCHERS, name);
  if (entry !== undefined) return entry.load();
  throw new DatumError(
    'usage',
    `there is no launcher '${name}': choose from ${namesOf(LAUNCHERS)}, or give the path of a module.`,
    { option: 'launcher' },
  );
}

/** The launcher for a model file by its ending, or for a folder by what lies in it; undefined where no launcher takes it. */
export function launcherForFile(path: string): LauncherEntry | undefined {
  const lower = path.toLowerCase();
  return LAUNCHERS.find(
    ({ extensions, folders = [] }) =>
      Object.keys(extensions).some((ending) => lower.endsWith(ending)) ||
      folders.some((file) => existsSync(join(path, file))),
  );
}

/** Endings of the files that launchers take, with the dot. */
export function modelFileEndings(): string[] {
  return LAUNCHERS.flatMap(({ extensions }) => Object.keys(extensions));
}

/** Options that only some launchers have. */
const OWN_OPTIONS = ['weights', 'engine', 'arg'] as const satisfies readonly OwnLaunchOption[];

/**
 * Checks that a launcher has the options that are given.
 *
 * @throws DatumError (`usage`) naming the option, and what it takes.
 */
export function checkLaunchOptions({ name, options }: Pick<Launcher, 'name' | 'options'>, given: LaunchOptions): void {
  for (const own of OWN_OPTIONS) {
    const value = given[own];
    if (value === undefined) continue;
    const info = options[own];
    if (info === undefined) {
      throw new DatumError('usage', `the launcher ${name} has no ${own} to choose: leave ${option(own)} out.`);
    }
    if (info.values !== undefined && !(typeof value === 'string' && info.values.includes(value))) {
      throw new DatumError(
        'usage',
        `${option(own)} must be one of ${info.values.join(', ')}, not ${JSON.stringify(value)}.`,
      );
    }
  }
}
